//! [`Tenants`] at Auth0: organizations.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use tenantry_domain::{DisplayName, Subscription, Tenant, TenantId, TenantName, UserId};
use tenantry_ports::{Customization, NewTenant, Tenants, TenantsError};

use crate::ManagementError;
use crate::catalogue::Catalogue;
use crate::management::{Management, Operation, Repeat, Tries};
use crate::wire::{
    CONVERSION, CREATED_BY, EnabledConnection, NewOrganization, OrganizationLook, OrganizationPatch,
    OrganizationRecord, SUBSCRIPTION,
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
        Ok(if_there(self.management.call(&Operation::get(path, &[])).await)?)
    }

    /// The organization that holds the name, once.
    async fn holder(
        &self,
        name: &TenantName,
        tries: &Tries<'_>,
    ) -> Result<Option<OrganizationRecord>, ManagementError> {
        let path = ["organizations", "name", name.as_str()];
        if_there(self.management.call_once(tries, &Operation::get(&path, &[])).await)
    }

    /// Tries once to make the organization. When an earlier try may have made it, that is looked up before.
    async fn try_to_make(
        &self,
        tenant: &NewTenant,
        operation: &Operation<'_, NewOrganization<'_>>,
        tries: &Tries<'_>,
        is_in_doubt: bool,
    ) -> Result<Result<Tenant, TenantsError>, ManagementError> {
        if is_in_doubt && let Some(holder) = self.holder(&tenant.name, tries).await? {
            return Ok(made_for(tenant, holder));
        }
        match self.management.call_once(tries, operation).await {
            Ok(record) => Ok(OrganizationRecord::into_tenant(record).ok_or(TenantsError::NotStored)),
            // It is there, by whomever; or it was made, and the answer says nothing of it.
            Err(error @ (ManagementError::Conflict | ManagementError::Malformed(_))) => {
                match self.holder(&tenant.name, tries).await? {
                    Some(holder) => Ok(made_for(tenant, holder)),
                    // Auth0 is between the two, and only later tells whose it is.
                    None if matches!(error, ManagementError::Conflict) => {
                        Ok(Err(TenantsError::Unavailable(Box::new(Undecided))))
                    }
                    None => Err(error),
                }
            }
            Err(error) => Err(error),
        }
    }

    /// Reads the metadata, puts the subscription in, and writes all of it, once.
    async fn try_to_write(
        &self,
        tenant: &TenantId,
        subscription: Subscription,
        tries: &Tries<'_>,
    ) -> Result<Result<Subscription, TenantsError>, ManagementError> {
        let path = ["organizations", tenant.as_str()];
        let record: OrganizationRecord =
            self.management.call_once(tries, &Operation::get(&path, &[])).await?;
        let mut metadata = record.metadata;
        let wanted = subscription.or_later(metadata.get(SUBSCRIPTION).map(String::as_str));
        if wanted != subscription {
            return Ok(Ok(wanted));
        }
        metadata.insert(SUBSCRIPTION.to_owned(), wanted.to_string());
        let patch = OrganizationPatch { metadata };
        let stored: OrganizationRecord =
            self.management.call_once(tries, &Operation::patch(&path, &patch)).await?;
        // The answer is the organization as it is by then: reading it once more would tell no more.
        if stored.says(SUBSCRIPTION, &wanted.to_string()) {
            Ok(Ok(wanted))
        } else {
            Ok(Err(TenantsError::NotStored))
        }
    }
}

fn if_there(
    outcome: Result<OrganizationRecord, ManagementError>,
) -> Result<Option<OrganizationRecord>, ManagementError> {
    match outcome {
        Ok(record) => Ok(Some(record)),
        Err(ManagementError::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The organization that holds the name, if it was made by an earlier try of the same request.
fn made_for(tenant: &NewTenant, holder: OrganizationRecord) -> Result<Tenant, TenantsError> {
    if holder.says(CREATED_BY, tenant.created_by.as_str())
        && holder.says(CONVERSION, tenant.conversion.as_str())
    {
        holder.into_tenant().ok_or(TenantsError::NameTaken)
    } else {
        Err(TenantsError::NameTaken)
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
        let operation = Operation::post(&["organizations"], &organization);
        let mut tries = self.management.tries(&operation, Repeat::Freely);
        let mut is_in_doubt = false;
        loop {
            match self.try_to_make(tenant, &operation, &tries, is_in_doubt).await {
                Ok(made) => return made,
                Err(error) => {
                    is_in_doubt |= error.may_have_been_done();
                    tries.pause_after(error).await?;
                }
            }
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
        // Auth0 replaces the whole map, so what others wrote there has to be read first and sent along, and it knows no
        // conditional writes. Hence reading and writing are one try: nothing is written that was read before a pause. What
        // somebody writes between the two, a round trip, is lost all the same, and no later look could tell.
        let path = ["organizations", tenant.as_str()];
        let writes = Operation::patch(&path, &());
        let mut tries = self.management.tries(&writes, Repeat::Freely);
        loop {
            match self.try_to_write(tenant, subscription, &tries).await {
                Ok(written) => return written,
                Err(error) => tries.pause_after(error).await?,
            }
        }
    }

    async fn of_user(&self, user: &UserId) -> Result<Vec<Tenant>, TenantsError> {
        let path = ["users", user.as_str(), "organizations"];
        let listed = match self.management.by_page(&path, &[], |_| false).await {
            Err(ManagementError::NotFound) => Vec::new(),
            outcome => outcome?,
        };
        let mut tenants: Vec<Tenant> =
            listed.into_iter().filter_map(OrganizationRecord::into_tenant).collect();
        tenants.sort_by(|one, other| one.tenant.name.cmp(&other.tenant.name));
        Ok(tenants)
    }

    async fn customize(
        &self,
        tenant: &TenantId,
        customization: &Customization,
    ) -> Result<Tenant, TenantsError> {
        let look = OrganizationLook {
            display_name: customization.display_name.as_ref().map(DisplayName::as_str),
            branding: (&customization.branding).into(),
        };
        let path = ["organizations", tenant.as_str()];
        let stored: OrganizationRecord = self.management.call(&Operation::patch(&path, &look)).await?;
        let is_as_asked = |stored: &Tenant| {
            customization.display_name.as_ref().is_none_or(|asked| stored.display_name == asked.as_str())
                && stored.branding == customization.branding
        };
        stored.into_tenant().filter(is_as_asked).ok_or(TenantsError::NotStored)
    }

    async fn delete(&self, tenant: &TenantId) -> Result<(), TenantsError> {
        match self.management.run(&Operation::delete(&["organizations", tenant.as_str()])).await {
            Ok(()) | Err(ManagementError::NotFound) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}
