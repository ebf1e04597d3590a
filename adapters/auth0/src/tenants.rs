//! [`Tenants`] at Auth0: organizations.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use tenantry_domain::{Subscription, Tenant, TenantId, TenantName};
use tenantry_ports::{NewTenant, Tenants, TenantsError};

use crate::ManagementError;
use crate::catalogue::Catalogue;
use crate::management::{Management, Operation};
use crate::wire::{
    CONVERSION, CREATED_BY, EnabledConnection, NewOrganization, OrganizationPatch, OrganizationRecord,
    SUBSCRIPTION,
};

/// Organizations at Auth0. A tenant's subscription is `metadata.subscription`, as in the guide.
#[derive(Clone, Debug)]
pub struct Auth0Tenants {
    management: Arc<Management>,
    catalogue: Arc<Catalogue>,
}

impl Auth0Tenants {
    pub(crate) fn new(management: Arc<Management>, catalogue: Arc<Catalogue>) -> Self {
        Self { management, catalogue }
    }

    async fn read(&self, path: &[&str]) -> Result<Option<OrganizationRecord>, TenantsError> {
        match self.management.call(&Operation::get(path, &[])).await {
            Ok(record) => Ok(Some(record)),
            Err(ManagementError::NotFound) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The organization that holds the name, if it was made by an earlier try of the same request.
    async fn made_before(&self, tenant: &NewTenant) -> Result<Tenant, TenantsError> {
        let path = ["organizations", "name", tenant.name.as_str()];
        // The name is taken and nobody has it: Auth0 is between the two, and only later tells whose it is.
        let holder = self.read(&path).await?.ok_or_else(|| TenantsError::Unavailable(Box::new(Undecided)))?;
        let says = |key: &str, value: &str| holder.metadata.get(key).is_some_and(|held| held == value);
        if says(CREATED_BY, tenant.created_by.as_str()) && says(CONVERSION, tenant.conversion.as_str()) {
            holder.into_tenant().ok_or(TenantsError::NameTaken)
        } else {
            Err(TenantsError::NameTaken)
        }
    }
}

/// Auth0 refused a name as taken, and then did not find who has it.
#[derive(Debug, thiserror::Error)]
#[error("Auth0 does not say yet whose organization has this name")]
struct Undecided;

#[async_trait]
impl Tenants for Auth0Tenants {
    async fn create(&self, tenant: &NewTenant) -> Result<Tenant, TenantsError> {
        let connections = self.catalogue.shared_connections().await?;
        let organization = NewOrganization {
            name: tenant.name.as_str(),
            display_name: &tenant.display_name,
            metadata: BTreeMap::from([
                (SUBSCRIPTION, tenant.subscription.to_string()),
                (CREATED_BY, tenant.created_by.to_string()),
                (CONVERSION, tenant.conversion.to_string()),
            ]),
            enabled_connections: connections
                .iter()
                .map(|connection_id| EnabledConnection { connection_id, assign_membership_on_login: false })
                .collect(),
        };
        let made = self.management.call(&Operation::post(&["organizations"], &organization)).await;
        match made {
            Ok(record) => OrganizationRecord::into_tenant(record).ok_or(TenantsError::NotStored),
            Err(ManagementError::Conflict) => self.made_before(tenant).await,
            Err(error) => Err(error.into()),
        }
    }

    async fn find(&self, tenant: &TenantId) -> Result<Option<Tenant>, TenantsError> {
        let found = self.read(&["organizations", tenant.as_str()]).await?;
        Ok(found.and_then(OrganizationRecord::into_tenant))
    }

    async fn find_by_name(&self, name: &TenantName) -> Result<Option<Tenant>, TenantsError> {
        let found = self.read(&["organizations", "name", name.as_str()]).await?;
        Ok(found.and_then(OrganizationRecord::into_tenant).filter(|tenant| tenant.tenant.name == *name))
    }

    async fn set_subscription(
        &self,
        tenant: &TenantId,
        subscription: Subscription,
    ) -> Result<Subscription, TenantsError> {
        // Auth0 replaces the whole map: what others wrote there has to be read first and sent along.
        let path = ["organizations", tenant.as_str()];
        let mut metadata = self.read(&path).await?.ok_or(TenantsError::UnknownTenant)?.metadata;
        let wanted = subscription.or_later(metadata.get(SUBSCRIPTION).map(String::as_str));
        if wanted != subscription {
            return Ok(wanted);
        }
        metadata.insert(SUBSCRIPTION.to_owned(), wanted.to_string());
        let patch = OrganizationPatch { metadata };
        let stored: OrganizationRecord = self.management.call(&Operation::patch(&path, &patch)).await?;
        match stored.metadata.get(SUBSCRIPTION) {
            Some(text) if *text == wanted.to_string() => Ok(wanted),
            _ => Err(TenantsError::NotStored),
        }
    }
}
