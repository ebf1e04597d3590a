//! `/roles/{id}/users` and `/roles/{id}/permissions`: who has a role, and what it permits.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::call::Call;
use super::error::ApiError;
use super::operation::Operation;
use super::paging::{Paging, by_checkpoint, by_page, page_of};
use super::permissions;
use super::roles::of_path;
use super::schema::{self, object, required, text};
use super::users::{LIMIT as ROLES_OF_USER, too_many_roles};
use super::{Answer, Reply, views};
use crate::model::Role;
use crate::store::State;

const USERS: &str = "/roles/{id}/users";
const PERMISSIONS: &str = "/roles/{id}/permissions";
/// How many users one call may name.
const MOST: usize = 1000;

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get(USERS, "List the users who have a role", list_users)
            .scopes(&["read:users", "read:roles", "read:role_members"])
            .query([by_page(), by_checkpoint()].into_iter().flatten())
            .answers(StatusCode::OK, page_of("users", views::member_shape()))
            .refuses(ApiError::no_role()),
        Operation::write(Method::POST, USERS, "Assign users to a role", assign_users)
            .scopes(&["update:roles", "create:role_members"])
            .body(object([required("users", schema::list(text(1, 300), 1, MOST))]))
            .answers(StatusCode::OK, object([]))
            .refuses(ApiError::no_role())
            .refuses(ApiError::no_user())
            .refuses(too_many_roles()),
        Operation::get(PERMISSIONS, "List the permissions of a role", list_permissions)
            .scope(&["read:roles"])
            .query(by_page())
            .answers(StatusCode::OK, page_of("permissions", permissions::shape()))
            .refuses(ApiError::no_role()),
        Operation::write(Method::POST, PERMISSIONS, "Give permissions to a role", assign_permissions)
            .scope(&["update:roles"])
            .body(permissions::body())
            .answers(StatusCode::CREATED, object([]))
            .refuses(ApiError::no_role())
            .refuses(ApiError::no_resource_server())
            .refuses(permissions::no_permission())
            .refuses(permissions::too_many())
            .note("The text about a scope that the API does not have is not known."),
        Operation::write(Method::DELETE, PERMISSIONS, "Take permissions from a role", remove_permissions)
            .scope(&["update:roles"])
            .body(permissions::body())
            .answers_nothing(StatusCode::NO_CONTENT)
            .refuses(ApiError::no_role()),
    ]
}

fn list_users(state: &State, call: &Call<'_>) -> Answer {
    let role = of_path(state, call)?;
    Ok(Paging::of(call)?.reply(
        "users",
        |after| {
            let after = after.map(str::to_owned);
            let users = state.users_with_role(&role.id);
            users.filter(move |user| after.as_ref().is_none_or(|after| user.id > *after))
        },
        |user| user.id.clone(),
        |user| views::member(user, call.context.issuer, None::<std::iter::Empty<&Role>>),
    ))
}

fn assign_users(state: &mut State, call: &Call<'_>) -> Answer {
    let role = of_path(state, call)?.id.clone();
    for user_id in call.body().texts("users") {
        let mut user = state.users.get(user_id).cloned().ok_or_else(ApiError::no_user)?;
        if user.roles.contains(&role) {
            continue;
        }
        if user.roles.len() >= ROLES_OF_USER {
            return Err(too_many_roles());
        }
        user.roles.push(role.clone());
        state.users.put(user);
    }
    Ok(Reply::ok(json!({})))
}

fn list_permissions(state: &State, call: &Call<'_>) -> Answer {
    let role = of_path(state, call)?;
    Ok(Paging::of(call)?.reply(
        "permissions",
        |_| role.permissions.iter().filter_map(|permission| permissions::view(state, permission, None)),
        |_| String::new(),
        Value::clone,
    ))
}

fn assign_permissions(state: &mut State, call: &Call<'_>) -> Answer {
    let mut role = of_path(state, call)?.clone();
    permissions::add(state, &mut role.permissions, permissions::named(call))?;
    state.roles.put(role);
    Ok(Reply::created(json!({})))
}

fn remove_permissions(state: &mut State, call: &Call<'_>) -> Answer {
    let mut role = of_path(state, call)?.clone();
    let gone = permissions::named(call);
    role.permissions.retain(|permission| !gone.contains(permission));
    state.roles.put(role);
    Ok(Reply::NoContent)
}
