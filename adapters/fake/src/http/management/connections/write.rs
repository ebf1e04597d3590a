//! `POST /connections` and `PATCH /connections/{id}`.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::{of_path, options};
use crate::document::{self, Document};
use crate::fake::Core;
use crate::http::management::call::Call;
use crate::http::management::error::ApiError;
use crate::http::management::operation::Later;
use crate::http::management::{Answer, Reply, views};
use crate::model::Connection;
use crate::store::State;

pub(super) fn name_taken() -> ApiError {
    ApiError::conflict(None, "A connection with the same name already exists")
}

pub(super) fn realm_taken(realm: &str) -> ApiError {
    ApiError::conflict(None, format!("Another connection has the realm {realm} already"))
}

pub(super) fn no_client(client_id: &str) -> ApiError {
    ApiError::invalid_body(format!("There is no client {client_id} to enable the connection for"))
}

pub(super) fn create<'a>(core: &'a Arc<Core>, call: &'a Call<'a>) -> Later<'a> {
    Box::pin(created(core, call))
}

pub(super) fn update<'a>(core: &'a Arc<Core>, call: &'a Call<'a>) -> Later<'a> {
    Box::pin(updated(core, call))
}

async fn created(core: &Arc<Core>, call: &Call<'_>) -> Answer {
    let body = call.body();
    let text = |name: &str| body.text(name).unwrap_or_default().to_owned();
    let (name, strategy) = (text("name"), text("strategy"));
    options::check(&strategy, body.document("options"))?;
    let mut options = options::of_creation(&strategy, body.document("options"));
    let mut connection = Connection {
        id: call.context.ids.connection(),
        name,
        strategy,
        options: Map::new(),
        enabled_clients: BTreeSet::new(),
        settings: Map::new(),
    };
    // What must fail anyway fails before the outside is asked.
    core.store.read(|state| {
        is_free(state, &connection.name).and_then(|()| apply(state, &mut connection, body))
    })??;
    options::complete(&connection.strategy, &mut options).await?;
    options::check_complete(&connection.strategy, &options)?;
    connection.options = options;
    core.store
        .write(|state| {
            is_free(state, &connection.name)?;
            apply(state, &mut connection, body)?;
            state.connections.put(connection.clone());
            Ok(Reply::created(views::connection(&connection, true)))
        })
        .await
}

async fn updated(core: &Arc<Core>, call: &Call<'_>) -> Answer {
    let body = call.body();
    let mut connection = core.store.read(|state| {
        let mut connection = of_path(state, call)?.clone();
        apply(state, &mut connection, body)?;
        Ok::<_, ApiError>(connection)
    })??;
    let given = body.object("options").map(Document::new);
    if let Some(given) = given {
        call.require("update:connections_options")?;
        options::check(&connection.strategy, given)?;
        let mut options = options::of_change(&connection, given);
        options::complete(&connection.strategy, &mut options).await?;
        connection.options = options;
    }
    let options = connection.options;
    let with_options = call.has_scope("read:connections_options");
    core.store
        .write(|state| {
            let mut connection = of_path(state, call)?.clone();
            apply(state, &mut connection, body)?;
            if given.is_some() {
                connection.options = options;
            }
            let view = views::connection(&connection, with_options);
            state.connections.put(connection);
            Ok(Reply::ok(view))
        })
        .await
}

fn is_free(state: &State, name: &str) -> Result<(), ApiError> {
    if state.connection_by_name(name).is_some() { Err(name_taken()) } else { Ok(()) }
}

/// What is a property of its own, and what never changes.
const APART: [&str; 5] = ["name", "strategy", "options", "enabled_clients", "metadata"];

/// Takes over what the body says, but for the options.
fn apply(state: &State, connection: &mut Connection, body: Document<'_>) -> Result<(), ApiError> {
    for realm in body.texts("realms") {
        let has_realm = |other: &&Connection| {
            other.id != connection.id
                && (other.name == realm || other.settings().texts("realms").any(|other| other == realm))
        };
        if state.connections.iter().any(|other| has_realm(&other)) {
            return Err(realm_taken(realm));
        }
    }
    if body.has("enabled_clients") {
        if let Some(id) = body.texts("enabled_clients").find(|id| state.clients.get(id).is_none()) {
            return Err(no_client(id));
        }
        connection.enabled_clients = body.texts("enabled_clients").map(str::to_owned).collect();
    }
    let settings: Map<String, Value> = body
        .entries()
        .filter(|(name, _)| !APART.contains(name))
        .map(|(name, value)| (name.to_owned(), value.clone()))
        .collect();
    document::replace(&mut connection.settings, Document::new(&settings));
    if body.has("metadata") {
        let mut metadata = Map::new();
        document::replace(&mut metadata, body.document("metadata"));
        connection.settings.insert("metadata".to_owned(), metadata.into());
    }
    Ok(())
}
