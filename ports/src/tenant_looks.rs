//! How organizations look in the product: what its pages show without asking anybody.

use async_trait::async_trait;
use tenantry_domain::{Branding, Logo, LogoId, Look, TenantId};

use crate::Source;

/// Keeps what the pages under a tenant show of it: the name and the colours as they were last read at the provider, and
/// the logo, which the product keeps itself. [`crate::Session::look`] is what is kept here.
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait TenantLooks: Send + Sync {
    /// What pages under the tenant show; `Ok(None)` when nothing was ever kept.
    async fn find(&self, tenant: &TenantId) -> Result<Option<Look>, TenantLooksError>;

    /// Shows this name and these colours from now on, in every session under the tenant. The logo stays: it is ours, and
    /// what the branding says of one is where the provider finds it.
    async fn show(
        &self,
        tenant: &TenantId,
        display_name: &str,
        branding: &Branding,
    ) -> Result<(), TenantLooksError>;

    /// Keeps this logo in place of an earlier one, and shows it from now on in every session under the tenant. The name
    /// and the colours stay; where none are kept yet, `display_name` is.
    async fn keep_logo(
        &self,
        tenant: &TenantId,
        display_name: &str,
        id: &LogoId,
        logo: &Logo,
    ) -> Result<(), TenantLooksError>;

    /// Shows no logo any more; none is there is success.
    async fn remove_logo(&self, tenant: &TenantId) -> Result<(), TenantLooksError>;

    /// The logo of this id, whosever it is: logos are public. `Ok(None)` when there is none, or another in its place.
    async fn logo(&self, id: &LogoId) -> Result<Option<Logo>, TenantLooksError>;

    /// Forgets all of it; a tenant of which nothing is kept is success.
    async fn forget(&self, tenant: &TenantId) -> Result<(), TenantLooksError>;
}

/// Why looks can't be read or kept.
#[derive(Debug, thiserror::Error)]
pub enum TenantLooksError {
    /// The store can't be reached, or holds something that it should not. Trying again later may help.
    #[error("the store can't be reached")]
    Unavailable(#[source] Source),
}
