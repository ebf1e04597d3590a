//! The organizations between which somebody can switch.

use std::sync::Arc;

use tenantry_domain::TenantRef;
use tenantry_ports::{Session, Tenants};

use crate::Outage;

/// Lists the organizations of whoever is signed in. Switching to one is a login under it, with a session of its own.
pub struct MyOrganizations {
    /// Where tenants are.
    pub tenants: Arc<dyn Tenants>,
}

/// An organization that somebody belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MyOrganization {
    /// Its id and its name.
    pub tenant: TenantRef,
    /// What people call it.
    pub display_name: String,
    /// Whether the session is under it.
    pub is_current: bool,
}

impl MyOrganizations {
    /// All of them, in the order of their names; the provider is asked.
    pub async fn run(&self, session: &Session) -> Result<Vec<MyOrganization>, Outage> {
        let current = session.tenant.as_ref().map(|tenant| &tenant.id);
        let found = self.tenants.of_user(&session.user).await?;
        let mine = found.into_iter().map(|found| MyOrganization {
            is_current: current == Some(&found.tenant.id),
            tenant: found.tenant,
            display_name: found.display_name,
        });
        Ok(mine.collect())
    }
}
