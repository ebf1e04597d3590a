//! [`Tenants`] on the fake's state.

use std::collections::BTreeMap;

use async_trait::async_trait;
use serde_json::{Map, Value, json};
use tenantry_domain::{
    Branding, Colours, ConversionId, LogoUrl, Subscription, Tenant, TenantId, TenantName, TenantRef, UserId,
};
use tenantry_ports::{Customization, NewTenant, Tenants, TenantsError};

use super::{Failed, SUBSCRIPTION};
use crate::login::Context;
use crate::model::{EnabledConnection, Organization};
use crate::store::State;
use crate::{Fake, StoreError};

/// Organizations of the fake, without HTTP.
#[derive(Clone, Debug)]
pub struct FakeTenants {
    fake: Fake,
}

// Auth0's adapter uses these keys too, so what came in by one door is understood at the other.
const CREATED_BY: &str = "created_by";
const CONVERSION: &str = "conversion";

impl FakeTenants {
    pub(super) fn new(fake: Fake) -> Self {
        Self { fake }
    }
}

#[async_trait]
impl Tenants for FakeTenants {
    async fn create(&self, tenant: &NewTenant) -> Result<Tenant, TenantsError> {
        let core = self.fake.core();
        let context = core.context();
        core.store
            .write(|state| create(state, &context, tenant).map_err(Failed::Port))
            .await
            .map_err(TenantsError::from)
    }

    async fn find(&self, tenant: &TenantId) -> Result<Option<Tenant>, TenantsError> {
        let store = &self.fake.core().store;
        Ok(store.read(|state| state.organizations.get(tenant.as_str()).and_then(tenant_of))?)
    }

    async fn find_by_name(&self, name: &TenantName) -> Result<Option<Tenant>, TenantsError> {
        let store = &self.fake.core().store;
        Ok(store.read(|state| state.organization_by_name(name.as_str()).and_then(tenant_of))?)
    }

    async fn set_subscription(
        &self,
        tenant: &TenantId,
        subscription: Subscription,
    ) -> Result<Subscription, TenantsError> {
        let write = |state: &mut State| {
            let row = state.organizations.get(tenant.as_str());
            let mut row = row.ok_or(Failed::Port(TenantsError::UnknownTenant))?.clone();
            let stored = subscription.or_later(row.metadata.get(SUBSCRIPTION).map(String::as_str));
            row.metadata.insert(SUBSCRIPTION.to_owned(), stored.to_string());
            state.organizations.put(row);
            Ok::<_, Failed<TenantsError>>(stored)
        };
        self.fake.core().store.write(write).await.map_err(TenantsError::from)
    }

    async fn of_user(&self, user: &UserId) -> Result<Vec<Tenant>, TenantsError> {
        let store = &self.fake.core().store;
        let mut tenants: Vec<Tenant> =
            store.read(|state| state.organizations_of(user.as_str()).filter_map(tenant_of).collect())?;
        tenants.sort_by(|one, other| one.tenant.name.cmp(&other.tenant.name));
        Ok(tenants)
    }

    async fn customize(
        &self,
        tenant: &TenantId,
        customization: &Customization,
    ) -> Result<Tenant, TenantsError> {
        let write = |state: &mut State| {
            let row = state.organizations.get(tenant.as_str());
            let mut row = row.ok_or(Failed::Port(TenantsError::UnknownTenant))?.clone();
            if let Some(display_name) = &customization.display_name {
                row.display_name = Some(display_name.to_string());
            }
            row.branding = Some(branding_value(&customization.branding));
            let customized = tenant_of(&row).ok_or(Failed::Port(TenantsError::NotStored))?;
            state.organizations.put(row);
            Ok::<_, Failed<TenantsError>>(customized)
        };
        self.fake.core().store.write(write).await.map_err(TenantsError::from)
    }

    async fn delete(&self, tenant: &TenantId) -> Result<(), TenantsError> {
        let write = |state: &mut State| {
            state.delete_organization(tenant.as_str());
            Ok::<_, Failed<TenantsError>>(())
        };
        self.fake.core().store.write(write).await.map_err(TenantsError::from)
    }
}

/// The branding as the Management API takes and returns it.
fn branding_value(branding: &Branding) -> Value {
    let mut value = Map::new();
    if let Some(logo) = &branding.logo {
        value.insert("logo_url".to_owned(), logo.as_str().into());
    }
    if let Some(colours) = branding.colours {
        let colors = json!({
            "primary": colours.primary.to_string(),
            "page_background": colours.background.to_string(),
        });
        value.insert("colors".to_owned(), colors);
    }
    Value::Object(value)
}

/// The branding of an organization, as far as it is written as the product writes it.
pub(crate) fn branding_of(organization: &Organization) -> Branding {
    let text = |pointer: &str| organization.branding.as_ref()?.pointer(pointer)?.as_str();
    let colour = |pointer: &str| text(pointer)?.parse().ok();
    let colours = || {
        let (primary, background) = (colour("/colors/primary")?, colour("/colors/page_background")?);
        Some(Colours { primary, background })
    };
    Branding { logo: text("/logo_url").and_then(|url| LogoUrl::try_from(url).ok()), colours: colours() }
}

fn create(state: &mut State, context: &Context<'_>, tenant: &NewTenant) -> Result<Tenant, TenantsError> {
    let made_by_this = [
        (CREATED_BY.to_owned(), tenant.created_by.to_string()),
        (CONVERSION.to_owned(), tenant.conversion.to_string()),
    ];
    if let Some(holder) = state.organization_by_name(tenant.name.as_str()) {
        let is_repetition = made_by_this.iter().all(|(key, value)| holder.metadata.get(key) == Some(value));
        return tenant_of(holder).filter(|_| is_repetition).ok_or(TenantsError::NameTaken);
    }
    let shared = state.connections.iter().filter(|connection| !connection.is_enterprise());
    let enabled_connections = shared.map(|connection| EnabledConnection::new(&connection.id)).collect();
    let mut metadata = BTreeMap::from(made_by_this);
    metadata.insert(SUBSCRIPTION.to_owned(), tenant.subscription.to_string());
    let organization = Organization {
        display_name: Some(tenant.display_name.clone()),
        metadata,
        enabled_connections,
        ..Organization::new(context.ids.organization(), tenant.name.as_str(), context.now)
    };
    let made = tenant_of(&organization).ok_or(TenantsError::NotStored)?;
    state.organizations.put(organization);
    Ok(made)
}

/// The organization as a tenant; `None` when its name can't be one of the product's (made by other means, too short).
pub(super) fn tenant_of(organization: &Organization) -> Option<Tenant> {
    let made_in = organization.metadata.get(CONVERSION);
    Some(Tenant {
        tenant: tenant_ref(organization)?,
        display_name: organization.label().to_owned(),
        branding: branding_of(organization),
        subscription: organization.metadata.get(SUBSCRIPTION).cloned(),
        made_in: made_in.and_then(|id| ConversionId::try_from(id.as_str()).ok()),
    })
}

pub(super) fn tenant_ref(organization: &Organization) -> Option<TenantRef> {
    Some(TenantRef {
        id: TenantId::try_from(organization.id.as_str()).ok()?,
        name: TenantName::try_from(organization.name.as_str()).ok()?,
    })
}

impl From<StoreError> for TenantsError {
    fn from(error: StoreError) -> Self {
        Self::Unavailable(Box::new(error))
    }
}

impl From<Failed<Self>> for TenantsError {
    fn from(failed: Failed<Self>) -> Self {
        match failed {
            Failed::Port(error) => error,
            Failed::Store(error) => error.into(),
        }
    }
}
