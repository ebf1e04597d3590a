//! [`SsoConnections`] on the fake's state.

use std::collections::BTreeSet;

use async_trait::async_trait;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value, json};
use tenantry_domain::{
    Admission, ClientId, ConnectionName, DiscoveryUrl, DisplayName, EmailDomain, SamlMetadata, SsoConnection,
    SsoConnectionId, SsoRegistration, SsoRequestId, TenantId, TenantName, TenantRef,
};
use tenantry_ports::{
    NewSsoConnection, SamlService, SsoConnectionChange, SsoConnections, SsoConnectionsError, Upstream,
};
use url::Url;

use super::Failed;
use crate::model::{Connection, EnabledConnection};
use crate::store::State;
use crate::upstream::{CALLBACK, discovery, saml};
use crate::{Fake, StoreError};

// Auth0's adapter uses these keys too, so what came in by one door is understood at the other.
const TENANT: &str = "tenant";
const REQUEST: &str = "request";
const KIND: &str = "kind";
/// What is read at the discovery URL.
const DISCOVERED: [&str; 5] =
    ["issuer", "authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"];
/// Connections of one organization (entity limits).
const AT_MOST: usize = 10;

/// Organizations' own identity providers at the fake, without HTTP.
#[derive(Clone, Debug)]
pub struct FakeSsoConnections {
    fake: Fake,
    client_id: String,
    callback_url: Url,
}

/// Where an identity provider is and who we are there, with what it says about itself.
enum Discovered<'a> {
    OpenIdConnect {
        discovery_url: &'a DiscoveryUrl,
        client_id: &'a ClientId,
        client_secret: &'a SecretString,
        document: Map<String, Value>,
    },
    Saml(&'a SamlMetadata),
}

type Outcome<T> = Result<T, SsoConnectionsError>;

impl FakeSsoConnections {
    pub(super) fn new(fake: Fake, client_id: &str) -> Self {
        let mut callback_url = fake.core().config.issuer.clone();
        callback_url.set_path(&format!("{}{CALLBACK}", callback_url.path()));
        Self { fake, client_id: client_id.to_owned(), callback_url }
    }

    async fn write<T>(&self, change: impl FnOnce(&mut State) -> Outcome<T> + Send) -> Outcome<T>
    where
        T: Send,
    {
        let written = self.fake.core().store.write(|state| change(state).map_err(Failed::Port)).await;
        written.map_err(|failed| match failed {
            Failed::Port(error) => error,
            Failed::Store(error) => error.into(),
        })
    }
}

impl Discovered<'_> {
    fn put(self, options: &mut Map<String, Value>) -> Outcome<()> {
        match self {
            Self::OpenIdConnect { discovery_url, client_id, client_secret, document } => {
                options.insert("discovery_url".to_owned(), discovery_url.as_str().into());
                options.insert("client_id".to_owned(), client_id.as_str().into());
                put_secret(options, client_secret);
                for name in DISCOVERED {
                    options.remove(name);
                    if let Some(found) = document.get(name).filter(|found| found.is_string()) {
                        options.insert(name.to_owned(), found.clone());
                    }
                }
                options.insert("oidc_metadata".to_owned(), document.into());
            }
            Self::Saml(metadata) => {
                let xml = metadata.to_xml();
                let described = saml::metadata::Described::read(&xml);
                let described =
                    described.map_err(|why| SsoConnectionsError::DiscoveryRefused { why: why.to_owned() })?;
                options.insert("metadataXml".to_owned(), xml.into());
                saml::describe(options, &described);
            }
        }
        Ok(())
    }
}

async fn discovered(upstream: &Upstream) -> Outcome<Discovered<'_>> {
    match upstream {
        Upstream::OpenIdConnect { discovery_url, client_id, client_secret } => {
            let document = discovery::document(discovery_url.as_str()).await;
            let document = document.map_err(|why| SsoConnectionsError::DiscoveryRefused { why })?;
            Ok(Discovered::OpenIdConnect { discovery_url, client_id, client_secret, document })
        }
        Upstream::Saml(metadata) => Ok(Discovered::Saml(metadata)),
    }
}

fn entity_id(name: &ConnectionName) -> String {
    format!("urn:tenantry:{name}")
}

fn put_secret(options: &mut Map<String, Value>, secret: &SecretString) {
    options.insert("client_secret".to_owned(), secret.expose_secret().into());
}

