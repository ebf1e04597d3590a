//! Who asks to be let into an organization.

use async_trait::async_trait;
use tenantry_domain::{AccessRequest, TenantId, UserId};

use crate::Source;

/// Keeps who asks until somebody has answered. Once acknowledged it survives a crash. What is asked through a connection
/// is forgotten with it.
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait AccessRequests: Send + Sync {
    /// Keeps that somebody asks; answers whether they did not before. Who has asked already stays as they were. A
    /// connection that is gone, or is not this tenant's, can be asked nothing, and neither can a tenant whom two hundred
    /// ask already: `false`.
    async fn ask(&self, request: &AccessRequest) -> Result<bool, AccessRequestsError>;

    /// Everybody who asks the tenant, at most two hundred, whoever asked first first.
    async fn of_tenant(&self, tenant: &TenantId) -> Result<Vec<AccessRequest>, AccessRequestsError>;

    /// What this person asks the tenant; `Ok(None)` when they do not, or ask another tenant.
    async fn find(
        &self,
        tenant: &TenantId,
        user: &UserId,
    ) -> Result<Option<AccessRequest>, AccessRequestsError>;

    /// Forgets that this person asks the tenant, because they were answered. Who does not ask: success.
    async fn settle(&self, tenant: &TenantId, user: &UserId) -> Result<(), AccessRequestsError>;
}

/// Why requests can't be read or kept.
#[derive(Debug, thiserror::Error)]
pub enum AccessRequestsError {
    /// The store can't be reached, or holds something that it should not. Trying again later may help.
    #[error("the store can't be reached")]
    Unavailable(#[source] Source),
}
