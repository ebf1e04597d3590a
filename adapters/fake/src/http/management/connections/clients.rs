//! `/connections/{id}/clients`: the applications that a connection is enabled for.

use axum::http::{Method, StatusCode};
use serde_json::json;

use super::of_path;
use crate::document::Document;
use crate::http::management::call::Call;
use crate::http::management::error::ApiError;
use crate::http::management::operation::Operation;
use crate::http::management::paging::{Paging, object_with_items};
use crate::http::management::schema::{flag, integer, list as many, object, optional, required, text};
use crate::http::management::{Answer, Reply};
use crate::store::State;

const PATH: &str = "/connections/{id}/clients";

pub(super) fn operations() -> Vec<Operation> {
    let parameters = [
        optional("from", text(1, 1000)),
        optional("take", integer(1, 1000)),
        optional("include_totals", flag()),
    ];
    vec![
        Operation::get(PATH, "List the clients of a connection", list)
            .scope(&["read:connections"])
            .query(parameters)
            .answers(
                StatusCode::OK,
                object_with_items("clients", object([required("client_id", text(1, 64))])),
            )
            .refuses(ApiError::no_connection()),
        Operation::write(Method::PATCH, PATH, "Enable or disable a connection for clients", update)
            .scope(&["update:connections"])
            .body(many(object([required("client_id", text(1, 64)), required("status", flag())]), 1, 50))
            .answers_nothing(StatusCode::NO_CONTENT)
            .refuses(ApiError::no_connection())
            .refuses(ApiError::no_client())
            .note("What Auth0 answers for a client that does not exist is not known."),
    ]
}

fn list(state: &State, call: &Call<'_>) -> Answer {
    let connection = of_path(state, call)?;
    Ok(Paging::by_checkpoint(call)?.reply(
        "clients",
        |after| {
            let after = after.map(str::to_owned);
            connection.enabled_clients.iter().filter(move |id| after.as_ref().is_none_or(|after| *id > after))
        },
        |id| (*id).clone(),
        |id| json!({ "client_id": id }),
    ))
}

fn update(state: &mut State, call: &Call<'_>) -> Answer {
    let mut connection = of_path(state, call)?.clone();
    for change in call.json().as_array().into_iter().flatten().map(Document::of) {
        let client_id = change.text("client_id").unwrap_or_default();
        if change.flag("status") == Some(true) {
            let client = state.clients.get(client_id).ok_or_else(ApiError::no_client)?;
            connection.enabled_clients.insert(client.id.clone());
        } else {
            connection.enabled_clients.remove(client_id);
        }
    }
    state.connections.put(connection);
    Ok(Reply::NoContent)
}
