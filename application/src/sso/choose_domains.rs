//! Which of the organization's domains a connection is for.

use std::collections::BTreeSet;

use tenantry_domain::{AuditAction, EmailDomain, Enforcement, SsoState};
use tenantry_ports::{KeptSsoRequest, Session};

use super::{SsoError, SsoParts};

/// Says whose addresses come in through a connection. Only what is proved counts, whatever is chosen here. Where whoever
/// has such an address has to come through it, sessions end when there is one more, as when the rule is made.
pub struct ChooseSsoDomains {
    /// What it works with.
    pub parts: SsoParts,
}

/// Why the domains stay as they are.
#[derive(Debug, thiserror::Error)]
pub enum ChooseSsoDomainsError {
    /// The organization has not claimed one of them.
    #[error("claim {0} first")]
    NotClaimed(EmailDomain),
    /// Another connection of the organization is for one of them.
    #[error("another connection of your organization is for {0} already")]
    InUse(EmailDomain),
    /// What may happen to every change.
    #[error(transparent)]
    Sso(#[from] SsoError),
}

impl ChooseSsoDomains {
    /// Makes the connection one for exactly these domains. Repeatable.
    pub async fn run(
        &self,
        session: &Session,
        request: &str,
        domains: BTreeSet<EmailDomain>,
    ) -> Result<KeptSsoRequest, ChooseSsoDomainsError> {
        let (_turn, administrator) = self.parts.in_turn(session).await?;
        let tenant = administrator.tenant();
        let mut kept = self.parts.find(&tenant.id, request).await?;
        let claimed = self.parts.proofs.of_tenant(&tenant.id).await.map_err(crate::Outage::from);
        let claimed: BTreeSet<_> =
            claimed.map_err(SsoError::from)?.into_iter().map(|proof| proof.domain).collect();
        if let Some(unknown) = domains.difference(&claimed).next() {
            return Err(ChooseSsoDomainsError::NotClaimed(unknown.clone()));
        }
        for other in self.parts.requests.of_tenant(&tenant.id).await.map_err(SsoError::from)? {
            let shared = other.request.domains.intersection(&domains).next();
            if let Some(domain) = shared.filter(|_| other.request.id != kept.request.id) {
                return Err(ChooseSsoDomainsError::InUse(domain.clone()));
            }
        }
        let is_taken = |held: &EmailDomain| !domains.contains(held) && kept.request.is_open_for(held);
        if kept.request.domains.iter().any(is_taken) {
            self.parts.leaves_a_way_in(&tenant.id).await?;
        }
        let is_narrowed = domains.is_subset(&kept.request.domains) && kept.request.domains != domains;
        if kept.request.domains != domains {
            let names = domains.iter().map(EmailDomain::as_str).collect::<Vec<_>>().join(", ");
            kept.request.domains = domains;
            self.parts.save(&mut kept).await?;
            let subject = format!("{}: {names}", kept.request.display_name);
            self.parts.record(session, tenant, AuditAction::SsoChanged, subject).await;
        }
        // Also when nothing is new: an interruption may have left sessions from before.
        let ended = match kept.request.enforcement {
            _ if is_narrowed || !kept.request.is_demanded() => Ok(()),
            Enforcement::Domains => self.parts.end_sessions(session, &kept.request).await,
            // Everybody in the organization comes through it already.
            _ => self.parts.end_personal(Some(session), &kept.request).await,
        };
        ended.map_err(SsoError::from)?;
        // Also for whoever comes again: the provider may not have heard of it.
        if kept.request.state == SsoState::On {
            self.parts.reopen(&kept.request).await?;
        }
        Ok(kept)
    }
}
