//! `/clients`: the applications.

mod authentication_methods;
mod connections;
mod create;
mod credentials;
mod rules;
mod schema;
mod update;
mod view;

use axum::http::{Method, StatusCode};
use serde_json::Value;

use self::view::{Detail, client_shape};
use super::call::Call;
use super::error::ApiError;
use super::fields::{Fields, by_fields};
use super::operation::{Evidence, Operation};
use super::paging::{Paging, by_checkpoint, page_of};
use super::schema::{Property, flag, integer, object, optional, text};
use super::{Answer, Reply};
use crate::model::{Client, CredentialError};
use crate::secrets::Secret;
use crate::store::State;

const PATH: &str = "/clients";
const ONE: &str = "/clients/{id}";
const READ: &[&str] = &["read:clients", "read:client_keys", "read:client_summary"];
const KEPT: &str = "Settings that the provider has no use for are kept and shown, and change nothing.";

pub(super) fn operations() -> Vec<Operation> {
    let mut operations = vec![
        Operation::get(PATH, "List clients", list)
            .scope(READ)
            .query([filters(), by_fields(), by_checkpoint()].into_iter().flatten())
            .answers(StatusCode::OK, page_of("clients", client_shape()))
            .refuses(ApiError::paging())
            .refuses(unknown_query())
            .note("There is no client \"All Applications\", so that is_global=true lists nothing."),
        Operation::write(Method::POST, PATH, "Create a client", create::create)
            .scope(&["create:clients"])
            .body(object(schema::properties()).with(schema::of_creation()))
            .answers(StatusCode::CREATED, client_shape())
            .refuses(rules::no_address("<address>", "<place>"))
            .refuses(rules::no_organization())
            .refuses(authentication_methods::two_ways())
            .refuses(CredentialError::Pem.into())
            .refuses(CredentialError::Known.into())
            .note(KEPT),
        Operation::get(ONE, "Get a client", read)
            .scope(READ)
            .query(by_fields())
            .answers(StatusCode::OK, client_shape())
            .refuses(ApiError::no_client()),
        Operation::write(Method::PATCH, ONE, "Change a client", update::update)
            .scope(&["update:clients", "update:client_keys"])
            .body(object(schema::properties()).with(schema::of_change()))
            .answers(StatusCode::OK, client_shape())
            .refuses(ApiError::no_client())
            .refuses(rules::no_address("<address>", "<place>"))
            .refuses(rules::no_organization())
            .refuses(update::too_much_metadata())
            .refuses(authentication_methods::two_ways())
            .refuses(authentication_methods::no_credential("<id>"))
            .note(KEPT),
        Operation::write(Method::DELETE, ONE, "Delete a client", delete)
            .scope(&["delete:clients"])
            .answers_nothing(StatusCode::NO_CONTENT),
        Operation::write(Method::POST, "/clients/{id}/rotate-secret", "Rotate a client's secret", rotate)
            .scope(&["update:client_keys"])
            .optional_body(object([]))
            .answers(StatusCode::OK, client_shape())
            .refuses(ApiError::no_client())
            .evidence(Evidence::Documented),
    ];
    operations.extend(connections::operations());
    operations.extend(credentials::operations());
    operations
}

/// The parameters of the list, with a `per_page` that may be 0.
fn filters() -> Vec<Property> {
    vec![
        optional("page", integer(0, 1000)),
        optional("per_page", integer(0, 100)),
        optional("include_totals", flag()),
        optional("is_global", flag()),
        optional("is_first_party", flag()),
        optional("app_type", text(1, 500)),
        optional("external_client_id", text(1, 2048)),
        optional("client_ids", text(1, 5000)),
        optional("q", text(1, 1000)),
    ]
}

fn unknown_query() -> ApiError {
    let known = "client_grant.organization_id:<id> and client_grant.allow_any_organization:true";
    ApiError::query(&format!("Only {known} can be searched for"), Some("q"))
}

