//! What a ticket lets its holder do, as its page says it.

use super::answers::issuer_of;
use crate::document::Document;
use crate::model::{Connection, SsoTicket};
use crate::store::State;

/// The kinds of identity provider that the page can connect, with what people call them.
const KNOWN: [(&str, &str); 2] = [("okta", "Okta"), ("oidc", "OpenID Connect")];

/// Whether the page asks for e-mail domains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::http) enum Domains {
    NotAsked,
    Optional,
    Required,
}

/// Something that the application wants to know of everybody who logs in.
#[derive(Clone, Debug)]
pub(in crate::http) struct Attribute {
    pub(in crate::http) name: String,
    pub(in crate::http) description: String,
    pub(in crate::http) is_optional: bool,
}

/// What the holder of a ticket may do.
#[derive(Clone, Debug)]
pub(in crate::http) struct Offer {
    /// The connection's name.
    pub(in crate::http) connection: String,
    /// What the profile says it is for.
    pub(in crate::http) description: Option<String>,
    /// What the organizations are called that get the connection.
    pub(in crate::http) organizations: Vec<String>,
    pub(in crate::http) attributes: Vec<Attribute>,
    /// Kinds of identity provider to choose from, with what people call them.
    pub(in crate::http) strategies: Vec<(&'static str, &'static str)>,
    /// Whether the page asks where the identity provider is, and not for domains alone.
    pub(in crate::http) asks_for_provider: bool,
    pub(in crate::http) domains: Domains,
    pub(in crate::http) suggested_domains: Vec<String>,
    /// How an existing connection is set up now.
    pub(in crate::http) address: String,
    pub(in crate::http) client_id: String,
    /// Whether a secret is kept already.
    pub(in crate::http) has_secret: bool,
}

impl Offer {
    /// Or why there is nothing to do here.
    pub(super) fn of(state: &State, ticket: &SsoTicket) -> Result<Self, String> {
        let settings = ticket.settings();
        let existing = match settings.text("connection_id") {
            Some(id) => Some(state.connections.get(id).ok_or("The connection is not there any more.")?),
            None => None,
        };
        let profile = state.self_service_profiles.get(&ticket.profile_id);
        let allowed: Vec<&str> = match existing {
            Some(connection) => vec![connection.strategy.as_str()],
            None => profile.map(|profile| profile.allowed_strategies().collect()).unwrap_or_default(),
        };
        let strategies: Vec<_> = KNOWN.into_iter().filter(|(name, _)| allowed.contains(name)).collect();
        if strategies.is_empty() {
            return Err(format!(
                "This development provider sets up Okta and OpenID Connect. The link asks for {}.",
                allowed.join(", ")
            ));
        }
        let features = settings.document("enabled_features");
        let asks_for_provider = features.flag("sso").unwrap_or(true);
        let domains = match settings.document("domain_aliases_config").text("domain_verification") {
            Some("required") => Domains::Required,
            Some("optional") => Domains::Optional,
            _ if features.flag("domain_verification") == Some(true) => Domains::Optional,
            _ => Domains::NotAsked,
        };
        if !asks_for_provider && domains == Domains::NotAsked {
            return Err("The link allows neither to set up a login nor to enter domains.".to_owned());
        }
        let options = existing.map(Connection::options).unwrap_or_default();
        let name = settings.document("connection_config").text("name").unwrap_or_default();
        let profile = profile.map(|profile| profile.settings()).unwrap_or_default();
        let pending = settings.document("domain_aliases_config").texts("pending_domains");
        Ok(Self {
            connection: existing.map_or(name, |connection| &connection.name).to_owned(),
            description: profile.text("description").map(str::to_owned),
            organizations: organizations(state, settings),
            attributes: attributes(profile),
            strategies,
            asks_for_provider,
            domains,
            suggested_domains: pending.map(str::to_owned).collect(),
            address: options.text("domain").or(options.text("issuer")).unwrap_or_default().to_owned(),
            client_id: options.text("client_id").unwrap_or_default().to_owned(),
            has_secret: options.has("client_secret"),
        })
    }
}

impl Offer {
    /// Whether the secret that is kept may go on being used with this issuer: it must never be sent to another one.
    pub(super) fn keeps_secret_for(&self, issuer: &str) -> bool {
        let strategy = self.strategies.first().map_or("oidc", |(strategy, _)| strategy);
        let known = issuer_of(strategy, &self.address);
        let is_the_same = |known: String| known.trim_end_matches('/') == issuer.trim_end_matches('/');
        self.has_secret && known.is_ok_and(is_the_same)
    }
}

fn organizations(state: &State, settings: Document<'_>) -> Vec<String> {
    let ids = settings.list("enabled_organizations").iter();
    let ids = ids.filter_map(|item| Document::of(item).text("organization_id"));
    let found = ids.filter_map(|id| state.organizations.get(id));
    found.map(|organization| organization.label().to_owned()).collect()
}

fn attributes(profile: Document<'_>) -> Vec<Attribute> {
    let listed = profile.list("user_attributes").iter().map(Document::of);
    let text = |attribute: Document<'_>, name| attribute.text(name).unwrap_or_default().to_owned();
    listed
        .map(|attribute| Attribute {
            name: text(attribute, "name"),
            description: text(attribute, "description"),
            is_optional: attribute.flag("is_optional").unwrap_or(false),
        })
        .collect()
}

/// The domains whose people a connection logs in.
pub(super) fn domains_of(connection: &Connection) -> Vec<String> {
    connection.options().texts("domain_aliases").map(str::to_owned).collect()
}
