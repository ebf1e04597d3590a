//! `/connections`: list, read, delete.

use axum::http::{Method, StatusCode};
use serde_json::json;

use super::call::Call;
use super::error::ApiError;
use super::fields::{Fields, by_fields};
use super::operation::Operation;
use super::paging::{Paging, by_checkpoint, by_page, page_of};
use super::schema::{object, optional, required, text};
use super::{Answer, Reply, views};
use crate::model::Connection;
use crate::store::State;

pub(super) fn operations() -> Vec<Operation> {
    let filters = vec![optional("strategy", text(1, 64)), optional("name", text(1, 128))];
    vec![
        Operation::get("/connections", "List connections", list)
            .scope(&["read:connections"])
            .query([filters, by_fields(), by_page(), by_checkpoint()].into_iter().flatten())
            .answers(StatusCode::OK, page_of("connections", views::connection_shape())),
        Operation::get("/connections/{id}", "Get a connection", read)
            .scope(&["read:connections"])
            .query(by_fields())
            .answers(StatusCode::OK, views::connection_shape())
            .refuses(ApiError::no_connection()),
        Operation::write(Method::DELETE, "/connections/{id}", "Delete a connection", delete)
            .scope(&["delete:connections"])
            .answers(StatusCode::ACCEPTED, object([required("deleted_at", text(20, 30))]))
            .answers_nothing(StatusCode::NO_CONTENT),
    ]
}

fn list(state: &State, call: &Call<'_>) -> Answer {
    let (fields, strategies) = (Fields::of(call), call.query.all("strategy").collect::<Vec<_>>());
    let name = call.query.get("name");
    let wanted = |connection: &&Connection| {
        (strategies.is_empty() || strategies.contains(&connection.strategy.as_str()))
            && name.is_none_or(|name| name == connection.name)
    };
    let with_options = call.has_scope("read:connections_options");
    Ok(Paging::of(call)?.reply(
        "connections",
        |after| {
            let after = after.map(str::to_owned);
            let rows = state.connections.iter().filter(wanted);
            rows.filter(move |row| after.as_ref().is_none_or(|after| row.id > *after))
        },
        |connection| connection.id.clone(),
        |connection| fields.apply(views::connection(connection, with_options)),
    ))
}

fn read(state: &State, call: &Call<'_>) -> Answer {
    let fields = Fields::of(call);
    let connection = state.connections.get(call.path("id")).ok_or_else(ApiError::no_connection)?;
    Ok(Reply::ok(fields.apply(views::connection(connection, call.has_scope("read:connections_options")))))
}

/// 202 for a connection that is there and 204 for one that is not; its accounts go with it.
#[expect(clippy::unnecessary_wraps, reason = "all operations have this signature")]
fn delete(state: &mut State, call: &Call<'_>) -> Answer {
    let Some(connection) = state.connections.get(call.path("id")).cloned() else {
        return Ok(Reply::NoContent);
    };
    state.delete_accounts_of_connection(&connection.name);
    let organizations: Vec<_> = state
        .organizations
        .iter()
        .filter(|organization| organization.connection(&connection.id).is_some())
        .cloned()
        .collect();
    for mut organization in organizations {
        organization.remove_connection(&connection.id);
        state.organizations.put(organization);
    }
    state.connections.remove(&connection.id);
    Ok(Reply::accepted(json!({ "deleted_at": call.context.now })))
}
