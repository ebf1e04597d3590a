//! Finding the organization that someone wants to sign in to.

use std::sync::Arc;

use tenantry_domain::{TenantName, TenantRef};
use tenantry_ports::{TenantLooks, Tenants};

use crate::{Outage, looks};

/// Looks up an organization by its name, for someone who is not signed in. It gives away nothing but existence.
pub struct FindOrganization {
    /// Where tenants are.
    pub tenants: Arc<dyn Tenants>,
    /// Where it is noted how the one that was found looks.
    pub looks: Arc<dyn TenantLooks>,
}

/// Why there is nothing to sign in to.
#[derive(Debug, thiserror::Error)]
pub enum FindOrganizationError {
    /// Nothing was entered.
    #[error("enter the name of your organization, for example acme")]
    Empty,
    /// No organization has this name, or it can't be anybody's name.
    #[error("no organization has this name: check the spelling, or ask a colleague")]
    Unknown,
    /// Something outside is down.
    #[error(transparent)]
    Outage(#[from] Outage),
}

impl FindOrganization {
    /// The organization of this name. Capital letters are forgiven: no two names differ by them.
    pub async fn run(&self, name: &str) -> Result<TenantRef, FindOrganizationError> {
        if name.trim().is_empty() {
            return Err(FindOrganizationError::Empty);
        }
        let name =
            TenantName::try_from(name.to_lowercase().as_str()).map_err(|_| FindOrganizationError::Unknown)?;
        let found = self.tenants.find_by_name(&name).await.map_err(Outage::from)?;
        let found = found.ok_or(FindOrganizationError::Unknown)?;
        looks::seen_before_login(&*self.looks, &found).await;
        Ok(found.tenant)
    }
}
