//! Which domains are whose.

use async_trait::async_trait;
use tenantry_domain::{DomainProof, EmailDomain, TenantId, Timestamp};

use crate::Source;

/// Keeps claims to domains. Many tenants may claim the same domain; whatever they do at the same moment, one at most has
/// proved it. Once acknowledged it survives a crash.
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait DomainProofs: Send + Sync {
    /// Keeps a claim; when the tenant has claimed the domain before, the earlier claim stays, with its token. Answers the
    /// one that is kept.
    async fn claim(&self, proof: &DomainProof) -> Result<DomainProof, DomainProofsError>;

    /// The tenant's claim to this domain; `Ok(None)` when it has none.
    async fn find(
        &self,
        tenant: &TenantId,
        domain: &EmailDomain,
    ) -> Result<Option<DomainProof>, DomainProofsError>;

    /// Keeps how a claim stands after a look. `false`, and nothing is kept, when it would be proved and another tenant
    /// has proved the domain; also when the claim was released meanwhile.
    async fn keep(&self, proof: &DomainProof) -> Result<bool, DomainProofsError>;

    /// Takes the look at a claim that is due, on all instances: `false` when somebody has looked, or looks, since it was
    /// read. Whatever comes of the look, the claim's turn has been.
    async fn take_look(&self, proof: &DomainProof, at: Timestamp) -> Result<bool, DomainProofsError>;

    /// Every claim of the tenant, in the order of the domains.
    async fn of_tenant(&self, tenant: &TenantId) -> Result<Vec<DomainProof>, DomainProofsError>;

    /// The claim by which a tenant has proved exactly this domain, in one indexed read; `Ok(None)` when none has.
    async fn proved(&self, domain: &EmailDomain) -> Result<Option<DomainProof>, DomainProofsError>;

    /// Up to `limit` claims that are due to be looked at, those that were looked at longest ago first: proved and lapsed
    /// ones last looked at before `proved_before`, others last looked at before `claimed_before` and claimed after
    /// `claimed_after`.
    async fn due(
        &self,
        proved_before: Timestamp,
        claimed_before: Timestamp,
        claimed_after: Timestamp,
        limit: u32,
    ) -> Result<Vec<DomainProof>, DomainProofsError>;

    /// Gives the tenant's claim up; none is success.
    async fn release(&self, tenant: &TenantId, domain: &EmailDomain) -> Result<(), DomainProofsError>;

    /// Forgets every claim of a tenant; none is success.
    async fn forget(&self, tenant: &TenantId) -> Result<(), DomainProofsError>;
}

/// Claims can't be read or kept.
#[derive(Debug, thiserror::Error)]
pub enum DomainProofsError {
    /// The store can't be reached, or holds something that it should not. Trying again later may help.
    #[error("the store can't be reached")]
    Unavailable(#[source] Source),
}
