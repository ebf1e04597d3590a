//! `/client-grants`: what clients may do at an API.

use std::collections::BTreeSet;

use axum::http::{Method, StatusCode};
use serde_json::{Map, Value};

use super::call::Call;
use super::error::ApiError;
use super::operation::Operation;
use super::paging::{Paging, by_checkpoint, by_page, page_of};
use super::resource_servers;
use super::schema::{
    Property, Schema, UNLIMITED, flag, list as many, object, one_of, open_object, optional, required, text,
};
use super::{Answer, Reply, views};
use crate::document::{self, Document};
use crate::model::{ClientGrant, Organization};
use crate::store::State;

const PATH: &str = "/client-grants";
const ONE: &str = "/client-grants/{id}";

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get(PATH, "List client grants", list)
            .scope(&["read:client_grants"])
            .query([filters(), by_page(), by_checkpoint()].into_iter().flatten())
            .answers(StatusCode::OK, page_of("client_grants", shape()))
            .refuses(ApiError::paging()),
        Operation::write(Method::POST, PATH, "Create a client grant", create)
            .scope(&["create:client_grants"])
            .body(object(properties()).with([
                optional("client_id", text(1, 64)),
                required("audience", text(1, 600)),
                optional("subject_type", subject_types()),
                optional("default_for", one_of(&["third_party_clients"])),
            ]))
            .answers(StatusCode::CREATED, shape())
            .refuses(ApiError::no_client())
            .refuses(ApiError::no_resource_server())
            .refuses(twice())
            .refuses(no_client_given())
            .refuses(unknown_scope("<scope>"))
            .refuses(all_and_some()),
        Operation::get(ONE, "Get a client grant", read)
            .scope(&["read:client_grants"])
            .answers(StatusCode::OK, shape())
            .refuses(ApiError::no_client_grant()),
        Operation::write(Method::PATCH, ONE, "Change a client grant", update)
            .scope(&["update:client_grants"])
            .body(object(properties()))
            .answers(StatusCode::OK, shape())
            .refuses(ApiError::no_client_grant())
            .refuses(unknown_scope("<scope>"))
            .refuses(all_and_some()),
        Operation::write(Method::DELETE, ONE, "Delete a client grant", delete)
            .scope(&["delete:client_grants"])
            .answers_nothing(StatusCode::NO_CONTENT),
        Operation::get(
            "/client-grants/{id}/organizations",
            "List the organizations of a client grant",
            organizations,
        )
        .scope(&["read:organization_client_grants"])
        .query([by_page(), by_checkpoint()].into_iter().flatten())
        .answers(StatusCode::OK, page_of("organizations", views::organization_shape()))
        .refuses(ApiError::no_client_grant()),
    ]
}

fn filters() -> Vec<Property> {
    vec![
        optional("audience", text(1, 600)),
        optional("client_id", text(1, 64)),
        optional("allow_any_organization", flag()),
        optional("subject_type", subject_types()),
        optional("default_for", one_of(&["third_party_clients"])),
    ]
}

fn subject_types() -> Schema {
    one_of(&["client", "user", "anonymous_user"])
}

fn properties() -> [Property; 5] {
    [
        optional("scope", many(text(1, 280), 0, 1000).or_null()),
        optional("organization_usage", one_of(&["deny", "allow", "require"]).or_null()),
        optional("allow_any_organization", flag().or_null()),
        optional("authorization_details_types", many(text(1, 255), 0, 100)),
        optional("allow_all_scopes", flag().or_null()),
    ]
}

fn shape() -> Schema {
    open_object([
        required("id", text(20, 20)),
        required("client_id", text(1, 64)),
        required("audience", text(1, 600)),
        required("scope", many(text(1, 280), 0, UNLIMITED)),
        optional("organization_usage", text(1, 10)),
        optional("allow_any_organization", flag()),
        optional("subject_type", text(1, 20)),
    ])
}

fn view(grant: &ClientGrant) -> Value {
    let mut view = Map::from_iter([
        ("id".to_owned(), grant.id.clone().into()),
        ("client_id".to_owned(), grant.client_id.clone().into()),
        ("audience".to_owned(), grant.audience.clone().into()),
        ("scope".to_owned(), grant.scope.clone().into()),
        ("subject_type".to_owned(), "client".into()),
    ]);
    document::replace(&mut view, grant.settings());
    view.into()
}

fn twice() -> ApiError {
    ApiError::conflict(None, "A client grant for this client and audience already exists")
}

fn no_client_given() -> ApiError {
    ApiError::body("Missing required property: client_id", None)
}

fn unknown_scope(scope: &str) -> ApiError {
    ApiError::invalid_body(format!("The resource server has no such scope: {scope}"))
}

fn all_and_some() -> ApiError {
    ApiError::invalid_body("Cannot set both allow_all_scopes and scope")
}

fn subject_type(grant: &ClientGrant) -> &str {
    grant.settings().text("subject_type").unwrap_or("client")
}

