//! `/users/{id}/roles`: the roles that a user has outside of any organization.

use axum::http::{Method, StatusCode};

use super::super::call::Call;
use super::super::error::ApiError;
use super::super::operation::Operation;
use super::super::paging::{Paging, by_page, page_of};
use super::super::schema::{self, object, required, text};
use super::super::{Answer, Reply, views};
use super::of_path;
use crate::store::State;

const PATH: &str = "/users/{id}/roles";
/// Roles of one user (entity limits).
pub(in crate::http::management) const LIMIT: usize = 50;

pub(super) fn operations() -> Vec<Operation> {
    let roles = || object([required("roles", schema::list(text(1, 64), 1, LIMIT))]);
    vec![
        Operation::get(PATH, "List the roles of a user", list)
            .scopes(&["read:users", "read:roles", "read:role_members"])
            .query(by_page())
            .answers(StatusCode::OK, page_of("roles", views::role_shape()))
            .refuses(ApiError::no_user()),
        Operation::write(Method::POST, PATH, "Assign roles to a user", assign)
            .scopes(&["update:users", "create:role_members"])
            .body(roles())
            .answers_nothing(StatusCode::NO_CONTENT)
            .refuses(ApiError::no_user())
            .refuses(ApiError::no_role())
            .refuses(too_many()),
        Operation::write(Method::DELETE, PATH, "Remove roles from a user", remove)
            .scopes(&["update:users", "delete:role_members"])
            .body(roles())
            .answers_nothing(StatusCode::NO_CONTENT)
            .refuses(ApiError::no_user()),
    ]
}

pub(in crate::http::management) fn too_many() -> ApiError {
    ApiError::not_supported(format!("A user can have at most {LIMIT} roles"))
}

fn list(state: &State, call: &Call<'_>) -> Answer {
    let user = of_path(state, call)?;
    Ok(Paging::of(call)?.reply(
        "roles",
        |_| user.roles.iter().filter_map(|id| state.roles.get(id)),
        |role| role.id.clone(),
        |role| views::role(role),
    ))
}

fn assign(state: &mut State, call: &Call<'_>) -> Answer {
    let mut user = of_path(state, call)?.clone();
    for role in call.body().texts("roles") {
        state.roles.get(role).ok_or_else(ApiError::no_role)?;
        if !user.roles.iter().any(|had| had == role) {
            user.roles.push(role.to_owned());
        }
    }
    if user.roles.len() > LIMIT {
        return Err(too_many());
    }
    state.users.put(user);
    Ok(Reply::NoContent)
}

fn remove(state: &mut State, call: &Call<'_>) -> Answer {
    let mut user = of_path(state, call)?.clone();
    let gone: Vec<&str> = call.body().texts("roles").collect();
    user.roles.retain(|role| !gone.contains(&role.as_str()));
    state.users.put(user);
    Ok(Reply::NoContent)
}
