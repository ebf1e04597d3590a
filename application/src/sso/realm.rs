//! Home-realm discovery: which organization's own login an e-mail address leads to.

use std::sync::Arc;

use tenantry_domain::{
    ConnectionName, EmailAddress, EmailDomain, SsoRequest, SsoRequestId, SsoState, TenantId, TenantRef,
};
use tenantry_ports::{DomainProofs, SsoAttempt, SsoPurpose, SsoRequests};

use crate::{Outage, SignInWish, Under};

/// Finds the login that an address leads to: by its domain alone, exactly, and only where that domain is proved. Whether
/// there is such a person plays no part, so nothing is given away.
pub struct FindLogin {
    /// Which domains are whose.
    pub proofs: Arc<dyn DomainProofs>,
    /// Which connections are on.
    pub requests: Arc<dyn SsoRequests>,
}

/// An organization's own login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundLogin {
    /// Whose.
    pub tenant: TenantRef,
    /// Through which connection.
    pub connection: ConnectionName,
    /// Which request it came of.
    pub request: SsoRequestId,
    /// Who the organization's provider says that it is.
    pub issuer: String,
}

impl FoundLogin {
    /// Makes this the login that somebody wishes for.
    pub fn take(self, wish: &mut SignInWish) {
        wish.under = Under::Tenant(self.tenant);
        wish.connection = Some(self.connection);
        wish.sso = Some(SsoAttempt { request: self.request, purpose: SsoPurpose::SignIn });
    }

    /// Makes this the login by which somebody who is no member asks to be one: outside of the organization.
    pub fn ask_for_access(self, wish: &mut SignInWish) {
        self.take(wish);
        wish.under = Under::NoTenant;
        if let Some(sso) = &mut wish.sso {
            sso.purpose = SsoPurpose::AskForAccess;
        }
    }

    /// `None` unless the connection is on.
    pub(super) fn of(request: SsoRequest) -> Option<Self> {
        let is_on = request.state == SsoState::On;
        let upstream = request.upstream.filter(|_| is_on)?;
        let (connection, issuer) = (upstream.name, upstream.issuer);
        Some(Self { tenant: request.tenant, connection, request: request.id, issuer })
    }
}

impl FindLogin {
    /// The login for this address; `None` when it has no organization's own.
    pub async fn run(&self, email: &EmailAddress) -> Result<Option<FoundLogin>, Outage> {
        let Ok(domain) = EmailDomain::try_from(email.domain()) else { return Ok(None) };
        let Some(proof) = self.proofs.proved(&domain).await? else { return Ok(None) };
        let requests = self.requests.of_tenant(&proof.tenant).await?.into_iter().map(|kept| kept.request);
        let mut its = requests.filter(|request| request.domains.contains(&domain));
        Ok(its.find_map(FoundLogin::of))
    }

    /// The organization's connections that are on, the first first.
    pub async fn open(&self, tenant: &TenantId) -> Result<Vec<SsoRequest>, Outage> {
        let requests = self.requests.of_tenant(tenant).await?.into_iter().map(|kept| kept.request);
        Ok(requests.filter(|request| request.state == SsoState::On).collect())
    }

    /// Whether logins under this organization may go on to its own provider without a page in between.
    pub async fn may_lead_on(&self, tenant: &TenantId) -> Result<bool, Outage> {
        Ok(!self.open(tenant).await?.is_empty())
    }

    /// The login through this connection of the organization; `None` when it is off, another organization's or nobody's.
    pub async fn of_connection(
        &self,
        tenant: &TenantId,
        connection: &str,
    ) -> Result<Option<FoundLogin>, Outage> {
        let Ok(id) = SsoRequestId::try_from(connection) else { return Ok(None) };
        let kept = self.requests.find(tenant, &id).await?;
        Ok(kept.and_then(|kept| FoundLogin::of(kept.request)))
    }
}
