//! `/resource-servers`: the APIs that access tokens are for. The Management API is one of them.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use aws_lc_rs::digest;
use axum::http::{Method, StatusCode};
use serde_json::{Map, Value, json};
use url::Url;

use super::call::Call;
use super::error::ApiError;
use super::format::Format;
use super::operation::{Operation, Scopes};
use super::paging::{Paging, by_page, page_of};
use super::schema::{
    Property, Schema, UNLIMITED, any, flag, integer, list as many, object, one_of, open_object, optional,
    required, text,
};
use super::{Answer, Reply};
use crate::document::{self, Document};
use crate::model::ResourceServer;
use crate::store::State;
use crate::tokens::management_audience;

const PATH: &str = "/resource-servers";
const ONE: &str = "/resource-servers/{id}";

pub(super) fn operations() -> Vec<Operation> {
    let include_fields = || optional("include_fields", flag());
    let identifiers = optional("identifiers", text(1, 600));
    vec![
        Operation::get(PATH, "List APIs", list)
            .scope(&["read:resource_servers"])
            .query(by_page().into_iter().chain([identifiers, include_fields()]))
            .answers(StatusCode::OK, page_of("resource_servers", shape()))
            .refuses(ApiError::paging()),
        Operation::write(Method::POST, PATH, "Create an API", create)
            .scope(&["create:resource_servers"])
            .body(object(properties()).with([required("identifier", text(1, 600))]))
            .answers(StatusCode::CREATED, shape())
            .refuses(taken())
            .refuses(scope_twice("<scope>"))
            .refuses(no_signing_secret()),
        Operation::get(ONE, "Get an API", read)
            .scope(&["read:resource_servers"])
            .query([include_fields()])
            .answers(StatusCode::OK, shape())
            .refuses(ApiError::no_resource_server()),
        Operation::write(Method::PATCH, ONE, "Change an API", update)
            .scope(&["update:resource_servers"])
            .body(object(properties()))
            .answers(StatusCode::OK, shape())
            .refuses(ApiError::no_resource_server())
            .refuses(is_system())
            .refuses(scope_twice("<scope>"))
            .refuses(no_signing_secret())
            .note("The Management API is as it is; Auth0 lets its token lifetime be changed."),
        Operation::write(Method::DELETE, ONE, "Delete an API", delete)
            .scope(&["delete:resource_servers"])
            .answers_nothing(StatusCode::NO_CONTENT)
            .refuses(is_system())
            .note("How Auth0 words the refusal to delete its Management API is not known."),
    ]
}

fn taken() -> ApiError {
    ApiError::conflict(None, "A resource server with the same identifier already exists")
}

fn is_system() -> ApiError {
    ApiError::not_supported("The resource server is a system API and can't be changed")
}

fn scope_twice(scope: &str) -> ApiError {
    ApiError::invalid_body(format!("The scope stands in the list twice: {scope}"))
}

fn no_signing_secret() -> ApiError {
    ApiError::invalid_body("A signing secret goes with the algorithm HS256 alone")
}

fn properties() -> Vec<Property> {
    let scope = object([required("value", text(1, 280)), optional("description", text(0, 500))]);
    let mut properties = vec![
        optional("name", text(1, 200).of_format(Format::NoMarkup)),
        optional("scopes", many(scope, 0, 1000)),
        optional("signing_alg", one_of(&["HS256", "RS256", "RS512", "PS256"])),
        optional("signing_secret", text(16, 255)),
        optional("token_lifetime", integer(1, 2_592_000)),
        optional(
            "token_dialect",
            one_of(&["access_token", "access_token_authz", "rfc9068_profile", "rfc9068_profile_authz"]),
        ),
        optional("allow_offline_access", flag()),
        optional("allow_online_access", flag()),
        optional("allow_online_access_with_ephemeral_sessions", flag()),
        optional("enforce_policies", flag()),
        optional("skip_consent_for_verifiable_first_party_clients", flag()),
        optional("consent_policy", one_of(&["standard", "transactional-authorization-with-mfa"]).or_null()),
    ];
    let open = [
        "authorization_details",
        "authorization_policy",
        "proof_of_possession",
        "subject_type_authorization",
        "token_encryption",
        "token_lifetime_for_anonymous_access_tokens",
    ];
    properties.extend(open.map(|name| optional(name, any())));
    properties
}

fn shape() -> Schema {
    let scope = object([required("value", text(1, 280)), optional("description", text(0, 500))]);
    open_object([
        required("id", text(1, 64)),
        required("identifier", text(1, 600)),
        optional("name", text(1, 200)),
        optional("is_system", flag()),
        optional("scopes", many(scope, 0, UNLIMITED)),
        optional("token_lifetime", integer(1, 2_592_000)),
    ])
}

fn view(server: &ResourceServer) -> Value {
    let mut view = Map::from_iter([
        ("id".to_owned(), server.id.clone().into()),
        ("identifier".to_owned(), server.identifier.clone().into()),
    ]);
    document::replace(&mut view, server.settings());
    view.into()
}

