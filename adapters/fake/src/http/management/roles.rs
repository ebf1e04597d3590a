//! `/roles`: list and read.

use super::call::Call;
use super::error::ApiError;
use super::paging::Paging;
use super::{Answer, Operation, Reply, views};
use crate::store::State;

pub(super) fn operations() -> Vec<Operation> {
    let query = &["name_filter", "page", "per_page", "include_totals"];
    vec![
        Operation::get("/roles", &["read:roles"], query, list),
        Operation::get("/roles/{id}", &["read:roles"], &[], read),
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
