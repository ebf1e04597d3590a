//! `/connections/{id}/scim-configuration`: how a directory's people become users of a connection.

use axum::http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use super::of_path;
use super::scim_mapping::{USER_ID_ATTRIBUTE, default_mapping};
use crate::document::{self, Document};
use crate::http::management::call::Call;
use crate::http::management::error::ApiError;
use crate::http::management::operation::{Evidence, Operation};
use crate::http::management::paging::{Paging, by_checkpoint, object_with_items};
use crate::http::management::schema::{
    Schema, flag, list as many, object, open_object, optional, required, text,
};
use crate::http::management::{Answer, Reply};
use crate::model::{Connection, ScimConfiguration};
use crate::store::State;

const PATH: &str = "/connections/{id}/scim-configuration";
const STRATEGIES: [&str; 4] = ["samlp", "oidc", "okta", "waad"];
const ONE_MAPPING: &str = "The default mapping is the one that Auth0 has for okta, whatever the strategy.";

pub(super) fn operations() -> Vec<Operation> {
    let body = || {
        object([required("user_id_attribute", text(1, 255)), required("mapping", many(mapping(), 0, 200))])
    };
    vec![
        Operation::get("/connections-scim-configurations", "List SCIM configurations", list)
            .scope(&["read:scim_config"])
            .query(by_checkpoint().into_iter().chain([optional("include_totals", flag())]))
            .answers(StatusCode::OK, object_with_items("scim_configurations", shape()))
            .evidence(Evidence::Documented),
        Operation::get(PATH, "Get the SCIM configuration of a connection", read)
            .scope(&["read:scim_config"])
            .answers(StatusCode::OK, shape())
            .refuses(ApiError::no_connection())
            .refuses(not_configured())
            .refuses(unsupported()),
        Operation::write(Method::POST, PATH, "Create the SCIM configuration of a connection", create)
            .scope(&["create:scim_config"])
            .optional_body(body())
            .answers(StatusCode::CREATED, shape())
            .refuses(ApiError::no_connection())
            .refuses(unsupported())
            .refuses(configured())
            .note(ONE_MAPPING),
        Operation::write(Method::PATCH, PATH, "Change the SCIM configuration of a connection", update)
            .scope(&["update:scim_config"])
            .body(body())
            .answers(StatusCode::OK, shape())
            .refuses(ApiError::no_connection())
            .refuses(not_configured())
            .refuses(unsupported()),
        Operation::write(Method::DELETE, PATH, "Delete the SCIM configuration of a connection", delete)
            .scope(&["delete:scim_config"])
            .answers_nothing(StatusCode::NO_CONTENT)
            .refuses(ApiError::no_connection())
            .refuses(unsupported()),
        Operation::get(
            "/connections/{id}/scim-configuration/default-mapping",
            "Get the default SCIM mapping of a connection",
            read_default,
        )
        .scope(&["read:scim_config"])
        .answers(StatusCode::OK, object([required("mapping", many(mapping(), 0, 200))]))
        .refuses(ApiError::no_connection())
        .refuses(unsupported())
        .note(ONE_MAPPING),
    ]
}

fn mapping() -> Schema {
    object([optional("auth0", text(1, 255)), optional("scim", text(1, 255))])
}

fn shape() -> Schema {
    open_object([
        required("connection_id", text(1, 64)),
        required("connection_name", text(1, 128)),
        required("strategy", text(1, 64)),
        required("tenant_name", text(1, 255)),
        required("user_id_attribute", text(1, 255)),
        required("mapping", many(mapping(), 0, 200)),
        required("created_at", text(20, 30)),
        required("updated_on", text(20, 30)),
    ])
}

pub(super) fn not_configured() -> ApiError {
    ApiError::not_found(None, "Not Found")
}

pub(super) fn unsupported() -> ApiError {
    ApiError::not_found(
        None,
        "This connection type does not support SCIM. Please see our documentation for the currently supported \
         connection types: https://auth0.com/docs/authenticate/protocols/scim/configure-inbound-scim.",
    )
}

fn configured() -> ApiError {
    ApiError::conflict(None, "The connection has a SCIM configuration already")
}

/// The connection that the path names, which must be of a kind that directories can write to.
fn connection<'a>(state: &'a State, call: &Call<'_>) -> Result<&'a Connection, ApiError> {
    let connection = of_path(state, call)?;
    if STRATEGIES.contains(&connection.strategy.as_str()) { Ok(connection) } else { Err(unsupported()) }
}

/// The configuration of the connection that the path names.
pub(super) fn configuration<'a>(
    state: &'a State,
    call: &Call<'_>,
) -> Result<(&'a Connection, &'a ScimConfiguration), ApiError> {
    let connection = connection(state, call)?;
    Ok((connection, state.scim_configurations.get(&connection.id).ok_or_else(not_configured)?))
}

fn view(call: &Call<'_>, connection: &Connection, configuration: &ScimConfiguration) -> Value {
    let mut view = configuration.settings.clone();
    let more = json!({
        "connection_id": connection.id,
        "connection_name": connection.name,
        "strategy": connection.strategy,
        "tenant_name": call.context.issuer.host_str(),
        "created_at": configuration.created_at,
        "updated_on": configuration.updated_on,
    });
    document::replace(&mut view, Document::of(&more));
    view.into()
}

fn list(state: &State, call: &Call<'_>) -> Answer {
    Ok(Paging::by_checkpoint(call)?.reply(
        "scim_configurations",
        |after| {
            let after = after.map(str::to_owned);
            let configurations = state.scim_configurations.iter().filter_map(|configuration| {
                Some((state.connections.get(&configuration.connection_id)?, configuration))
            });
            configurations.filter(move |(row, _)| after.as_ref().is_none_or(|after| row.id > *after))
        },
        |(connection, _)| connection.id.clone(),
        |(connection, configuration)| view(call, connection, configuration),
    ))
}

fn read(state: &State, call: &Call<'_>) -> Answer {
    let (connection, configuration) = configuration(state, call)?;
    Ok(Reply::ok(view(call, connection, configuration)))
}

fn create(state: &mut State, call: &Call<'_>) -> Answer {
    let connection = connection(state, call)?.clone();
    if state.scim_configurations.get(&connection.id).is_some() {
        return Err(configured());
    }
    let mut settings = Map::from_iter([
        ("user_id_attribute".to_owned(), USER_ID_ATTRIBUTE.into()),
        ("mapping".to_owned(), default_mapping()),
    ]);
    document::replace(&mut settings, call.body());
    let configuration = ScimConfiguration {
        connection_id: connection.id.clone(),
        created_at: call.context.now,
        updated_on: call.context.now,
        settings,
    };
    let view = view(call, &connection, &configuration);
    state.scim_configurations.put(configuration);
    Ok(Reply::created(view))
}

fn update(state: &mut State, call: &Call<'_>) -> Answer {
    let (connection, configuration) = configuration(state, call)?;
    let (connection, mut configuration) = (connection.clone(), configuration.clone());
    document::replace(&mut configuration.settings, call.body());
    configuration.updated_on = call.context.now;
    let view = view(call, &connection, &configuration);
    state.scim_configurations.put(configuration);
    Ok(Reply::ok(view))
}

/// 204 whether it was there or not. Its tokens go with it.
fn delete(state: &mut State, call: &Call<'_>) -> Answer {
    let id = connection(state, call)?.id.clone();
    state.delete_scim(&id);
    Ok(Reply::NoContent)
}

fn read_default(state: &State, call: &Call<'_>) -> Answer {
    connection(state, call)?;
    Ok(Reply::ok(json!({ "mapping": default_mapping() })))
}