/// The Management API, with every scope that an operation asks for.
fn management_api(issuer: &Url) -> ResourceServer {
    let identifier = management_audience(issuer);
    let digest = digest::digest(&digest::SHA256, identifier.as_bytes());
    let number = digest.as_ref().iter().take(12).fold(0_u128, |number, byte| number << 8 | u128::from(*byte));
    let scopes: Vec<Value> = management_scopes()
        .iter()
        .map(|scope| json!({ "value": scope, "description": scope.replace([':', '_'], " ") }))
        .collect();
    let settings = json!({
        "name": "Auth0 Management API",
        "is_system": true,
        "scopes": scopes,
        "signing_alg": "RS256",
        "allow_offline_access": false,
        "skip_consent_for_verifiable_first_party_clients": false,
        "token_lifetime": 86_400,
        "token_lifetime_for_web": 7200,
    });
    ResourceServer {
        id: format!("{number:024x}"),
        identifier,
        settings: settings.as_object().cloned().unwrap_or_default(),
    }
}

/// What operations ask for by what a call names, beside those that their rows tell.
const BY_CALL: [&str; 4] = [
    "read:connections_options",
    "update:connections_options",
    "update:client_keys",
    "read:organization_member_roles",
];

/// The scopes that the Management API knows, in the order of the alphabet.
pub(super) fn management_scopes() -> &'static BTreeSet<&'static str> {
    static SCOPES: LazyLock<BTreeSet<&'static str>> = LazyLock::new(|| {
        let of_operations = super::operations().flat_map(|operation| match operation.scopes {
            Scopes::Any(scopes) | Scopes::All(scopes) => scopes,
        });
        of_operations.copied().chain(BY_CALL).collect()
    });
    &SCOPES
}

/// The API that an id or an identifier names, the Management API among them.
fn of_id(state: &State, issuer: &Url, id: &str) -> Option<ResourceServer> {
    let management = management_api(issuer);
    if management.id == id || management.identifier == id {
        return Some(management);
    }
    state.resource_servers.get(id).or_else(|| state.resource_server_by_identifier(id)).cloned()
}

/// The API that a client asks for as `audience`.
pub(super) fn of_identifier(state: &State, issuer: &Url, identifier: &str) -> Option<ResourceServer> {
    of_id(state, issuer, identifier).filter(|server| server.identifier == identifier)
}

fn list(state: &State, call: &Call<'_>) -> Answer {
    let identifiers: Vec<&str> = call.query.all("identifiers").flat_map(|all| all.split(',')).collect();
    let mut servers = vec![management_api(call.context.issuer)];
    servers.extend(state.resource_servers.iter().cloned());
    servers.retain(|server| identifiers.is_empty() || identifiers.contains(&server.identifier.as_str()));
    Ok(Paging::of(call)?.reply(
        "resource_servers",
        |_| servers.iter(),
        |server| server.id.clone(),
        |server| view(server),
    ))
}

fn read(state: &State, call: &Call<'_>) -> Answer {
    let server =
        of_id(state, call.context.issuer, call.path("id")).ok_or_else(ApiError::no_resource_server)?;
    Ok(Reply::ok(view(&server)))
}

fn create(state: &mut State, call: &Call<'_>) -> Answer {
    let body = call.body();
    let identifier = body.text("identifier").unwrap_or_default();
    if of_identifier(state, call.context.issuer, identifier).is_some() {
        return Err(taken());
    }
    let defaults = json!({
        "allow_offline_access": false,
        "skip_consent_for_verifiable_first_party_clients": false,
        "subject_type_authorization": {
            "user": { "policy": "allow_all" },
            "client": { "policy": "require_client_grant" },
        },
        "token_lifetime": 86_400,
        "token_lifetime_for_web": 7200,
        "signing_alg": "RS256",
    });
    let mut server = ResourceServer {
        id: call.context.ids.resource_server(),
        identifier: identifier.to_owned(),
        settings: defaults.as_object().cloned().unwrap_or_default(),
    };
    apply(&mut server, body, call)?;
    let view = view(&server);
    state.resource_servers.put(server);
    Ok(Reply::created(view))
}

fn update(state: &mut State, call: &Call<'_>) -> Answer {
    let mut server =
        of_id(state, call.context.issuer, call.path("id")).ok_or_else(ApiError::no_resource_server)?;
    if state.resource_servers.get(&server.id).is_none() {
        return Err(is_system());
    }
    apply(&mut server, call.body(), call)?;
    let view = view(&server);
    state.resource_servers.put(server);
    Ok(Reply::ok(view))
}

fn apply(server: &mut ResourceServer, body: Document<'_>, call: &Call<'_>) -> Result<(), ApiError> {
    let mut seen = BTreeSet::new();
    for scope in body.list("scopes") {
        let value = Document::of(scope).text("value").unwrap_or_default();
        if !seen.insert(value) {
            return Err(scope_twice(value));
        }
    }
    let changes: Map<String, Value> = body
        .entries()
        .filter(|(name, _)| *name != "identifier")
        .map(|(name, value)| (name.to_owned(), value.clone()))
        .collect();
    document::replace(&mut server.settings, Document::new(&changes));
    let is_symmetric = server.settings().text("signing_alg") == Some("HS256");
    if body.has("signing_secret") && !is_symmetric {
        return Err(no_signing_secret());
    }
    if !is_symmetric {
        server.settings.remove("signing_secret");
    } else if !server.settings().has("signing_secret") {
        server.settings.insert("signing_secret".to_owned(), call.context.ids.client_secret().into());
    }
    Ok(())
}

/// 204 whether it was there or not. Its grants go with it.
fn delete(state: &mut State, call: &Call<'_>) -> Answer {
    let Some(server) = of_id(state, call.context.issuer, call.path("id")) else {
        return Ok(Reply::NoContent);
    };
    if state.delete_resource_server(&server.id) { Ok(Reply::NoContent) } else { Err(is_system()) }
}
