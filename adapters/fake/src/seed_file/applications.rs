//! APIs, applications, connections and roles.

use serde_json::{Map, Value, json};

use super::Planting;
use super::credentials;
use super::document::{
    Scopes, SeedFile, SeedFileClient, SeedFileConnection, SeedFilePermission, SeedFileScope,
};
use super::people::DATABASE;
use super::place::{Holders, Once, Place, SeedError, check_given_id};
use super::rules;
use crate::document::{self, Document};
use crate::http::{connection_options, management_scopes};
use crate::model::{Client, ClientGrant, Connection, Permission, ResourceServer, Role};
use crate::secrets::Secret;
use crate::store::State;
use crate::tokens::management_audience;

pub(super) fn plant(file: &SeedFile, state: &mut State, planting: &Planting<'_>) -> Result<(), SeedError> {
    apis(file, state, planting)?;
    let mut once = Once::default();
    for (index, seed) in file.clients.iter().enumerate() {
        let place = Place::item("clients", index);
        once.check(seed.client_id.as_ref().unwrap_or(&seed.name), &place.at("name"))?;
        client(seed, &place, state, planting)?;
    }
    if file.connections.iter().all(|seed| seed.name != DATABASE) {
        open_the_database(file, state);
    }
    let mut once = Once::default();
    for (index, seed) in file.connections.iter().enumerate() {
        let place = Place::item("connections", index);
        once.check(&seed.name, &place.at("name"))?;
        connection(seed, &place, state, planting)?;
    }
    roles(file, state, planting)
}

fn apis(file: &SeedFile, state: &mut State, planting: &Planting<'_>) -> Result<(), SeedError> {
    let mut once = Once::default();
    for (index, seed) in file.resource_servers.iter().enumerate() {
        let place = Place::item("resource_servers", index);
        once.check(&seed.identifier, &place.at("identifier"))?;
        if seed.identifier.is_empty() || seed.identifier == management_audience(planting.issuer) {
            return Err(place.at("identifier").error("is not one of your own"));
        }
        let known = |state: &State| state.resource_server_by_identifier(&seed.identifier).cloned();
        let mut api = known(state).unwrap_or_else(|| ResourceServer {
            id: known(planting.known).map_or_else(|| planting.ids.resource_server(), |known| known.id),
            identifier: seed.identifier.clone(),
            settings: Map::new(),
        });
        let scopes: Vec<Value> = seed
            .scopes
            .iter()
            .map(|scope| match scope {
                SeedFileScope::Name(value) => json!({ "value": value, "description": value }),
                SeedFileScope::Described { value, description } => {
                    json!({ "value": value, "description": description })
                }
            })
            .collect();
        let own = json!({ "identifier": seed.identifier, "name": seed.name, "scopes": scopes });
        rules::check("/resource-servers", own, &seed.settings, &place)?;
        let decided = json!({ "name": seed.name.as_ref().unwrap_or(&seed.identifier), "scopes": scopes });
        document::replace(&mut api.settings, Document::of(&decided));
        document::replace(&mut api.settings, Document::new(&seed.settings));
        state.resource_servers.put(api);
    }
    Ok(())
}

/// A file that says nothing of the password database expects people with passwords to log in at its applications.
fn open_the_database(file: &SeedFile, state: &mut State) {
    let Some(mut database) = state.connection_by_name(DATABASE).cloned() else { return };
    for seed in &file.clients {
        let client = match &seed.client_id {
            Some(id) => state.clients.get(id),
            None => state.client_by_name(&seed.name),
        };
        database.enabled_clients.extend(client.map(|client| client.id.clone()));
    }
    state.connections.put(database);
}

const APP_TYPES: [&str; 4] = ["regular_web", "spa", "native", "non_interactive"];

