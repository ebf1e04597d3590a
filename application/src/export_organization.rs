//! A copy of everything that belongs to the organization, to take away.

use std::collections::VecDeque;
use std::sync::Arc;

use tenantry_domain::{
    AuditAction, AuditEntry, DomainProof, Member, Permission, SsoRequestId, Tenant, TenantId,
};
use tenantry_ports::{
    AuditLog, Clock, Cursor, DomainProofs, KeptSsoRequest, Members, PageSize, Session, SsoFailure,
    SsoRequests, Tenants,
};

use crate::list_invitations::invited;
use crate::{Authorize, AuthorizeError, InvitationView, Outage, SeatCount, audit};

/// Exports the organization under which somebody is signed in. No secret is among what it gives.
pub struct ExportOrganization {
    /// Who may.
    pub authorize: Authorize,
    /// Where the organization is.
    pub tenants: Arc<dyn Tenants>,
    /// Where its people are.
    pub members: Arc<dyn Members>,
    /// Who is invited.
    pub seats: SeatCount,
    /// Its domains.
    pub proofs: Arc<dyn DomainProofs>,
    /// Its connections to identity providers of its own.
    pub requests: Arc<dyn SsoRequests>,
    /// What was done in it; and remembers who took a copy.
    pub audit_log: Arc<dyn AuditLog>,
    /// When.
    pub clock: Arc<dyn Clock>,
}

/// One thing that belongs to the organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exported {
    /// The organization itself, with its subscription and its branding. Always the first.
    Organization(Box<Tenant>),
    /// One of its members, with roles.
    Member(Member),
    /// Somebody who is invited and has not come yet. Neither the link nor what it carries: that is theirs alone.
    Invitation(InvitationView),
    /// A domain that it has claimed, and how its proof stands.
    Domain(DomainProof),
    /// A connection to an identity provider of its own, with its rules. The secret is in none of our hands.
    Connection(Box<KeptSsoRequest>),
    /// A login through the connection before it that failed, the latest first.
    LoginFailure(SsoRequestId, SsoFailure),
    /// Something that was done in it, the latest first.
    Audit(AuditEntry),
    /// Everything was given. Always the last.
    End {
        /// How many things came before.
        count: u64,
    },
}

/// Why there is no copy.
#[derive(Debug, thiserror::Error)]
pub enum ExportOrganizationError {
    /// It was deleted meanwhile.
    #[error("there is no such organization")]
    UnknownOrganization,
    /// The actor may not take it.
    #[error(transparent)]
    NotAuthorized(#[from] AuthorizeError),
    /// Something outside is down.
    #[error(transparent)]
    Outage(#[from] Outage),
}

/// A copy that is being taken, page by page: never more than one page is in memory.
pub struct Export {
    tenant: TenantId,
    members: Arc<dyn Members>,
    seats: SeatCount,
    proofs: Arc<dyn DomainProofs>,
    requests: Arc<dyn SsoRequests>,
    audit_log: Arc<dyn AuditLog>,
    ready: VecDeque<Exported>,
    step: Step,
    count: u64,
}

/// What is to be read next.
enum Step {
    Members(Option<Cursor>),
    Invitations,
    Domains,
    Connections(VecDeque<KeptSsoRequest>),
    Audit(Option<Cursor>),
    End,
    Over,
}

impl ExportOrganization {
    /// Begins a copy.
    pub async fn run(&self, session: &Session) -> Result<Export, ExportOrganizationError> {
        let administrator = self.authorize.to_change(session, Permission::ExportOrganization).await?;
        let tenant = administrator.tenant();
        let found = self.tenants.find(&tenant.id).await.map_err(Outage::from)?;
        let found = found.ok_or(ExportOrganizationError::UnknownOrganization)?;
        let entry = AuditEntry {
            at: self.clock.now(),
            actor: session.user.clone(),
            actor_name: Some(session.name.clone()),
            tenant: Some(tenant.id.clone()),
            action: AuditAction::OrganizationExported,
            subject: tenant.name.to_string(),
        };
        audit::record(&*self.audit_log, &entry).await;
        Ok(Export {
            tenant: tenant.id.clone(),
            members: Arc::clone(&self.members),
            seats: self.seats.clone(),
            proofs: Arc::clone(&self.proofs),
            requests: Arc::clone(&self.requests),
            audit_log: Arc::clone(&self.audit_log),
            ready: VecDeque::from([Exported::Organization(Box::new(found))]),
            step: Step::Members(None),
            count: 0,
        })
    }
}

impl Export {
    /// The next thing; `None` after the last.
    pub async fn next(&mut self) -> Result<Option<Exported>, Outage> {
        loop {
            if let Some(exported) = self.ready.pop_front() {
                self.count += 1;
                return Ok(Some(exported));
            }
            match std::mem::replace(&mut self.step, Step::Over) {
                Step::Members(from) => {
                    let page = self.members.page(&self.tenant, from, PageSize::at_most(100)).await?;
                    self.ready.extend(page.items.into_iter().map(Exported::Member));
                    self.step = page.next.map_or(Step::Invitations, |next| Step::Members(Some(next)));
                }
                Step::Invitations => {
                    let invited = invited(&self.seats, &self.tenant).await?;
                    self.ready.extend(invited.into_iter().map(Exported::Invitation));
                    self.step = Step::Domains;
                }
                Step::Domains => {
                    let claimed = self.proofs.of_tenant(&self.tenant).await?;
                    self.ready.extend(claimed.into_iter().map(Exported::Domain));
                    self.step = Step::Connections(self.requests.of_tenant(&self.tenant).await?.into());
                }
                Step::Connections(mut left) => {
                    let Some(kept) = left.pop_front() else {
                        self.step = Step::Audit(None);
                        continue;
                    };
                    let id = kept.request.id.clone();
                    let failures = self.requests.failures(&self.tenant, &id).await?;
                    self.ready.push_back(Exported::Connection(Box::new(kept)));
                    let failed = |failure| Exported::LoginFailure(id.clone(), failure);
                    self.ready.extend(failures.into_iter().map(failed));
                    self.step = Step::Connections(left);
                }
                Step::Audit(from) => {
                    let page = self.audit_log.of_tenant(&self.tenant, from, PageSize::at_most(100)).await?;
                    self.ready.extend(page.items.into_iter().map(Exported::Audit));
                    self.step = page.next.map_or(Step::End, |next| Step::Audit(Some(next)));
                }
                Step::End => return Ok(Some(Exported::End { count: self.count })),
                Step::Over => return Ok(None),
            }
        }
    }
}
