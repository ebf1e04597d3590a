//! `/organizations/{id}/client-grants`: the client grants that an organization lets be used for it.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::call::Call;
use super::error::ApiError;
use super::operation::Operation;
use super::organizations::of_path;
use super::paging::{Paging, by_page, page_of};
use super::schema::{self, Schema, UNLIMITED, flag, object, one_of, optional, required, text};
use super::{Answer, Reply};
use crate::document::Document;
use crate::http::json::{present, with};
use crate::model::{ClientGrant, OrganizationClientGrant};
use crate::store::State;

const PATH: &str = "/organizations/{id}/client-grants";
const ONE: &str = "/organizations/{id}/client-grants/{grant_id}";
/// Client grants of one organization in the public cloud.
const LIMIT: usize = 100;

pub(super) fn operations() -> Vec<Operation> {
    let filters = vec![
        optional("audience", text(1, 600)),
        optional("client_id", text(1, 64)),
        optional("grant_ids", text(1, 64)),
    ];
    vec![
        Operation::get(PATH, "List the client grants of an organization", list)
            .scope(&["read:organization_client_grants"])
            .query([filters, by_page()].into_iter().flatten())
            .answers(StatusCode::OK, page_of("client_grants", shape()))
            .refuses(ApiError::paging())
            .refuses(ApiError::no_organization()),
        Operation::write(Method::POST, PATH, "Attach a client grant to an organization", attach)
            .scope(&["create:organization_client_grants"])
            .body(object([required("grant_id", text(1, 64))]))
            .answers(StatusCode::CREATED, shape().with([required("grant_id", text(1, 64))]))
            .refuses(ApiError::no_organization())
            .refuses(ApiError::no_client_grant())
            .refuses(twice())
            .refuses(too_many())
            .note(
                "The answer has the grant's id as `id` and as `grant_id`: Auth0 answers with one of the two.",
            ),
        Operation::write(Method::DELETE, ONE, "Take a client grant from an organization", detach)
            .scope(&["delete:organization_client_grants"])
            .answers_nothing(StatusCode::NO_CONTENT)
            .refuses(ApiError::no_organization())
            .note("What is not attached is answered 204 as well; how Auth0 answers is not known."),
    ]
}

fn shape() -> Schema {
    object([
        required("id", text(1, 64)),
        required("client_id", text(1, 64)),
        required("audience", text(1, 600)),
        required("scope", schema::list(text(1, 280), 0, UNLIMITED)),
        optional("organization_usage", one_of(&["deny", "allow", "require"])),
        optional("allow_any_organization", flag()),
        optional("subject_type", one_of(&["client", "user"])),
    ])
}

fn twice() -> ApiError {
    ApiError::conflict(None, "The client grant is already attached to the organization")
}

fn too_many() -> ApiError {
    ApiError::conflict(None, format!("An organization can have at most {LIMIT} client grants"))
}

fn view(grant: &ClientGrant) -> Value {
    let settings = Document::new(&grant.settings);
    present(json!({
        "id": grant.id,
        "client_id": grant.client_id,
        "audience": grant.audience,
        "scope": grant.scope,
        "organization_usage": settings.text("organization_usage"),
        "allow_any_organization": settings.flag("allow_any_organization"),
        "subject_type": settings.text("subject_type"),
    }))
}

/// The organization's grants; an attached one that has been deleted since is none.
fn grants<'a>(state: &'a State, prefix: &'a str) -> impl Iterator<Item = &'a ClientGrant> {
    let attached = state.organization_client_grants.with_prefix(prefix, None);
    attached.filter_map(|attached| state.client_grants.get(&attached.grant_id))
}

fn list(state: &State, call: &Call<'_>) -> Answer {
    let prefix = OrganizationClientGrant::prefix(&of_path(state, call)?.id);
    let (audience, client) = (call.query.get("audience"), call.query.get("client_id"));
    let ids: Vec<&str> = call.query.all("grant_ids").collect();
    let wanted = |grant: &&ClientGrant| {
        audience.is_none_or(|audience| audience == grant.audience)
            && client.is_none_or(|client| client == grant.client_id)
            && (ids.is_empty() || ids.contains(&grant.id.as_str()))
    };
    Ok(Paging::of(call)?.reply(
        "client_grants",
        |_| grants(state, &prefix).filter(wanted),
        |grant| grant.id.clone(),
        |grant| view(grant),
    ))
}

fn attach(state: &mut State, call: &Call<'_>) -> Answer {
    let organization_id = of_path(state, call)?.id.clone();
    let grant_id = call.body().text("grant_id").unwrap_or_default();
    let grant = state.client_grants.get(grant_id).ok_or_else(ApiError::no_client_grant)?;
    if state.client_grant_is_attached(grant_id, &organization_id) {
        return Err(twice());
    }
    if grants(state, &OrganizationClientGrant::prefix(&organization_id)).count() >= LIMIT {
        return Err(too_many());
    }
    let view = with(view(grant), json!({ "grant_id": grant_id }));
    let attached = OrganizationClientGrant { organization_id, grant_id: grant_id.to_owned() };
    state.organization_client_grants.put(attached);
    Ok(Reply::created(view))
}

fn detach(state: &mut State, call: &Call<'_>) -> Answer {
    let organization_id = &of_path(state, call)?.id;
    let key = OrganizationClientGrant::key_of(organization_id, call.path("grant_id"));
    state.organization_client_grants.remove(&key);
    Ok(Reply::NoContent)
}