fn is_of(connection: &Connection, tenant: &TenantId) -> bool {
    let owner = connection.settings().document("metadata").text(TENANT) == Some(tenant.as_str());
    owner && matches!(&*connection.strategy, "oidc" | "samlp")
}

fn own<'a>(state: &'a State, tenant: &TenantId, id: &SsoConnectionId) -> Option<&'a Connection> {
    state.connections.get(id.as_str()).filter(|connection| is_of(connection, tenant))
}

fn owned(state: &State, tenant: &TenantId, id: &SsoConnectionId) -> Outcome<Connection> {
    own(state, tenant, id).cloned().ok_or(SsoConnectionsError::UnknownConnection)
}

fn connection_of(state: &State, tenant: &TenantId, row: &Connection) -> Option<SsoConnection> {
    let organization = state.organizations.get(tenant.as_str());
    let enabled = organization.and_then(|organization| organization.enabled_connection(&row.id));
    let options = row.options();
    Some(SsoConnection {
        id: SsoConnectionId::try_from(&*row.id).ok()?,
        name: ConnectionName::try_from(&*row.name).ok()?,
        display_name: DisplayName::try_from(row.label()).ok()?,
        kind: row.settings().document("metadata").text(KIND)?.parse().ok()?,
        registration: if row.speaks_saml() {
            SsoRegistration::Saml { sign_in_url: options.text("signInEndpoint")?.to_owned() }
        } else {
            SsoRegistration::OpenIdConnect {
                discovery_url: DiscoveryUrl::for_development(options.text("discovery_url")?).ok()?,
                issuer: options.text("issuer")?.to_owned(),
                client_id: ClientId::try_from(options.text("client_id")?).ok()?,
            }
        },
        domains: options
            .texts("domain_aliases")
            .filter_map(|alias| EmailDomain::try_from(alias).ok())
            .collect(),
        admission: match enabled {
            None => Admission::Closed,
            Some(enabled) if enabled.assign_membership_on_login => Admission::AutoMembership,
            Some(_) => Admission::Members,
        },
    })
}

fn stored(state: &mut State, tenant: &TenantId, row: Connection) -> Outcome<SsoConnection> {
    let connection = connection_of(state, tenant, &row).ok_or(SsoConnectionsError::NotStored)?;
    state.connections.put(row);
    Ok(connection)
}

/// The row of the request, as it is or as it begins.
fn row_for(
    state: &State,
    id: String,
    tenant: &TenantRef,
    name: &ConnectionName,
    new: &NewSsoConnection,
) -> Outcome<Connection> {
    let theirs: Vec<_> = state.connections.iter().filter(|row| is_of(row, &tenant.id)).collect();
    let is_for =
        |row: &&Connection| row.settings().document("metadata").text(REQUEST) == Some(new.request.as_str());
    if let Some(row) = theirs.iter().copied().find(is_for) {
        return Ok(row.clone());
    }
    if state.connection_by_name(name.as_str()).is_some() {
        return Err(SsoConnectionsError::Unavailable("somebody else's connection has the name".into()));
    }
    if theirs.len() >= AT_MOST {
        return Err(SsoConnectionsError::TooMany);
    }
    let strategy = match &new.upstream {
        Upstream::OpenIdConnect { .. } => "oidc",
        Upstream::Saml(_) => "samlp",
    };
    let mut options = Connection::default_options(strategy);
    if strategy == "oidc" {
        options.insert("type".to_owned(), "back_channel".into());
        options.insert("schema_version".to_owned(), "oidc-V4".into());
    } else {
        options.insert("entityId".to_owned(), entity_id(name).into());
    }
    let settings = Map::from_iter([("show_as_button".to_owned(), false.into())]);
    Ok(Connection {
        id,
        name: name.to_string(),
        strategy: strategy.to_owned(),
        options,
        enabled_clients: BTreeSet::new(),
        settings,
    })
}