fn client(
    seed: &SeedFileClient,
    place: &Place,
    state: &mut State,
    planting: &Planting<'_>,
) -> Result<(), SeedError> {
    let of = |state: &State| match &seed.client_id {
        Some(id) => state.clients.get(id).cloned(),
        None => state.client_by_name(&seed.name).cloned(),
    };
    if let Some(id) = &seed.client_id
        && (id.is_empty() || id.len() > 100 || !id.bytes().all(|byte| byte.is_ascii_graphic()))
    {
        return Err(place.at("client_id").error("has 1 to 100 characters, none of them a space"));
    }
    let one_of = |name: &str, value: Option<&String>, known: &[&str]| match value {
        Some(value) if !known.contains(&value.as_str()) => {
            Err(place.at(name).error(format!("is one of {}", known.join(", "))))
        }
        _ => Ok(()),
    };
    one_of("app_type", seed.app_type.as_ref(), &APP_TYPES)?;
    one_of("organization_usage", seed.organization_usage.as_ref(), &["deny", "allow", "require"])?;
    let behaviors = ["no_prompt", "pre_login_prompt", "post_login_prompt"];
    one_of("organization_require_behavior", seed.organization_require_behavior.as_ref(), &behaviors)?;
    for (name, list) in [("callbacks", &seed.callbacks), ("allowed_logout_urls", &seed.allowed_logout_urls)] {
        for (index, address) in list.iter().flatten().enumerate() {
            url::Url::parse(address).map_err(|_| {
                place.item_of(name, index).error("is not an address such as http://localhost:3000/callback")
            })?;
        }
    }
    let known = of(planting.known);
    let is_machine = seed.management_scopes.is_some() || !seed.grants.is_empty();
    let usual_type = if is_machine && seed.callbacks.is_none() { "non_interactive" } else { "regular_web" };
    let secret = seed.client_secret.as_ref().map(Secret::new);
    let mut client = of(state).unwrap_or_else(|| Client {
        id: seed
            .client_id
            .clone()
            .or_else(|| known.as_ref().map(|known| known.id.clone()))
            .unwrap_or_else(|| planting.ids.client()),
        name: seed.name.clone(),
        secret: known.map_or_else(|| Secret::new(planting.ids.client_secret()), |known| known.secret),
        settings: json!({ "app_type": usual_type }).as_object().cloned().unwrap_or_default(),
    });
    client.name.clone_from(&seed.name);
    client.secret = secret.unwrap_or(client.secret);
    let decided = json!({
        "app_type": seed.app_type,
        "callbacks": seed.callbacks,
        "allowed_logout_urls": seed.allowed_logout_urls,
        "web_origins": seed.web_origins,
        "initiate_login_uri": seed.initiate_login_uri,
        "organization_usage": seed.organization_usage,
        "organization_require_behavior": seed.organization_require_behavior,
        "grant_types": seed.grant_types,
        "token_endpoint_auth_method": seed.token_endpoint_auth_method,
    });
    let decided = crate::http::present(decided);
    let mut own = decided.clone();
    if let Some(own) = own.as_object_mut() {
        own.insert("name".to_owned(), seed.name.as_str().into());
    }
    rules::check("/clients", own, &seed.settings, place)?;
    document::replace(&mut client.settings, Document::of(&decided));
    document::replace(&mut client.settings, Document::new(&seed.settings));
    credentials::plant(&mut client, place, state, planting)?;
    let client_id = client.id.clone();
    state.clients.put(client);
    grants(seed, &client_id, place, state, planting)
}

fn grants(
    seed: &SeedFileClient,
    client_id: &str,
    place: &Place,
    state: &mut State,
    planting: &Planting<'_>,
) -> Result<(), SeedError> {
    let mut wanted = Vec::new();
    if let Some(scopes) = &seed.management_scopes {
        let known = management_scopes();
        let scopes = match scopes {
            Scopes::All(_) => known.into_iter().map(str::to_owned).collect(),
            Scopes::Some(scopes) => {
                let unknown = scopes.iter().position(|scope| !known.contains(scope.as_str()));
                if let Some(at) = unknown {
                    let what = "no operation of this provider's Management API asks for this scope";
                    return Err(place.item_of("management_scopes", at).error(what));
                }
                scopes.clone()
            }
        };
        wanted.push((management_audience(planting.issuer), scopes, Map::new()));
    }
    for (index, grant) in seed.grants.iter().enumerate() {
        let place = place.item_of("grants", index);
        let api = state
            .resource_server_by_identifier(&grant.audience)
            .ok_or_else(|| place.at("audience").error("no resource server has this identifier"))?;
        let known: Vec<&str> = scopes_of(api).collect();
        let scope = match &grant.scope {
            Scopes::All(_) => known.iter().map(|&scope| scope.to_owned()).collect(),
            Scopes::Some(scopes) => {
                let unknown = scopes.iter().position(|scope| !known.contains(&scope.as_str()));
                if let Some(at) = unknown {
                    return Err(place.item_of("scope", at).error("the resource server has no such scope"));
                }
                scopes.clone()
            }
        };
        let own = json!({ "audience": grant.audience, "scope": scope });
        rules::check("/client-grants", own, &grant.settings, &place)?;
        wanted.push((grant.audience.clone(), scope, grant.settings.clone()));
    }
    for (audience, scope, settings) in wanted {
        let of = |state: &State| state.client_grant(client_id, &audience).map(|grant| grant.id.clone());
        let id = of(state).or_else(|| of(planting.known)).unwrap_or_else(|| planting.ids.client_grant());
        state.client_grants.put(ClientGrant {
            id,
            client_id: client_id.to_owned(),
            audience,
            scope,
            settings,
        });
    }
    Ok(())
}

fn scopes_of(api: &ResourceServer) -> impl Iterator<Item = &str> {
    api.settings().list("scopes").iter().filter_map(|scope| Document::of(scope).text("value"))
}

