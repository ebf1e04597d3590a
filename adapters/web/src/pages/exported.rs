//! The lines of a copy of everything that belongs to an organization. What a connection logs in with, its rules and why
//! logins failed are as the API tells them.

use serde_json::{Value, json};
use tenantry_application::Exported;
use tenantry_domain::{Colour, DomainProof, EmailAddress, LogoUrl, ProofState, Role};
use tenantry_ports::KeptSsoRequest;

use crate::api::sso::{AdmissionView, CredentialsView, EnforcementView, FaultView};

/// The line about one thing.
pub(super) fn shown(exported: &Exported) -> Value {
    match exported {
        Exported::Organization(tenant) => json!({
            "kind": "organization",
            "id": tenant.tenant.id,
            "name": tenant.tenant.name,
            "display_name": tenant.display_name,
            "subscription": tenant.subscription,
            "branding": {
                "logo_url": tenant.branding.logo.as_ref().map(LogoUrl::as_str),
                "primary": tenant.branding.colours.map(|colours| Colour::to_string(&colours.primary)),
                "background": tenant.branding.colours.map(|colours| Colour::to_string(&colours.background)),
            },
        }),
        Exported::Member(member) => json!({
            "kind": "member",
            "user_id": member.user,
            "name": member.name,
            "email": member.email.as_ref().map(EmailAddress::as_str),
            "roles": member.roles.iter().map(Role::name).collect::<Vec<_>>(),
        }),
        Exported::Invitation(invitation) => json!({
            "kind": "invitation",
            "id": invitation.id,
            "email": invitation.email.as_str(),
            "roles": invitation.roles.iter().map(Role::name).collect::<Vec<_>>(),
            "inviter": invitation.inviter,
            "created_at": invitation.created_at.to_string(),
            "expires_at": invitation.expires_at.to_string(),
            "has_expired": invitation.has_expired,
        }),
        Exported::Domain(proof) => domain(proof),
        Exported::Connection(kept) => connection(kept),
        Exported::LoginFailure(connection, failure) => json!({
            "kind": "login_failure",
            "connection": connection.as_str(),
            "at": failure.at,
            "reference": failure.reference,
            "fault": FaultView::from(failure.fault),
            "user": failure.user,
            "times": failure.times,
        }),
        Exported::Audit(entry) => json!({
            "kind": "audit",
            "at": entry.at.to_string(),
            "actor": entry.actor,
            "actor_name": entry.actor_name,
            "action": entry.action.as_str(),
            "subject": entry.subject,
        }),
        Exported::End { count } => json!({ "kind": "end", "count": count }),
    }
}

fn domain(proof: &DomainProof) -> Value {
    let (state, since) = match proof.state {
        ProofState::Claimed => ("claimed", proof.claimed_at),
        ProofState::Proved { since } => ("proved", since),
        ProofState::Lapsed { since } => ("lapsed", since),
    };
    json!({
        "kind": "domain",
        "domain": proof.domain,
        "state": state,
        "since": since,
        "missing_since": proof.missing_since,
        "claimed_at": proof.claimed_at,
        "checked_at": proof.checked_at,
    })
}

fn connection(kept: &KeptSsoRequest) -> Value {
    let request = &kept.request;
    json!({
        "kind": "connection",
        "id": request.id.as_str(),
        "provider": request.kind,
        "display_name": request.display_name.as_str(),
        "state": request.state,
        "domains": request.domains,
        "credentials": request.upstream.clone().map(CredentialsView::from),
        "admission": AdmissionView::from(request.admission.clone()),
        "enforcement": EnforcementView::from(request),
        "tested_at": request.test.as_ref().map(|test| test.at),
        "last_login_at": kept.last_login,
        "created_at": request.made_at,
        "begun_by": request.made_by,
    })
}
