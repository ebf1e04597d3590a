//! A connection as Auth0 keeps it, and what we write into one.

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use tenantry_domain::{
    Admission, ClientId, ConnectionName, DiscoveryUrl, DisplayName, EmailDomain, SsoConnection,
    SsoConnectionId, SsoKind, SsoRegistration, SsoRequestId, TenantId,
};
use tenantry_ports::{NewSsoConnection, SsoConnectionChange, Upstream};

/// What Auth0 calls the protocols: those that speak OpenID Connect, and SAML.
pub(super) const STRATEGIES: [&str; 2] = [OPENID_CONNECT, SAML];
const OPENID_CONNECT: &str = "oidc";
const SAML: &str = "samlp";
/// To which organization the connection belongs, in its `metadata`: this alone says whose it is.
const TENANT: &str = "tenant";
/// For which request it was made, in its `metadata`.
const REQUEST: &str = "request";
/// Whose product it leads to, in its `metadata`.
const KIND: &str = "kind";

const CLIENT_ID: &str = "client_id";
const CLIENT_SECRET: &str = "client_secret";
const DISCOVERY_URL: &str = "discovery_url";
const DOMAINS: &str = "domain_aliases";
const ISSUER: &str = "issuer";
const ENTITY_ID: &str = "entityId";
const METADATA: &str = "metadataXml";
const SIGN_IN: &str = "signInEndpoint";
/// What Auth0 read at the discovery URL. Where these stay they count for more than what another one says.
const DISCOVERED: [&str; 6] =
    [ISSUER, "authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri", "oidc_metadata"];
/// What Auth0 read in metadata, likewise.
const DESCRIBED: [&str; 8] =
    [METADATA, SIGN_IN, "signOutEndpoint", "signingCert", "cert", "thumbprints", "expires", "subject"];

#[derive(Deserialize)]
pub(super) struct Record {
    pub(super) id: SsoConnectionId,
    pub(super) name: String,
    strategy: String,
    display_name: Option<String>,
    #[serde(default)]
    metadata: Map<String, Value>,
    #[serde(default)]
    options: Map<String, Value>,
}

/// A connection through which an organization takes logins.
#[derive(Deserialize)]
pub(super) struct Enabled {
    pub(super) connection_id: String,
    pub(super) assign_membership_on_login: bool,
}

impl Enabled {
    pub(super) fn admission(&self) -> Admission {
        if self.assign_membership_on_login { Admission::AutoMembership } else { Admission::Members }
    }
}

impl Record {
    /// Whether it was made for this tenant. Being enabled for it says nothing: so are those that all share.
    pub(super) fn is_of(&self, tenant: &TenantId) -> bool {
        STRATEGIES.contains(&self.strategy.as_str()) && self.says(TENANT, tenant.as_str())
    }

    pub(super) fn is_for(&self, request: &SsoRequestId) -> bool {
        self.says(REQUEST, request.as_str())
    }

    fn says(&self, key: &str, value: &str) -> bool {
        self.metadata.get(key).and_then(Value::as_str) == Some(value)
    }

    fn option(&self, name: &str) -> Option<&str> {
        self.options.get(name).and_then(Value::as_str)
    }

    fn discovery_url(&self) -> Option<DiscoveryUrl> {
        // What may be asked was decided when it was given.
        DiscoveryUrl::for_development(self.option(DISCOVERY_URL)?).ok()
    }

    fn domains(&self) -> Vec<EmailDomain> {
        let listed = self.options.get(DOMAINS).and_then(Value::as_array).into_iter().flatten();
        listed.filter_map(|domain| EmailDomain::try_from(domain.as_str()?).ok()).collect()
    }

    fn registration(&self) -> Option<SsoRegistration> {
        if self.strategy == SAML {
            return Some(SsoRegistration::Saml { sign_in_url: self.option(SIGN_IN)?.to_owned() });
        }
        Some(SsoRegistration::OpenIdConnect {
            discovery_url: self.discovery_url()?,
            issuer: self.option(ISSUER)?.to_owned(),
            client_id: ClientId::try_from(self.option(CLIENT_ID)?).ok()?,
        })
    }

    /// The connection; `None` when it lacks what ours have: it was changed by other means, or its options can't be seen.
    pub(super) fn into_connection(self, admission: Admission) -> Option<SsoConnection> {
        let name = ConnectionName::try_from(self.name.as_str()).ok()?;
        let shown = self.display_name.as_deref().unwrap_or(&self.name);
        Some(SsoConnection {
            display_name: DisplayName::try_from(shown)
                .or_else(|_| DisplayName::try_from(name.as_str()))
                .ok()?,
            kind: self.metadata.get(KIND)?.as_str()?.parse().ok()?,
            registration: self.registration()?,
            domains: self.domains(),
            admission,
            id: self.id,
            name,
        })
    }
}

/// A connection to be made.
#[derive(Serialize)]
pub(super) struct NewRecord<'a> {
    name: &'a str,
    strategy: &'static str,
    display_name: &'a str,
    /// Else the login page of everybody would show the customers' names.
    show_as_button: bool,
    enabled_clients: [&'a str; 1],
    metadata: Value,
    options: Value,
}

