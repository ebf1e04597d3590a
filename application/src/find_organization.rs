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
    /// What somebody typed, as a name. Capital letters are forgiven: no two names differ by them. What can't be anybody's
    /// name is unknown, and nobody needs to be asked.
    pub fn named(text: &str) -> Result<TenantName, FindOrganizationError> {
        if text.trim().is_empty() {
            return Err(FindOrganizationError::Empty);
        }
        TenantName::try_from(text.to_lowercase().as_str()).map_err(|_| FindOrganizationError::Unknown)
    }

    /// The organization of this name.
    pub async fn run(&self, name: &TenantName) -> Result<TenantRef, FindOrganizationError> {
        let found = self.tenants.find_by_name(name).await.map_err(Outage::from)?;
        let found = found.ok_or(FindOrganizationError::Unknown)?;
        looks::seen_before_login(&*self.looks, &found).await;
        Ok(found.tenant)
    }
}