fn list(state: &State, call: &Call<'_>) -> Answer {
    let fields = Fields::of(call);
    let wanted = wanted(call)?;
    let detail = Detail::of(call);
    Ok(Paging::of(call)?.reply(
        "clients",
        |after| {
            let after = after.map(str::to_owned);
            let clients = state.clients.iter().filter(|client| wanted.fits(state, client));
            clients.filter(move |client| after.as_ref().is_none_or(|after| client.id > *after))
        },
        |client| client.id.clone(),
        |client| fields.apply(view::client(client, detail)),
    ))
}

/// Which clients a list shows.
struct Wanted<'a> {
    app_types: Option<Vec<&'a str>>,
    ids: Vec<&'a str>,
    external_id: Option<&'a str>,
    is_first_party: Option<bool>,
    is_global: bool,
    grant: Option<WantedGrant<'a>>,
}

enum WantedGrant<'a> {
    ForAnyOrganization,
    For { organization: &'a str },
}

fn wanted<'a>(call: &'a Call<'_>) -> Result<Wanted<'a>, ApiError> {
    let grant = match call.query.get("q").map(|query| query.split_once(':')) {
        None => None,
        Some(Some(("client_grant.allow_any_organization", "true"))) => Some(WantedGrant::ForAnyOrganization),
        Some(Some(("client_grant.organization_id", organization))) => {
            Some(WantedGrant::For { organization: organization.trim_matches('"') })
        }
        Some(_) => return Err(unknown_query()),
    };
    Ok(Wanted {
        app_types: call.query.get("app_type").map(|types| types.split(',').map(str::trim).collect()),
        ids: call.query.all("client_ids").flat_map(|ids| ids.split(',')).collect(),
        external_id: call.query.get("external_client_id"),
        is_first_party: call.query_flag("is_first_party"),
        is_global: call.query_flag("is_global").unwrap_or(false),
        grant,
    })
}

impl Wanted<'_> {
    fn fits(&self, state: &State, client: &Client) -> bool {
        let settings = client.settings();
        let is_of_type = |types: &Vec<&str>| client.app_type().is_some_and(|of| types.contains(&of));
        let has_grant = |grant: &WantedGrant<'_>| {
            state.client_grants.by_alternate_key(&client.id).any(|row| match grant {
                WantedGrant::ForAnyOrganization => row.allows_any_organization(),
                WantedGrant::For { organization } => state.client_grant_is_attached(&row.id, organization),
            })
        };
        !self.is_global
            && self.app_types.as_ref().is_none_or(is_of_type)
            && (self.ids.is_empty() || self.ids.contains(&client.id.as_str()))
            && self.external_id.is_none_or(|wanted| settings.text("external_client_id") == Some(wanted))
            && self.is_first_party.is_none_or(|wanted| client.is_first_party() == wanted)
            && self.grant.as_ref().is_none_or(has_grant)
    }
}

/// The client that the path names.
fn of_path<'a>(state: &'a State, call: &Call<'_>) -> Result<&'a Client, ApiError> {
    state.clients.get(call.path("id")).ok_or_else(ApiError::no_client)
}

fn read(state: &State, call: &Call<'_>) -> Answer {
    let view: Value = view::client(of_path(state, call)?, Detail::of(call));
    Ok(Reply::ok(Fields::of(call).apply(view)))
}

/// 204 whether it was there or not.
#[expect(clippy::unnecessary_wraps, reason = "all operations have this signature")]
fn delete(state: &mut State, call: &Call<'_>) -> Answer {
    state.delete_client(call.path("id"));
    Ok(Reply::NoContent)
}

fn rotate(state: &mut State, call: &Call<'_>) -> Answer {
    let mut client = of_path(state, call)?.clone();
    client.secret = Secret::new(call.context.ids.client_secret());
    let view = view::client(&client, Detail::WithSecret);
    state.clients.put(client);
    Ok(Reply::ok(view))
}
