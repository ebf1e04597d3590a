//! What the use cases of single sign-on share.

use std::collections::BTreeSet;
use std::sync::Arc;

use tenantry_domain::{
    Administrator, AuditAction, AuditEntry, Catalogue, DomainProof, EmailDomain, Permission, Role,
    SsoRequest, SsoRequestId, TenantId, TenantRef, Upstream,
};
use tenantry_ports::{
    AuditLog, Clock, DomainProofs, KeptSsoRequest, Random, Session, SessionsOf, SsoConnections,
    SsoConnectionsError, SsoRequests, SsoRequestsError, Turn, Turns,
};

use crate::sign_in::remembered_until;
use crate::{Authorize, AuthorizeError, Outage, audit};

/// What every use case of single sign-on works with.
#[derive(Clone)]
pub struct SsoParts {
    /// Who may.
    pub authorize: Authorize,
    /// What administrators asked for.
    pub requests: Arc<dyn SsoRequests>,
    /// Which domains are whose.
    pub proofs: Arc<dyn DomainProofs>,
    /// The connections at the provider.
    pub connections: Arc<dyn SsoConnections>,
    /// Sees to it that nobody's role changes while somebody's way in is closed.
    pub turns: Arc<dyn Turns>,
    /// Remembers who changed what.
    pub audit_log: Arc<dyn AuditLog>,
    /// When.
    pub clock: Arc<dyn Clock>,
    /// Makes ids.
    pub random: Arc<dyn Random>,
    /// Which plans include single sign-on.
    pub catalogue: Arc<Catalogue>,
}

