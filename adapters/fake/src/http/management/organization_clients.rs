//! `/organizations/{id}/clients`: the applications that an organization was given.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::call::Call;
use super::error::ApiError;
use super::operation::Operation;
use super::organizations::of_path;
use super::paging::{Paging, object_with_items, unknown_cursor};
use super::schema::{self, Schema, UNLIMITED, flag, integer, object, one_of, optional, required, text};
use super::{Answer, Reply};
use crate::document::Document;
use crate::http::json::present;
use crate::model::{Client, OrganizationClient};
use crate::store::{Row as _, State};

const PATH: &str = "/organizations/{id}/clients";
const ONE: &str = "/organizations/{id}/clients/{client_id}";
/// Clients of one organization.
const LIMIT: usize = 100;
/// How many clients one call may add or remove.
const MOST: usize = 10;

pub(super) fn operations() -> Vec<Operation> {
    let member_access = || optional("use_for_member_access", flag());
    let added = object([required("client_id", text(1, 64)), member_access()]);
    // Auth0 takes a larger page as the largest.
    let paging = [optional("from", text(1, 1000)), optional("take", integer(1, i64::MAX))];
    vec![
        Operation::get(PATH, "List the clients of an organization", list)
            .scope(&["read:organization_clients"])
            .query(paging)
            .answers(StatusCode::OK, object_with_items("clients", shape()))
            .refuses(ApiError::no_organization()),
        Operation::write(Method::POST, PATH, "Add clients to an organization", add)
            .scope(&["create:organization_clients"])
            .body(object([required("clients", schema::list(added, 1, MOST))]))
            .answers(StatusCode::CREATED, schema::list(shape(), 1, MOST))
            .refuses(ApiError::no_organization())
            .refuses(ApiError::no_client())
            .refuses(twice())
            .refuses(too_many()),
        Operation::write(Method::DELETE, PATH, "Remove clients from an organization", remove)
            .scope(&["delete:organization_clients"])
            .body(object([required("clients", schema::list(text(1, 64), 1, MOST))]))
            .answers_nothing(StatusCode::NO_CONTENT)
            .refuses(ApiError::no_organization()),
        Operation::get(ONE, "Get a client of an organization", read)
            .scope(&["read:organization_clients"])
            .answers(StatusCode::OK, shape())
            .refuses(ApiError::no_organization())
            .refuses(ApiError::no_client()),
        Operation::write(Method::PATCH, ONE, "Change a client of an organization", update)
            .scope(&["update:organization_clients"])
            .body(object([member_access()]))
            .answers(StatusCode::OK, shape())
            .refuses(ApiError::no_organization())
            .refuses(ApiError::no_client()),
    ]
}

fn shape() -> Schema {
    let client = object([
        required("name", text(1, 300)),
        optional("app_type", text(1, 64)),
        optional("logo_uri", text(1, 2048)),
        required("is_first_party", flag()),
        optional("grant_types", schema::list(text(1, 300), 0, UNLIMITED)),
        optional("organization_usage", one_of(&["deny", "allow", "require"])),
    ]);
    object([
        required("client_id", text(1, 64)),
        required("use_for_member_access", flag()),
        required("client", client),
    ])
}

fn twice() -> ApiError {
    ApiError::conflict(None, "The client is already associated with the organization")
}

fn too_many() -> ApiError {
    ApiError::conflict(None, format!("An organization can have at most {LIMIT} clients"))
}

fn view(associated: &OrganizationClient, client: &Client) -> Value {
    let settings: Document<'_> = client.settings();
    json!({
        "client_id": associated.client_id,
        "use_for_member_access": associated.use_for_member_access,
        "client": present(json!({
            "name": client.name,
            "app_type": settings.text("app_type"),
            "logo_uri": settings.text("logo_uri"),
            "is_first_party": settings.flag("is_first_party").unwrap_or(true),
            "grant_types": settings.get("grant_types"),
            "organization_usage": settings.text("organization_usage"),
        })),
    })
}

/// The organization's clients behind a key; one that has been deleted since is none.
fn clients<'a>(
    state: &'a State,
    prefix: &'a str,
    after: Option<&str>,
) -> impl Iterator<Item = (&'a OrganizationClient, &'a Client)> + use<'a> {
    let associated = state.organization_clients.with_prefix(prefix, after);
    associated.filter_map(|associated| Some((associated, state.clients.get(&associated.client_id)?)))
}

fn list(state: &State, call: &Call<'_>) -> Answer {
    let prefix = OrganizationClient::prefix(&of_path(state, call)?.id);
    let paging = Paging::by_checkpoint(call)?;
    if paging.from().is_some_and(|from| !from.starts_with(&prefix)) {
        return Err(unknown_cursor());
    }
    Ok(paging.reply(
        "clients",
        |after| clients(state, &prefix, after),
        |(associated, _)| associated.key(),
        |(associated, client)| view(associated, client),
    ))
}

fn read(state: &State, call: &Call<'_>) -> Answer {
    let (associated, client) = of_call(state, call)?;
    Ok(Reply::ok(view(associated, client)))
}

fn add(state: &mut State, call: &Call<'_>) -> Answer {
    let organization_id = of_path(state, call)?.id.clone();
    let mut added = Vec::new();
    for item in call.body().list("clients").iter().map(Document::of) {
        let client_id = item.text("client_id").unwrap_or_default();
        let client = state.clients.get(client_id).cloned().ok_or_else(ApiError::no_client)?;
        if state.organization_client(&organization_id, client_id).is_some() {
            return Err(twice());
        }
        let associated = OrganizationClient {
            organization_id: organization_id.clone(),
            client_id: client_id.to_owned(),
            use_for_member_access: item.flag("use_for_member_access").unwrap_or(false),
        };
        added.push(view(&associated, &client));
        state.organization_clients.put(associated);
    }
    if clients(state, &OrganizationClient::prefix(&organization_id), None).count() > LIMIT {
        return Err(too_many());
    }
    Ok(Reply::created(added.into()))
}

fn remove(state: &mut State, call: &Call<'_>) -> Answer {
    let organization_id = of_path(state, call)?.id.clone();
    for client_id in call.body().texts("clients") {
        state.organization_clients.remove(&OrganizationClient::key_of(&organization_id, client_id));
    }
    Ok(Reply::NoContent)
}

fn update(state: &mut State, call: &Call<'_>) -> Answer {
    let (associated, client) = of_call(state, call)?;
    let mut associated = associated.clone();
    if let Some(used) = call.body().flag("use_for_member_access") {
        associated.use_for_member_access = used;
    }
    let view = view(&associated, client);
    state.organization_clients.put(associated);
    Ok(Reply::ok(view))
}

fn of_call<'a>(state: &'a State, call: &Call<'_>) -> Result<(&'a OrganizationClient, &'a Client), ApiError> {
    let organization = of_path(state, call)?;
    let client_id = call.path("client_id");
    let associated = state.organization_client(&organization.id, client_id);
    associated.zip(state.clients.get(client_id)).ok_or_else(ApiError::no_client)
}