#[async_trait]
impl SsoConnections for FakeSsoConnections {
    async fn create(&self, tenant: &TenantRef, new: &NewSsoConnection) -> Outcome<SsoConnection> {
        let name = ConnectionName::of(&tenant.name, &new.request);
        let name = name.map_err(|error| SsoConnectionsError::Unavailable(Box::new(error)))?;
        let discovered = discovered(&new.upstream).await?;
        let id = self.fake.core().context().ids.connection();
        self.write(move |state| {
            let mut row = row_for(state, id, tenant, &name, new)?;
            discovered.put(&mut row.options)?;
            row.enabled_clients.insert(self.client_id.clone());
            row.settings.insert("display_name".to_owned(), new.display_name.as_str().into());
            let metadata = json!({
                TENANT: tenant.id.as_str(),
                REQUEST: new.request.as_str(),
                KIND: new.kind.as_str(),
            });
            row.settings.insert("metadata".to_owned(), metadata);
            stored(state, &tenant.id, row)
        })
        .await
    }

    async fn list(&self, tenant: &TenantId) -> Outcome<Vec<SsoConnection>> {
        self.fake.core().store.read(|state| {
            let rows = state.connections.iter().filter(|row| is_of(row, tenant));
            let mut own: Vec<_> = rows.filter_map(|row| connection_of(state, tenant, row)).collect();
            own.sort_by(|one, other| one.name.cmp(&other.name));
            Ok(own)
        })?
    }

    async fn find(&self, tenant: &TenantId, id: &SsoConnectionId) -> Outcome<Option<SsoConnection>> {
        self.fake
            .core()
            .store
            .read(|state| Ok(own(state, tenant, id).and_then(|row| connection_of(state, tenant, row))))?
    }

    async fn update(
        &self,
        tenant: &TenantId,
        id: &SsoConnectionId,
        change: &SsoConnectionChange,
    ) -> Outcome<SsoConnection> {
        let issuer = change.issuer.as_ref();
        self.fake.core().store.read(|state| owned(state, tenant, id).map(drop))??;
        let discovered = match issuer {
            Some(issuer) => Some(discovered(issuer).await?),
            None => None,
        };
        let secret = change.client_secret.as_ref().filter(|_| issuer.is_none());
        self.write(move |state| {
            let mut row = owned(state, tenant, id)?;
            if let Some(discovered) = discovered {
                discovered.put(&mut row.options)?;
            }
            if let Some(secret) = secret {
                put_secret(&mut row.options, secret);
            }
            if let Some(name) = &change.display_name {
                row.settings.insert("display_name".to_owned(), name.as_str().into());
            }
            stored(state, tenant, row)
        })
        .await
    }

    async fn open(
        &self,
        tenant: &TenantId,
        id: &SsoConnectionId,
        admission: Admission,
        domains: &[EmailDomain],
    ) -> Outcome<SsoConnection> {
        self.write(|state| {
            let mut row = owned(state, tenant, id)?;
            let organization = state.organizations.get(tenant.as_str());
            let mut organization = organization.cloned().ok_or(SsoConnectionsError::UnknownConnection)?;
            let is_closed = admission == Admission::Closed;
            organization.remove_connection(id.as_str());
            if !is_closed {
                if organization.connections().count() >= AT_MOST {
                    return Err(SsoConnectionsError::TooMany);
                }
                let mut enabled = EnabledConnection::new(id.as_str());
                enabled.assign_membership_on_login = admission == Admission::AutoMembership;
                organization.enabled_connections.push(enabled);
            }
            state.organizations.put(organization);
            let aliases = domains.iter().filter(|_| !is_closed).map(EmailDomain::as_str);
            row.options.insert("domain_aliases".to_owned(), aliases.collect());
            stored(state, tenant, row)
        })
        .await
    }

    async fn delete(&self, tenant: &TenantId, id: &SsoConnectionId) -> Outcome<()> {
        self.write(|state| {
            if own(state, tenant, id).is_some() {
                state.delete_connection(id.as_str());
            }
            Ok(())
        })
        .await
    }

    fn callback_url(&self) -> Url {
        self.callback_url.clone()
    }

    fn saml_service(&self, tenant: &TenantName, request: &SsoRequestId) -> Option<SamlService> {
        let name = ConnectionName::of(tenant, request).ok()?;
        let mut consumer_url = self.callback_url.clone();
        consumer_url.query_pairs_mut().append_pair("connection", name.as_str());
        Some(SamlService { entity_id: entity_id(&name), consumer_url })
    }
}

impl From<StoreError> for SsoConnectionsError {
    fn from(error: StoreError) -> Self {
        Self::Unavailable(Box::new(error))
    }
}