/// Why something about single sign-on is not shown or not done.
#[derive(Debug, thiserror::Error)]
pub enum SsoError {
    /// The organization has no such connection.
    #[error("there is no such connection")]
    Unknown,
    /// The organization's plan does not include it.
    #[error("single sign-on is a part of the Team and Enterprise plans")]
    NotIncluded,
    /// Somebody else has changed the connection since it was read. Nothing was done.
    #[error("somebody else has changed this connection just now: look at it again")]
    Changed,
    /// The organization has asked for as many as it can.
    #[error("your organization has as many connections as it can have: delete one first")]
    TooMany,
    /// Nobody could run the organization any more.
    #[error(
        "every Administrator of your organization signs in with its own provider: make somebody Administrator who has another account first"
    )]
    LastWayIn,
    /// The actor may not do it.
    #[error(transparent)]
    NotAuthorized(#[from] AuthorizeError),
    /// Something outside is down.
    #[error(transparent)]
    Outage(#[from] Outage),
}

impl From<SsoRequestsError> for SsoError {
    fn from(error: SsoRequestsError) -> Self {
        match error {
            SsoRequestsError::Conflict => Self::Changed,
            outage @ SsoRequestsError::Unavailable(_) => Self::Outage(Outage::Store(Box::new(outage))),
        }
    }
}

impl From<SsoConnectionsError> for SsoError {
    fn from(error: SsoConnectionsError) -> Self {
        match error {
            // It was deleted at the provider, by other means.
            SsoConnectionsError::UnknownConnection => Self::Unknown,
            outage => Self::Outage(outage.into()),
        }
    }
}

impl SsoParts {
    /// The administrator of this session, who may look at the organization's single sign-on.
    pub(crate) fn to_look(&self, session: &Session) -> Result<Administrator, SsoError> {
        let administrator = self.authorize.to_look(session, Permission::ManageSso)?;
        self.is_included(session)?;
        Ok(administrator)
    }

    /// The administrator of this session, who may change it.
    pub(crate) async fn to_change(&self, session: &Session) -> Result<Administrator, SsoError> {
        let administrator = self.authorize.to_change(session, Permission::ManageSso).await?;
        self.is_included(session)?;
        Ok(administrator)
    }

    /// The same in the organization's turn, for what others must not change meanwhile: at the provider, and here.
    pub(crate) async fn in_turn(&self, session: &Session) -> Result<(Turn, Administrator), SsoError> {
        let in_turn = self.authorize.in_turn(&*self.turns, session, Permission::ManageSso).await?;
        self.is_included(session)?;
        Ok(in_turn)
    }

    /// Fails unless some Administrator has an account that came through no connection of the organization's.
    pub(crate) async fn leaves_a_way_in(&self, tenant: &TenantId) -> Result<(), SsoError> {
        let members = &self.authorize.members;
        for administrator in members.administrators(tenant).await.map_err(Outage::from)? {
            // The list may be some seconds old.
            let roles = members.roles(tenant, &administrator).await.map_err(Outage::from)?;
            if roles.contains(Role::Administrator)
                && !self.requests.has_brought(tenant, &administrator).await?
            {
                return Ok(());
            }
        }
        Err(SsoError::LastWayIn)
    }

    fn is_included(&self, session: &Session) -> Result<(), SsoError> {
        let plan = session.subscription.and_then(|held| self.catalogue.plan(held.plan()));
        if plan.is_some_and(|plan| plan.entitlements.sso) { Ok(()) } else { Err(SsoError::NotIncluded) }
    }

    /// One request of the tenant. An id that can't be one, one of another tenant and one of nobody are all unknown.
    pub(crate) async fn find(&self, tenant: &TenantId, request: &str) -> Result<KeptSsoRequest, SsoError> {
        let id = SsoRequestId::try_from(request).map_err(|_| SsoError::Unknown)?;
        self.requests.find(tenant, &id).await?.ok_or(SsoError::Unknown)
    }

    /// The domains that the tenant has proved, and whose proof has not lapsed.
    pub(crate) async fn proved(&self, tenant: &TenantId) -> Result<BTreeSet<EmailDomain>, Outage> {
        Ok(proved(&self.proofs.of_tenant(tenant).await?))
    }

    /// Whether anybody has come through the connection, as it was.
    pub(crate) async fn is_used(&self, request: &SsoRequest, held: &Upstream) -> Result<bool, SsoError> {
        Ok(self.requests.people(&request.tenant.id, &request.id, &held.client()).await?.all > 0)
    }

    /// Ends every session but this one that is under the organization, or is somebody's own whose address is in a domain of
    /// this connection; also those whose login is under way. Whoever was in another way than they have to come is out.
    pub(crate) async fn end_sessions(&self, besides: &Session, request: &SsoRequest) -> Result<(), Outage> {
        self.end_personal(Some(besides), request).await?;
        self.end_all(SessionsOf::Tenant(request.tenant.id.clone()), Some(besides)).await
    }

    /// The same of people's own sessions alone.
    pub(crate) async fn end_personal(
        &self,
        besides: Option<&Session>,
        request: &SsoRequest,
    ) -> Result<(), Outage> {
        let proved = self.proved(&request.tenant.id).await?;
        let domains = request.domains.intersection(&proved).cloned().collect();
        self.end_all(SessionsOf::Personal(domains), besides).await
    }

    /// The same where this domain has just been proved.
    pub(crate) async fn end_personal_in(
        &self,
        tenant: &TenantId,
        domain: &EmailDomain,
    ) -> Result<(), Outage> {
        let kept = self.requests.of_tenant(tenant).await?.into_iter();
        let concerns = |request: &SsoRequest| request.is_demanded() && request.is_open_for(domain);
        for request in kept.map(|kept| kept.request).filter(concerns) {
            self.end_personal(None, &request).await?;
        }
        Ok(())
    }

    async fn end_all(&self, whose: SessionsOf, besides: Option<&Session>) -> Result<(), Outage> {
        let (now, besides) = (self.clock.now(), besides.map(|session| session.id.clone()));
        self.authorize.sessions.end_all(&whose, besides, now, remembered_until(now)).await?;
        Ok(())
    }

    /// Keeps a request as it was changed.
    pub(crate) async fn save(&self, kept: &mut KeptSsoRequest) -> Result<(), SsoError> {
        kept.revision = self.requests.save(&kept.request, kept.revision).await?;
        Ok(())
    }

    /// Remembers what was done.
    pub(crate) async fn record(
        &self,
        session: &Session,
        tenant: &TenantRef,
        action: AuditAction,
        subject: String,
    ) {
        let entry = AuditEntry {
            at: self.clock.now(),
            actor: session.user.clone(),
            actor_name: Some(session.name.clone()),
            tenant: Some(tenant.id.clone()),
            action,
            subject,
        };
        audit::record(&*self.audit_log, &entry).await;
    }
}

/// Those of the domains whose proof holds.
pub(super) fn proved(proofs: &[DomainProof]) -> BTreeSet<EmailDomain> {
    proofs.iter().filter(|proof| proof.holds()).map(|proof| proof.domain.clone()).collect()
}