impl<'a> NewRecord<'a> {
    pub(super) fn new(
        name: &'a ConnectionName,
        tenant: &TenantId,
        new: &'a NewSsoConnection,
        client_id: &'a str,
    ) -> Self {
        Self {
            name: name.as_str(),
            strategy: match &new.upstream {
                Upstream::OpenIdConnect { .. } => OPENID_CONNECT,
                Upstream::Saml(_) => SAML,
            },
            display_name: new.display_name.as_str(),
            show_as_button: false,
            enabled_clients: [client_id],
            metadata: json!({
                TENANT: tenant.as_str(),
                REQUEST: new.request.as_str(),
                KIND: new.kind.as_str(),
            }),
            options: match &new.upstream {
                Upstream::OpenIdConnect { discovery_url, client_id, client_secret } => json!({
                    "type": "back_channel",
                    DISCOVERY_URL: discovery_url.as_str(),
                    CLIENT_ID: client_id.as_str(),
                    CLIENT_SECRET: client_secret.expose_secret(),
                    "scope": "openid profile email",
                    // All claims go into the profile, so that what stands for roles there is not lost.
                    "attribute_map": { "mapping_mode": "bind_all" },
                    "connection_settings": { "pkce": "auto" },
                }),
                // All attributes go into the profile by themselves.
                Upstream::Saml(metadata) => {
                    json!({ METADATA: metadata.to_xml(), ENTITY_ID: entity_id(name) })
                }
            },
        }
    }
}

/// What we are called by a provider that speaks SAML, for the connection of this name. Auth0's own choice would depend on
/// the name of its tenant.
pub(super) fn entity_id(name: &ConnectionName) -> String {
    format!("urn:tenantry:{name}")
}

/// What is to be written into a connection; the rest stays.
#[derive(Default)]
pub(super) struct Wanted<'a> {
    kind: Option<SsoKind>,
    display_name: Option<&'a DisplayName>,
    upstream: Option<&'a Upstream>,
    client_secret: Option<&'a SecretString>,
    domains: Option<&'a [EmailDomain]>,
}

impl<'a> From<&'a NewSsoConnection> for Wanted<'a> {
    fn from(new: &'a NewSsoConnection) -> Self {
        Self {
            kind: Some(new.kind),
            display_name: Some(&new.display_name),
            upstream: Some(&new.upstream),
            client_secret: None,
            domains: None,
        }
    }
}

impl<'a> From<&'a SsoConnectionChange> for Wanted<'a> {
    fn from(change: &'a SsoConnectionChange) -> Self {
        Self {
            display_name: change.display_name.as_ref(),
            upstream: change.issuer.as_ref(),
            client_secret: change.client_secret.as_ref().filter(|_| change.issuer.is_none()),
            ..Self::default()
        }
    }
}

impl<'a> From<&'a [EmailDomain]> for Wanted<'a> {
    fn from(domains: &'a [EmailDomain]) -> Self {
        Self { domains: Some(domains), ..Self::default() }
    }
}

/// Auth0 takes the place of all options, and leaves what is not named as it is; only the name that people read may go
/// where it is left out.
#[derive(Serialize)]
pub(super) struct Patch {
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<String>,
    metadata: Map<String, Value>,
    options: Map<String, Value>,
}

impl Wanted<'_> {
    /// Whether the discovery document is read anew.
    pub(super) fn asks_the_issuer(&self) -> bool {
        self.upstream.is_some()
    }

    /// What was read, with what is wanted in it.
    pub(super) fn patch(&self, record: &Record) -> Patch {
        let mut options = record.options.clone();
        let mut put = |name: &str, value: Value| drop(options.insert(name.to_owned(), value));
        if let Some(secret) = self.client_secret {
            put(CLIENT_SECRET, secret.expose_secret().into());
        }
        if let Some(domains) = self.domains {
            put(DOMAINS, domains.iter().map(EmailDomain::as_str).collect());
        }
        match self.upstream {
            Some(Upstream::OpenIdConnect { discovery_url, client_id, client_secret }) => {
                put(DISCOVERY_URL, discovery_url.as_str().into());
                put(CLIENT_ID, client_id.as_str().into());
                put(CLIENT_SECRET, client_secret.expose_secret().into());
                options.retain(|name, _| !DISCOVERED.contains(&name.as_str()));
            }
            Some(Upstream::Saml(metadata)) => {
                options.retain(|name, _| !DESCRIBED.contains(&name.as_str()));
                options.insert(METADATA.to_owned(), metadata.to_xml().into());
            }
            None => {}
        }
        let mut metadata = record.metadata.clone();
        if let Some(kind) = self.kind {
            metadata.insert(KIND.to_owned(), kind.as_str().into());
        }
        let display_name = self.display_name.map(ToString::to_string).or_else(|| record.display_name.clone());
        Patch { display_name, metadata, options }
    }

    /// Whether it is there.
    pub(super) fn is_in(&self, record: &Record) -> bool {
        let is_upstream = |upstream: &Upstream| match upstream {
            Upstream::OpenIdConnect { discovery_url, client_id, .. } => {
                record.option(DISCOVERY_URL) == Some(discovery_url.as_str())
                    && record.option(CLIENT_ID) == Some(client_id.as_str())
            }
            Upstream::Saml(metadata) => record.option(SIGN_IN) == Some(metadata.sign_in_url().as_str()),
        };
        self.display_name.is_none_or(|name| record.display_name.as_deref() == Some(name.as_str()))
            && self.upstream.is_none_or(is_upstream)
            && self.domains.is_none_or(|domains| record.domains() == domains)
    }
}
