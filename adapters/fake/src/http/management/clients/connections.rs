//! `/clients/{id}/connections`: where a client's users may come from.

use axum::http::StatusCode;

use super::of_path;
use crate::http::management::call::Call;
use crate::http::management::error::ApiError;
use crate::http::management::fields::{Fields, by_fields};
use crate::http::management::operation::{Evidence, Operation};
use crate::http::management::paging::{Paging, by_checkpoint, object_with_items};
use crate::http::management::schema::{flag, optional, text};
use crate::http::management::{Answer, views};
use crate::model::Connection;
use crate::store::State;

pub(super) fn operations() -> Vec<Operation> {
    let filters = vec![optional("strategy", text(1, 64)), optional("include_totals", flag())];
    vec![
        Operation::get("/clients/{id}/connections", "List the connections enabled for a client", list)
            .scope(&["read:connections"])
            .query([filters, by_fields(), by_checkpoint()].into_iter().flatten())
            .answers(StatusCode::OK, object_with_items("connections", views::connection_shape()))
            .refuses(ApiError::no_client())
            .evidence(Evidence::Documented),
    ]
}

fn list(state: &State, call: &Call<'_>) -> Answer {
    let client = of_path(state, call)?;
    let (fields, strategies) = (Fields::of(call), call.query.all("strategy").collect::<Vec<_>>());
    let wanted = |connection: &&Connection| {
        connection.enabled_clients.contains(&client.id)
            && (strategies.is_empty() || strategies.contains(&connection.strategy.as_str()))
    };
    let with_options = call.has_scope("read:connections_options");
    Ok(Paging::by_checkpoint(call)?.reply(
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
