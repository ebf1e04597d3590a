//! `/roles`: list and read.

use axum::http::StatusCode;

use super::call::Call;
use super::error::ApiError;
use super::operation::Operation;
use super::paging::{Paging, by_page, page_of};
use super::schema::{optional, text};
use super::{Answer, Reply, views};
use crate::store::State;

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/roles", "List roles", list)
            .scope(&["read:roles"])
            .query(by_page().into_iter().chain([optional("name_filter", text(0, 300))]))
            .answers(StatusCode::OK, page_of("roles", views::role_shape())),
        Operation::get("/roles/{id}", "Get a role", read)
            .scope(&["read:roles"])
            .answers(StatusCode::OK, views::role_shape())
            .refuses(ApiError::no_role()),
    ]
}

fn list(state: &State, call: &Call<'_>) -> Answer {
    let filter = call.query.get("name_filter").unwrap_or_default().to_lowercase();
    Ok(Paging::of(call)?.reply(
        "roles",
        |_| state.roles.iter().filter(|role| role.name.to_lowercase().contains(&filter)),
        |role| role.id.clone(),
        |role| views::role(role),
    ))
}

fn read(state: &State, call: &Call<'_>) -> Answer {
    Ok(Reply::ok(views::role(state.roles.get(call.path("id")).ok_or_else(ApiError::no_role)?)))
}
