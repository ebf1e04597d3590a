//! Permissions in bodies and answers, of users and of roles alike.

use serde_json::{Value, json};

use super::call::Call;
use super::error::ApiError;
use super::schema::{Schema, UNLIMITED, list, object, open_object, optional, required, text};
use crate::http::json::present;
use crate::model::Permission;
use crate::store::State;

/// As many a user or a role may have, and one call may name (entity limits).
pub(super) const LIMIT: usize = 1000;

/// `{"permissions": [{"resource_server_identifier": …, "permission_name": …}]}`.
pub(super) fn body() -> Schema {
    let permission = object([
        required("resource_server_identifier", text(1, 600)),
        required("permission_name", text(1, 280)),
    ]);
    object([required("permissions", list(permission, 1, LIMIT))])
}

/// The permissions that the body names.
pub(super) fn named(call: &Call<'_>) -> Vec<Permission> {
    let items = call.body().list("permissions").iter().map(crate::document::Document::of);
    let permissions = items.map(|item| Permission {
        resource_server_identifier: item.text("resource_server_identifier").unwrap_or_default().to_owned(),
        permission_name: item.text("permission_name").unwrap_or_default().to_owned(),
    });
    permissions.collect()
}

pub(super) fn too_many() -> ApiError {
    ApiError::not_supported(format!("A user or a role can have at most {LIMIT} permissions"))
}

pub(super) fn no_permission() -> ApiError {
    ApiError::invalid_body("The scope does not exist on the resource server: <scope>")
}

/// Adds permissions; each must be a scope of its API.
pub(super) fn add(
    state: &State,
    permissions: &mut Vec<Permission>,
    added: Vec<Permission>,
) -> Result<(), ApiError> {
    for permission in added {
        let api = state.resource_server_by_identifier(&permission.resource_server_identifier);
        let mut scopes = api.ok_or_else(ApiError::no_resource_server)?.settings().list("scopes").iter();
        if !scopes
            .any(|scope| scope.get("value").and_then(Value::as_str) == Some(&permission.permission_name))
        {
            let message =
                format!("The scope does not exist on the resource server: {}", permission.permission_name);
            return Err(ApiError::invalid_body(message));
        }
        if !permissions.contains(&permission) {
            permissions.push(permission);
        }
    }
    if permissions.len() > LIMIT { Err(too_many()) } else { Ok(()) }
}

/// A permission with what its API says of it; `None` once the API or the scope is gone.
pub(super) fn view(state: &State, permission: &Permission, sources: Option<&[Value]>) -> Option<Value> {
    let api = state.resource_server_by_identifier(&permission.resource_server_identifier)?;
    let scopes = api.settings().list("scopes");
    let scope = scopes
        .iter()
        .find(|scope| scope.get("value").and_then(Value::as_str) == Some(&permission.permission_name))?;
    Some(present(json!({
        "permission_name": permission.permission_name,
        "description": scope.get("description"),
        "resource_server_name": api.settings().text("name"),
        "resource_server_identifier": permission.resource_server_identifier,
        "sources": sources,
    })))
}

pub(super) fn shape() -> Schema {
    let source = open_object([required("source_type", text(1, 20))]);
    object([
        required("permission_name", text(1, 280)),
        required("resource_server_identifier", text(1, 600)),
        optional("resource_server_name", text(0, 200)),
        optional("description", text(0, 500)),
        optional("sources", list(source, 1, UNLIMITED)),
    ])
}
