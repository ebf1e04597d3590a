//! A connection as Auth0 keeps it, and what we write into one.

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use tenantry_domain::{
    Admission, ClientId, ConnectionName, DiscoveryUrl, DisplayName, EmailDomain, SsoConnection,
    SsoConnectionId, SsoKind, SsoRequestId, TenantId,
};
use tenantry_ports::{NewSsoConnection, SsoConnectionChange};

/// Every kind speaks OpenID Connect, and this is Auth0's name for it.
pub(super) const STRATEGY: &str = "oidc";
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
/// What Auth0 read at the discovery URL. Where these stay they count for more than what another one says.
const DISCOVERED: [&str; 6] =
    [ISSUER, "authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri", "oidc_metadata"];

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
        self.strategy == STRATEGY && self.says(TENANT, tenant.as_str())
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

    /// The connection; `None` when it lacks what ours have: it was changed by other means, or its options can't be seen.
    pub(super) fn into_connection(self, admission: Admission) -> Option<SsoConnection> {
        let name = ConnectionName::try_from(self.name.as_str()).ok()?;
        let shown = self.display_name.as_deref().unwrap_or(&self.name);
        Some(SsoConnection {
            display_name: DisplayName::try_from(shown)
                .or_else(|_| DisplayName::try_from(name.as_str()))
                .ok()?,
            kind: self.metadata.get(KIND)?.as_str()?.parse().ok()?,
            discovery_url: self.discovery_url()?,
            issuer: self.option(ISSUER)?.to_owned(),
            client_id: ClientId::try_from(self.option(CLIENT_ID)?).ok()?,
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
            strategy: STRATEGY,
            display_name: new.display_name.as_str(),
            show_as_button: false,
            enabled_clients: [client_id],
            metadata: json!({
                TENANT: tenant.as_str(),
                REQUEST: new.request.as_str(),
                KIND: new.kind.as_str(),
            }),
            options: json!({
                "type": "back_channel",
                DISCOVERY_URL: new.discovery_url.as_str(),
                CLIENT_ID: new.client_id.as_str(),
                CLIENT_SECRET: new.client_secret.expose_secret(),
                "scope": "openid profile email",
                // All claims go into the profile, so that what stands for roles there is not lost.
                "attribute_map": { "mapping_mode": "bind_all" },
                "connection_settings": { "pkce": "auto" },
            }),
        }
    }
}

/// What is to be written into a connection; the rest stays.
#[derive(Default)]
pub(super) struct Wanted<'a> {
    kind: Option<SsoKind>,
    display_name: Option<&'a DisplayName>,
    upstream: Option<(&'a DiscoveryUrl, &'a ClientId)>,
    client_secret: Option<&'a SecretString>,
    domains: Option<&'a [EmailDomain]>,
}

impl<'a> From<&'a NewSsoConnection> for Wanted<'a> {
    fn from(new: &'a NewSsoConnection) -> Self {
        Self {
            kind: Some(new.kind),
            display_name: Some(&new.display_name),
            upstream: Some((&new.discovery_url, &new.client_id)),
            client_secret: Some(&new.client_secret),
            domains: None,
        }
    }
}

impl<'a> From<&'a SsoConnectionChange> for Wanted<'a> {
    fn from(change: &'a SsoConnectionChange) -> Self {
        let issuer = change.issuer.as_ref();
        Self {
            display_name: change.display_name.as_ref(),
            upstream: issuer.map(|issuer| (&issuer.discovery_url, &issuer.client_id)),
            client_secret: issuer.map(|issuer| &issuer.client_secret).or(change.client_secret.as_ref()),
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
        if let Some((discovery_url, client_id)) = self.upstream {
            put(DISCOVERY_URL, discovery_url.as_str().into());
            put(CLIENT_ID, client_id.as_str().into());
            options.retain(|name, _| !DISCOVERED.contains(&name.as_str()));
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
        let is_upstream = |(discovery_url, client_id): (&DiscoveryUrl, &ClientId)| {
            record.option(DISCOVERY_URL) == Some(discovery_url.as_str())
                && record.option(CLIENT_ID) == Some(client_id.as_str())
        };
        self.display_name.is_none_or(|name| record.display_name.as_deref() == Some(name.as_str()))
            && self.upstream.is_none_or(is_upstream)
            && self.domains.is_none_or(|domains| record.domains() == domains)
    }
}
