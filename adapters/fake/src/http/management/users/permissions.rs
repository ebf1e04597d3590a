//! `/users/{id}/permissions`: what a user may do at APIs, by themselves or through roles.

use std::collections::BTreeMap;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::super::call::Call;
use super::super::error::ApiError;
use super::super::operation::Operation;
use super::super::paging::{Paging, by_page, page_of};
use super::super::permissions::{add, body, named, no_permission, shape, too_many, view};
use super::super::schema::object;
use super::super::{Answer, Reply};
use super::of_path;
use crate::model::{Permission, User};
use crate::store::State;

const PATH: &str = "/users/{id}/permissions";

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get(PATH, "List the permissions of a user", list)
            .scope(&["read:users"])
            .query(by_page())
            .answers(StatusCode::OK, page_of("permissions", shape()))
            .refuses(ApiError::no_user()),
        Operation::write(Method::POST, PATH, "Give permissions to a user", assign)
            .scope(&["update:users"])
            .body(body())
            .answers(StatusCode::CREATED, object([]))
            .refuses(ApiError::no_user())
            .refuses(ApiError::no_resource_server())
            .refuses(no_permission())
            .refuses(too_many())
            .note("The text about a scope that the API does not have is not known."),
        Operation::write(Method::DELETE, PATH, "Take permissions from a user", remove)
            .scope(&["update:users"])
            .body(body())
            .answers_nothing(StatusCode::NO_CONTENT)
            .refuses(ApiError::no_user()),
    ]
}

fn list(state: &State, call: &Call<'_>) -> Answer {
    let held = held(state, of_path(state, call)?);
    Ok(Paging::of(call)?.reply(
        "permissions",
        |_| held.iter().filter_map(|(permission, sources)| view(state, permission, Some(sources))),
        |_| String::new(),
        Value::clone,
    ))
}

/// What the user may do, and where each comes from.
fn held<'a>(state: &'a State, user: &'a User) -> BTreeMap<&'a Permission, Vec<Value>> {
    let mut held: BTreeMap<&Permission, Vec<Value>> = BTreeMap::new();
    for permission in &user.permissions {
        let direct = json!({ "source_id": "", "source_name": "", "source_type": "DIRECT" });
        held.entry(permission).or_default().push(direct);
    }
    for role in user.roles.iter().filter_map(|id| state.roles.get(id)) {
        let source = json!({ "source_id": role.id, "source_name": role.name, "source_type": "ROLE" });
        for permission in &role.permissions {
            held.entry(permission).or_default().push(source.clone());
        }
    }
    held
}

fn assign(state: &mut State, call: &Call<'_>) -> Answer {
    let mut user = of_path(state, call)?.clone();
    add(state, &mut user.permissions, named(call))?;
    state.users.put(user);
    Ok(Reply::created(json!({})))
}

fn remove(state: &mut State, call: &Call<'_>) -> Answer {
    let mut user = of_path(state, call)?.clone();
    let gone = named(call);
    user.permissions.retain(|permission| !gone.contains(permission));
    state.users.put(user);
    Ok(Reply::NoContent)
}