fn list(state: &State, call: &Call<'_>) -> Answer {
    let query = &call.query;
    let (audience, client_id, subject) =
        (query.get("audience"), query.get("client_id"), query.get("subject_type"));
    let any_organization = call.query_flag("allow_any_organization");
    let for_third_parties = query.get("default_for").is_some();
    let wanted = |grant: &&ClientGrant| {
        audience.is_none_or(|audience| audience == grant.audience)
            && client_id.is_none_or(|client_id| client_id == grant.client_id)
            && subject.is_none_or(|subject| subject == subject_type(grant))
            && any_organization.is_none_or(|any| any == grant.allows_any_organization())
            && !for_third_parties
    };
    Ok(Paging::of(call)?.reply(
        "client_grants",
        |after| {
            let after = after.map(str::to_owned);
            let grants = state.client_grants.iter().filter(wanted);
            grants.filter(move |grant| after.as_ref().is_none_or(|after| grant.id > *after))
        },
        |grant| grant.id.clone(),
        |grant| view(grant),
    ))
}

fn of_path<'a>(state: &'a State, call: &Call<'_>) -> Result<&'a ClientGrant, ApiError> {
    state.client_grants.get(call.path("id")).ok_or_else(ApiError::no_client_grant)
}

fn read(state: &State, call: &Call<'_>) -> Answer {
    Ok(Reply::ok(view(of_path(state, call)?)))
}

fn create(state: &mut State, call: &Call<'_>) -> Answer {
    let body = call.body();
    if body.has("default_for") {
        return Err(ApiError::not_implemented("This development provider has no grants by default yet"));
    }
    let client_id = body.text("client_id").ok_or_else(no_client_given)?;
    let client = state.clients.get(client_id).ok_or_else(ApiError::no_client)?;
    let audience = body.text("audience").unwrap_or_default();
    let mut grant = ClientGrant {
        id: call.context.ids.client_grant(),
        client_id: client.id.clone(),
        audience: audience.to_owned(),
        scope: Vec::new(),
        settings: Map::new(),
    };
    if let Some(subject) = body.get("subject_type") {
        grant.settings.insert("subject_type".to_owned(), subject.clone());
    }
    apply(state, call, &mut grant)?;
    let is_same =
        |other: &ClientGrant| other.audience == audience && subject_type(other) == subject_type(&grant);
    if state.client_grants.by_alternate_key(client_id).any(is_same) {
        return Err(twice());
    }
    let view = view(&grant);
    state.client_grants.put(grant);
    Ok(Reply::created(view))
}

fn update(state: &mut State, call: &Call<'_>) -> Answer {
    let mut grant = of_path(state, call)?.clone();
    apply(state, call, &mut grant)?;
    let view = view(&grant);
    state.client_grants.put(grant);
    Ok(Reply::ok(view))
}

/// Takes over what the body says; scopes are replaced as a whole.
fn apply(state: &State, call: &Call<'_>, grant: &mut ClientGrant) -> Result<(), ApiError> {
    let body = call.body();
    let server = resource_servers::of_identifier(state, call.context.issuer, &grant.audience);
    let server = server.ok_or_else(ApiError::no_resource_server)?;
    let scopes = server.settings().list("scopes").iter();
    let known: BTreeSet<&str> = scopes.filter_map(|scope| Document::of(scope).text("value")).collect();
    if body.flag("allow_all_scopes") == Some(true) {
        if !body.list("scope").is_empty() {
            return Err(all_and_some());
        }
        grant.scope = known.iter().map(|scope| (*scope).to_owned()).collect();
    } else if body.has("scope") {
        let is_system = server.settings().flag("is_system").unwrap_or(false);
        let unknown = body.texts("scope").find(|scope| !known.contains(scope) && !is_system);
        if let Some(scope) = unknown {
            return Err(unknown_scope(scope));
        }
        grant.scope = body.texts("scope").map(str::to_owned).collect();
    }
    let settings: Map<String, Value> = properties()
        .iter()
        .filter(|property| property.name != "scope")
        .filter_map(|property| Some((property.name.to_owned(), body.get(property.name)?.clone())))
        .collect();
    document::replace(&mut grant.settings, Document::new(&settings));
    Ok(())
}

/// 204 whether it was there or not.
#[expect(clippy::unnecessary_wraps, reason = "all operations have this signature")]
fn delete(state: &mut State, call: &Call<'_>) -> Answer {
    state.delete_client_grant(call.path("id"));
    Ok(Reply::NoContent)
}

fn organizations(state: &State, call: &Call<'_>) -> Answer {
    let grant = of_path(state, call)?;
    let attached = |organization: &&Organization| state.client_grant_is_attached(&grant.id, &organization.id);
    Ok(Paging::of(call)?.reply(
        "organizations",
        |after| {
            let after = after.map(str::to_owned);
            let organizations = state.organizations.iter().filter(attached);
            organizations
                .filter(move |organization| after.as_ref().is_none_or(|after| organization.id > *after))
        },
        |organization| organization.id.clone(),
        |organization| views::organization(organization),
    ))
}
