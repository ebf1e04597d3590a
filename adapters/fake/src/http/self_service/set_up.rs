//! Turns a connection on as a ticket says and its holder has answered.

use std::collections::BTreeSet;

use secrecy::ExposeSecret as _;
use serde_json::{Map, Value, json};

use super::answers::{Answers, DISCOVERY, MOST_DOMAINS, Provider};
use super::offer::Offer;
use crate::document::{self, Document};
use crate::http::management::{CONNECTIONS, DISCOVERY_DOMAINS};
use crate::login::Context;
use crate::model::{Connection, DiscoveryDomain, EnabledConnection, LogEntry};
use crate::store::{State, StoreError};

/// Why nothing was set up.
pub(super) enum Refused {
    /// The ticket is no longer good.
    Ended,
    /// The page says why.
    Here(String),
    Store(StoreError),
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Makes or changes the connection, gives it to clients and organizations, and spends the ticket.
pub(super) fn set_up(
    state: &mut State,
    context: &Context<'_>,
    hash: &str,
    answers: &Answers,
) -> Result<(), Refused> {
    let ticket = state.sso_tickets.get(hash).cloned();
    let mut ticket = ticket
        .filter(|ticket| ticket.is_live(context.now) && ticket.set_up.is_none())
        .ok_or(Refused::Ended)?;
    let mut connection = match ticket.settings().text("connection_id") {
        Some(id) => state.connections.get(id).cloned().ok_or(Refused::Ended)?,
        None => new_connection(state, context, ticket.settings(), answers)?,
    };
    if let Some(provider) = &answers.provider {
        // Somebody may have led the connection elsewhere since the form was checked.
        let offer = Offer::of(state, &ticket).map_err(Refused::Here)?;
        if provider.client_secret.is_none() && !offer.keeps_secret_for(&provider.issuer) {
            let why = "The connection has changed meanwhile: enter the client secret as well.";
            return Err(Refused::Here(why.to_owned()));
        }
        document::replace(&mut connection.options, Document::of(&options(provider)));
    }
    add_domains(&mut connection, &answers.domains)?;
    let clients = ticket.settings().texts("enabled_clients");
    connection
        .enabled_clients
        .extend(clients.filter(|id| state.clients.get(id).is_some()).map(str::to_owned));
    give_to_organizations(state, context, ticket.settings(), &connection.id, &answers.domains)?;
    state.log(LogEntry {
        connection: Some(connection.name.clone()),
        description: Some("A connection was set up by self-service".to_owned()),
        ..LogEntry::new("ss_sso_success", context)
    });
    ticket.set_up = Some(connection.id.clone());
    state.connections.put(connection);
    state.sso_tickets.put(ticket);
    Ok(())
}

fn new_connection(
    state: &State,
    context: &Context<'_>,
    ticket: Document<'_>,
    answers: &Answers,
) -> Result<Connection, Refused> {
    let config = ticket.document("connection_config");
    let name = config.text("name").unwrap_or_default();
    if state.connection_by_name(name).is_some() {
        return Err(Refused::Here(format!(
            "There is another connection called {name} by now. Ask whoever sent you the link for a new one."
        )));
    }
    let mut options = Map::new();
    let given = config.document("options");
    for option in ["icon_url", "domain_aliases", "idpinitiated"] {
        if let Some(value) = given.get(option).filter(|value| !value.is_null()) {
            options.insert(option.to_owned(), value.clone());
        }
    }
    let mut settings = Map::new();
    for setting in ["display_name", "is_domain_connection", "show_as_button", "metadata"] {
        if let Some(value) = config.get(setting) {
            settings.insert(setting.to_owned(), value.clone());
        }
    }
    Ok(Connection {
        id: context.ids.connection(),
        name: name.to_owned(),
        strategy: answers.provider.as_ref().map_or("oidc", |provider| provider.strategy).to_owned(),
        options,
        enabled_clients: BTreeSet::new(),
        settings,
    })
}

/// The strategy's settings. What was read from another issuer's discovery document goes.
fn options(provider: &Provider) -> Value {
    let Provider { strategy, issuer, client_id, client_secret } = provider;
    let is_okta = *strategy == "okta";
    let mut options = json!({
        "client_id": client_id,
        "issuer": issuer,
        "discovery_url": format!("{}{DISCOVERY}", issuer.trim_end_matches('/')),
        "scope": "openid profile email",
        "type": (!is_okta).then_some("back_channel"),
        "domain": is_okta.then(|| issuer.trim_start_matches("https://")),
        "attribute_map": { "mapping_mode": if is_okta { "basic_profile" } else { "bind_all" } },
        "connection_settings": { "pkce": "auto" },
        "schema_version": "oidc-V4",
        "oidc_metadata": null,
        "authorization_endpoint": null,
        "token_endpoint": null,
        "userinfo_endpoint": null,
        "jwks_uri": null,
    });
    if let (Some(secret), Some(options)) = (client_secret, options.as_object_mut()) {
        options.insert("client_secret".to_owned(), secret.expose_secret().into());
    }
    options
}

fn add_domains(connection: &mut Connection, domains: &[String]) -> Result<(), Refused> {
    if domains.is_empty() {
        return Ok(());
    }
    let mut all: Vec<String> = super::offer::domains_of(connection);
    all.extend(domains.iter().filter(|domain| !all.contains(domain)).cloned().collect::<Vec<_>>());
    if all.len() > MOST_DOMAINS {
        let count = all.len();
        let why =
            format!("With these the connection would have {count} domains: {MOST_DOMAINS} are the most.");
        return Err(Refused::Here(why));
    }
    connection.options.insert("domain_aliases".to_owned(), all.into());
    Ok(())
}

fn give_to_organizations(
    state: &mut State,
    context: &Context<'_>,
    ticket: Document<'_>,
    connection_id: &str,
    domains: &[String],
) -> Result<(), Refused> {
    for item in ticket.list("enabled_organizations").iter().map(Document::of) {
        let id = item.text("organization_id").unwrap_or_default();
        let Some(mut organization) = state.organizations.get(id).cloned() else { continue };
        let had = organization.remove_connection(connection_id);
        if organization.connections().count() >= CONNECTIONS {
            let label = organization.label();
            return Err(Refused::Here(format!(
                "{label} has {CONNECTIONS} connections: one has to go first."
            )));
        }
        let mut enabled = had.unwrap_or_else(|| EnabledConnection::new(connection_id));
        let set = |place: &mut bool, name: &str| *place = item.flag(name).unwrap_or(*place);
        set(&mut enabled.assign_membership_on_login, "assign_membership_on_login");
        set(&mut enabled.show_as_button, "show_as_button");
        organization.enabled_connections.push(enabled);
        state.organizations.put(organization);
        if ticket.flag("use_for_organization_discovery") == Some(true) {
            add_discovery_domains(state, context, id, domains);
        }
    }
    Ok(())
}

fn add_discovery_domains(
    state: &mut State,
    context: &Context<'_>,
    organization_id: &str,
    domains: &[String],
) {
    for domain in domains {
        let known: Vec<&DiscoveryDomain> = state.discovery_domains_of(organization_id).collect();
        let has_room = known.len() < DISCOVERY_DOMAINS && known.iter().all(|known| known.domain != *domain);
        if has_room {
            state.discovery_domains.put(DiscoveryDomain {
                id: context.ids.discovery_domain(),
                organization_id: organization_id.to_owned(),
                domain: domain.clone(),
                is_verified: true,
                verification_txt: context.ids.verification_txt(),
                use_for_organization_discovery: true,
            });
        }
    }
}
