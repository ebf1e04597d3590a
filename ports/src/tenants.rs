//! Tenants at the identity provider.

use std::time::Duration;

use async_trait::async_trait;
use tenantry_domain::{
    Branding, ConversionId, DisplayName, Subscription, Tenant, TenantId, TenantName, UserId,
};

use crate::Source;

/// Makes and finds tenants, and writes a tenant's subscription.
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait Tenants: Send + Sync {
    /// Makes a tenant whose people can log in by the shared connections (password and social), with its subscription
    /// stored. Repeatable: when a tenant of this name was made before by the same person in the same conversion, it
    /// answers that tenant, also when the earlier answer was lost.
    ///
    /// [`TenantsError::NameTaken`] when the name belongs to any other tenant; then nothing was made.
    async fn create(&self, tenant: &NewTenant) -> Result<Tenant, TenantsError>;

    /// The tenant with this id; `Ok(None)` when there is none.
    async fn find(&self, tenant: &TenantId) -> Result<Option<Tenant>, TenantsError>;

    /// The tenant of exactly this name; `Ok(None)` when there is none.
    async fn find_by_name(&self, name: &TenantName) -> Result<Option<Tenant>, TenantsError>;

    /// Writes the tenant's subscription, unless the one that is stored ends later: of two payments the later one stays,
    /// in whatever order they arrive. Answers what is stored then, and has made sure that it is. Every other attribute
    /// stays as it is.
    ///
    /// [`TenantsError::UnknownTenant`] when there is no such tenant.
    async fn set_subscription(
        &self,
        tenant: &TenantId,
        subscription: Subscription,
    ) -> Result<Subscription, TenantsError>;

    /// Every tenant that the person belongs to, in the order of their names; none for somebody who belongs to none or
    /// has no account.
    async fn of_user(&self, user: &UserId) -> Result<Vec<Tenant>, TenantsError>;

    /// Writes what people call the tenant and how the provider shows it; what the branding leaves out, the provider
    /// shows no more. Every other attribute stays as it is. Answers the tenant as it is then. Repeatable.
    ///
    /// [`TenantsError::UnknownTenant`] when there is no such tenant.
    async fn customize(
        &self,
        tenant: &TenantId,
        customization: &Customization,
    ) -> Result<Tenant, TenantsError>;

    /// Ends the tenant for everybody, with its memberships, roles and invitations; its name is free then. People keep
    /// their accounts. One that is not there is gone already: success.
    async fn delete(&self, tenant: &TenantId) -> Result<(), TenantsError>;
}

/// How a tenant is to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Customization {
    /// What people call it; `None` leaves it as it is.
    pub display_name: Option<DisplayName>,
    /// Its logo and its colours.
    pub branding: Branding,
}

/// A tenant to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTenant {
    /// The unique name.
    pub name: TenantName,
    /// What people call it.
    pub display_name: String,
    /// What was paid for it.
    pub subscription: Subscription,
    /// Who makes it.
    pub created_by: UserId,
    /// In which conversion: together with `created_by`, what makes a repetition recognizable.
    pub conversion: ConversionId,
}

/// Why a tenant could not be made, read or written.
#[derive(Debug, thiserror::Error)]
pub enum TenantsError {
    /// The name belongs to another tenant.
    #[error("an organization of this name exists already")]
    NameTaken,
    /// There is no such tenant.
    #[error("there is no such organization")]
    UnknownTenant,
    /// The provider took the write and did not store it: its set-up is wrong.
    #[error("the identity provider did not store what was written")]
    NotStored,
    /// The provider asks us to wait.
    #[error("the identity provider is asked too often")]
    RateLimited {
        /// For how long, when it says so.
        retry_after: Option<Duration>,
    },
    /// The provider can't be reached, or does not answer as it should. Trying again later may help; what was asked
    /// for may have happened.
    #[error("the identity provider can't be reached")]
    Unavailable(#[source] Source),
}
