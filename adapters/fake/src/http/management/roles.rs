//! `/roles`: list, create, read, change, delete.

use axum::http::{Method, StatusCode};
use serde_json::json;

use super::call::Call;
use super::error::ApiError;
use super::operation::Operation;
use super::paging::{Paging, by_page, page_of};
use super::schema::{Property, object, one_of, optional, required, text};
use super::{Answer, Reply, views};
use crate::document::Document;
use crate::model::Role;
use crate::store::State;

const ONE: &str = "/roles/{id}";
/// Roles of one tenant (entity limits).
const LIMIT: usize = 1000;
/// Roles that one organization owns (entity limits).
const LIMIT_OF_ORGANIZATION: usize = 350;

pub(super) fn operations() -> Vec<Operation> {
    let kind = || optional("type", one_of(&["tenant", "organization"]));
    let owner = || optional("owner_id", text(1, 50));
    vec![
        Operation::get("/roles", "List roles", list)
            .scope(&["read:roles"])
            .query(by_page().into_iter().chain([optional("name_filter", text(0, 300)), kind(), owner()]))
            .answers(StatusCode::OK, page_of("roles", views::role_shape())),
        Operation::write(Method::POST, "/roles", "Create a role", create)
            .scope(&["create:roles"])
            .body(object([required("name", text(1, 300)), description(), kind(), owner()]))
            .answers(StatusCode::OK, views::role_shape())
            .refuses(ApiError::no_organization())
            .refuses(owner_goes_with_organization())
            .refuses(exists())
            .refuses(too_many("A tenant", LIMIT))
            .refuses(too_many("An organization", LIMIT_OF_ORGANIZATION)),
        Operation::get(ONE, "Get a role", read)
            .scope(&["read:roles"])
            .answers(StatusCode::OK, views::role_shape())
            .refuses(ApiError::no_role()),
        Operation::write(Method::PATCH, ONE, "Change a role", update)
            .scope(&["update:roles"])
            .body(object([optional("name", text(1, 300)), description()]))
            .answers(StatusCode::OK, views::role_shape())
            .refuses(ApiError::no_role())
            .refuses(exists()),
        Operation::write(Method::DELETE, ONE, "Delete a role", delete)
            .scope(&["delete:roles"])
            .answers(StatusCode::OK, object([]))
            .refuses(ApiError::no_role()),
    ]
}

fn description() -> Property {
    optional("description", text(0, 300))
}

fn exists() -> ApiError {
    ApiError::conflict(None, "The role already exists.")
}

fn owner_goes_with_organization() -> ApiError {
    ApiError::invalid_body("owner_id is set for roles of type organization alone, and always")
}

fn too_many(owner: &str, limit: usize) -> ApiError {
    ApiError::not_supported(format!("{owner} can have at most {limit} roles"))
}

/// The role that the path names.
pub(super) fn of_path<'a>(state: &'a State, call: &Call<'_>) -> Result<&'a Role, ApiError> {
    state.roles.get(call.path("id")).ok_or_else(ApiError::no_role)
}

fn list(state: &State, call: &Call<'_>) -> Answer {
    let filter = call.query.get("name_filter").unwrap_or_default().to_lowercase();
    let (kind, owner) = (call.query.get("type"), call.query.get("owner_id"));
    let wanted = |role: &&Role| {
        let settings = Document::new(&role.settings);
        role.name.to_lowercase().contains(&filter)
            && kind.is_none_or(|kind| settings.text("type").unwrap_or("tenant") == kind)
            && owner.is_none_or(|owner| settings.text("owner_id") == Some(owner))
    };
    Ok(Paging::of(call)?.reply(
        "roles",
        |_| state.roles.iter().filter(wanted),
        |role| role.id.clone(),
        |role| views::role(role),
    ))
}

fn read(state: &State, call: &Call<'_>) -> Answer {
    Ok(Reply::ok(views::role(of_path(state, call)?)))
}

fn create(state: &mut State, call: &Call<'_>) -> Answer {
    let body = call.body();
    let mut role = Role::new(call.context.ids.role(), "");
    match (body.text("type").unwrap_or("tenant"), body.text("owner_id")) {
        ("organization", Some(owner)) => {
            state.organizations.get(owner).ok_or_else(ApiError::no_organization)?;
            let owned = |role: &&Role| Document::new(&role.settings).text("owner_id") == Some(owner);
            if state.roles.iter().filter(owned).count() >= LIMIT_OF_ORGANIZATION {
                return Err(too_many("An organization", LIMIT_OF_ORGANIZATION));
            }
            role.settings.insert("owner_id".to_owned(), owner.into());
        }
        ("tenant", None) => {}
        _ => return Err(owner_goes_with_organization()),
    }
    if let Some(kind) = body.get("type") {
        role.settings.insert("type".to_owned(), kind.clone());
    }
    if state.roles.len() >= LIMIT {
        return Err(too_many("A tenant", LIMIT));
    }
    apply(state, role, body)
}

fn update(state: &mut State, call: &Call<'_>) -> Answer {
    let role = of_path(state, call)?.clone();
    apply(state, role, call.body())
}

fn apply(state: &mut State, mut role: Role, body: Document<'_>) -> Answer {
    if let Some(name) = body.text("name") {
        if state.role_by_name(name).is_some_and(|other| other.id != role.id) {
            return Err(exists());
        }
        name.clone_into(&mut role.name);
    }
    if let Some(description) = body.text("description") {
        description.clone_into(&mut role.description);
    }
    let view = views::role(&role);
    state.roles.put(role);
    Ok(Reply::ok(view))
}

/// Whoever has the role loses it, in organizations as well.
fn delete(state: &mut State, call: &Call<'_>) -> Answer {
    if state.delete_role(call.path("id")) { Ok(Reply::ok(json!({}))) } else { Err(ApiError::no_role()) }
}
