//! Brings the state in line with the configuration at the start.

use std::collections::BTreeSet;

use secrecy::ExposeSecret as _;
use serde_json::{Map, json};
use url::Url;

use crate::config::{Seed, SeedClient, SeedClientKind};
use crate::document::{self, Document};
use crate::ids::Ids;
use crate::model::{Client, ClientGrant, Connection, Role, TenantSettings};
use crate::secrets::Secret;
use crate::seed_file::{Planting, SeedError};
use crate::store::State;
use crate::tokens::management_audience;

/// The ends of a session that a seeded application hears of: those that somebody wanted.
const HEARD_OF: [&str; 6] = [
    "rp-logout",
    "idp-logout",
    "password-changed",
    "session-revoked",
    "account-deleted",
    "account-deactivated",
];

/// Creates what is missing, and renews what the configuration decides. What is known already keeps its ids and secrets.
pub(crate) fn plant(state: &mut State, seed: &Seed, planting: &Planting<'_>) -> Result<(), SeedError> {
    let Planting { ids, issuer, known, .. } = *planting;
    settings(state, seed, issuer);
    for role in &seed.roles {
        let earlier = state.role_by_name(&role.name).cloned();
        let given = || seed.file.as_ref()?.roles.iter().find(|other| other.name == role.name)?.id.clone();
        let kept = known.role_by_name(&role.name).map(|role| role.id.clone());
        let id = || kept.or_else(given).unwrap_or_else(|| ids.role());
        let earlier = earlier.unwrap_or_else(|| Role::new(id(), &role.name));
        state.roles.put(Role { description: role.description.clone(), ..earlier });
    }
    // Programs as well as web applications: accounts are made in connections that somebody may use.
    let clients: Vec<String> = seed
        .clients
        .iter()
        .map(|one| {
            let client_id = client(state, known, seed, one, ids);
            if let SeedClientKind::MachineToMachine { scopes } = &one.kind {
                grant(state, known, issuer, client_id.clone(), scopes, ids);
            }
            client_id
        })
        .collect();
    connections(state, known, seed, &clients, ids);
    seed.file.as_ref().map_or(Ok(()), |file| file.plant(state, planting))
}

fn settings(state: &mut State, seed: &Seed, issuer: &Url) {
    let earlier = state.settings().clone();
    if let Some(old) = earlier.issuer.as_ref().filter(|old| *old != issuer) {
        let (old, new) = (management_audience(old), management_audience(issuer));
        let moved: Vec<ClientGrant> =
            state.client_grants.iter().filter(|grant| grant.audience == old).cloned().collect();
        for grant in moved {
            state.client_grants.put(ClientGrant { audience: new.clone(), ..grant });
        }
    }
    let mut settings = TenantSettings { issuer: Some(issuer.clone()), ..earlier };
    let login = &seed.login;
    settings.prompts.insert("identifier_first".to_owned(), login.identifier_first.into());
    let by_name = "allow_organization_name_in_authentication_api".to_owned();
    settings.tenant.insert(by_name, login.allow_organization_name.into());
    state.settings.put(settings);
}

fn client(state: &mut State, known: &State, seeds: &Seed, seed: &SeedClient, ids: &Ids) -> String {
    let earlier = state.client_by_name(&seed.name).cloned();
    let (kept_id, kept_secret) =
        known.client_by_name(&seed.name).map(|client| (client.id.clone(), client.secret.clone())).unzip();
    let given_secret = seed.client_secret.as_ref().map(|secret| Secret::new(secret.expose_secret()));
    let client_id = seed.client_id.clone().or(kept_id).unwrap_or_else(|| ids.client());
    if let Some(earlier) = earlier.as_ref().filter(|earlier| earlier.id != client_id) {
        state.clients.remove(&earlier.id);
        state.client_grants.remove_where(|grant| grant.client_id == earlier.id);
    }
    let mut settings = earlier.map(|earlier| earlier.settings).unwrap_or_default();
    let decided = json!({
        "app_type": match seed.kind {
            SeedClientKind::RegularWeb => "regular_web",
            SeedClientKind::MachineToMachine { .. } => "non_interactive",
        },
        "callbacks": seed.callbacks,
        "allowed_logout_urls": seed.logout_urls,
        "initiate_login_uri": seed.initiate_login_uri,
        "organization_usage": seeds.login.organization_usage,
        "organization_require_behavior": seeds.login.organization_require_behavior,
    });
    document::replace(&mut settings, Document::of(&decided));
    // What was set at the provider itself stays when the seed says nothing of it.
    if let Some(url) = &seed.backchannel_logout_url {
        let logout = json!({
            "backchannel_logout_urls": [url],
            "backchannel_logout_initiators": { "mode": "custom", "selected_initiators": HEARD_OF },
        });
        settings.insert("oidc_logout".to_owned(), logout);
    }
    state.clients.put(Client {
        id: client_id.clone(),
        name: seed.name.clone(),
        secret: given_secret.or(kept_secret).unwrap_or_else(|| Secret::new(ids.client_secret())),
        settings,
    });
    client_id
}

fn grant(state: &mut State, known: &State, issuer: &Url, client_id: String, scopes: &[String], ids: &Ids) {
    let audience = management_audience(issuer);
    let id = known
        .client_grant(&client_id, &audience)
        .map_or_else(|| ids.client_grant(), |grant| grant.id.clone());
    state.client_grants.put(ClientGrant {
        id,
        client_id,
        audience,
        scope: scopes.to_vec(),
        settings: Map::new(),
    });
}

fn connections(state: &mut State, known: &State, seeds: &Seed, clients: &[String], ids: &Ids) {
    for seed in &seeds.connections {
        let earlier = state.connection_by_name(&seed.name).cloned();
        let file = seeds.file.as_ref();
        let given = || file?.connections.iter().find(|row| row.name == seed.name)?.id.clone();
        let kept = known.connection_by_name(&seed.name).map(|connection| connection.id.clone());
        let mut connection = earlier.unwrap_or_else(|| Connection {
            id: kept.or_else(given).unwrap_or_else(|| ids.connection()),
            name: seed.name.clone(),
            strategy: seed.strategy.clone(),
            options: Connection::default_options(&seed.strategy),
            enabled_clients: BTreeSet::new(),
            settings: Map::new(),
        });
        connection.enabled_clients.extend(clients.iter().cloned());
        connection.enabled_clients.retain(|client_id| state.clients.get(client_id).is_some());
        state.connections.put(connection);
    }
}