fn connection(
    seed: &SeedFileConnection,
    place: &Place,
    state: &mut State,
    planting: &Planting<'_>,
) -> Result<(), SeedError> {
    if seed.name.is_empty() || seed.name.len() > 128 {
        return Err(place.at("name").error("has 1 to 128 characters"));
    }
    let of = |state: &State| state.connection_by_name(&seed.name).cloned();
    let known = of(state).or_else(|| of(planting.known));
    let holder = seed.id.as_ref().and_then(|id| state.connections.get(id));
    let holders = Holders {
        of_id: holder.map(|holder| holder.name.as_str()),
        of_name: known.as_ref().map(|known| known.id.as_str()),
    };
    check_given_id(seed.id.as_deref(), ("connection", "con_"), &seed.name, &holders, place)?;
    let own = json!({ "name": seed.name, "strategy": seed.strategy, "display_name": seed.display_name });
    rules::check("/connections", own, &seed.settings, place)?;
    connection_options(&seed.strategy)
        .check(&Value::Object(seed.options.clone()))
        .map_err(|broken| rules::told(broken, &place.at("options")))?;
    if known.as_ref().is_some_and(|known| known.strategy != seed.strategy) {
        return Err(place.at("strategy").error("a connection keeps the strategy that it was made with"));
    }
    let id = known.map(|known| known.id).or_else(|| seed.id.clone());
    let mut connection = of(state).unwrap_or_else(|| Connection {
        id: id.unwrap_or_else(|| planting.ids.connection()),
        name: seed.name.clone(),
        strategy: seed.strategy.clone(),
        options: Connection::default_options(&seed.strategy),
        enabled_clients: std::collections::BTreeSet::new(),
        settings: Map::new(),
    });
    document::replace(&mut connection.options, Document::new(&seed.options));
    let decided = crate::http::present(json!({ "display_name": seed.display_name }));
    document::replace(&mut connection.settings, Document::of(&decided));
    document::replace(&mut connection.settings, Document::new(&seed.settings));
    match &seed.enabled_clients {
        None => {
            connection.enabled_clients.extend(state.clients.iter().map(|client| client.id.clone()));
        }
        Some(wanted) => {
            connection.enabled_clients.clear();
            for (index, name) in wanted.iter().enumerate() {
                let client = state.clients.get(name).or_else(|| state.client_by_name(name));
                let client = client.ok_or_else(|| {
                    place.item_of("enabled_clients", index).error("no client has this name or id")
                })?;
                connection.enabled_clients.insert(client.id.clone());
            }
        }
    }
    state.connections.put(connection);
    Ok(())
}

fn roles(file: &SeedFile, state: &mut State, planting: &Planting<'_>) -> Result<(), SeedError> {
    let mut once = Once::default();
    for (index, seed) in file.roles.iter().enumerate() {
        let place = Place::item("roles", index);
        once.check(&seed.name, &place.at("name"))?;
        let of = |state: &State| state.role_by_name(&seed.name).cloned();
        let known = of(state).or_else(|| of(planting.known));
        let holder = seed.id.as_ref().and_then(|id| state.roles.get(id));
        let holders = Holders {
            of_id: holder.map(|holder| holder.name.as_str()),
            of_name: known.as_ref().map(|known| known.id.as_str()),
        };
        check_given_id(seed.id.as_deref(), ("role", "rol_"), &seed.name, &holders, &place)?;
        let own = json!({ "name": seed.name, "description": seed.description });
        rules::check("/roles", own, &Map::new(), &place)?;
        let id = known.map(|known| known.id).or_else(|| seed.id.clone());
        let mut role = of(state).unwrap_or_else(|| Role {
            id: id.unwrap_or_else(|| planting.ids.role()),
            name: seed.name.clone(),
            description: String::new(),
            permissions: Vec::new(),
            settings: Map::new(),
        });
        if let Some(description) = &seed.description {
            role.description.clone_from(description);
        }
        if let Some(wanted) = &seed.permissions {
            role.permissions = permissions(wanted, &place, state)?;
        }
        state.roles.put(role);
    }
    Ok(())
}

pub(super) fn permissions(
    wanted: &[SeedFilePermission],
    place: &Place,
    state: &State,
) -> Result<Vec<Permission>, SeedError> {
    let each = wanted.iter().enumerate().map(|(index, wanted)| {
        let place = place.item_of("permissions", index);
        let api =
            state.resource_server_by_identifier(&wanted.resource_server_identifier).ok_or_else(|| {
                place.at("resource_server_identifier").error("no resource server has this identifier")
            })?;
        if !scopes_of(api).any(|scope| scope == wanted.permission_name) {
            return Err(place.at("permission_name").error("the resource server has no such scope"));
        }
        Ok(Permission {
            resource_server_identifier: wanted.resource_server_identifier.clone(),
            permission_name: wanted.permission_name.clone(),
        })
    });
    each.collect()
}
