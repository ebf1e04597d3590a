//! `/self-service-profiles/{id}/sso-ticket`: links with which enterprises connect their own identity providers.

use axum::http::{Method, StatusCode};
use serde_json::json;

use super::call::Call;
use super::error::ApiError;
use super::format::Format;
use super::operation::{Evidence, Operation};
use super::schema::{Schema, UNLIMITED, flag, integer, list, map, object, one_of, optional, required, text};
use super::self_service_profiles::of_path;
use super::{Answer, Reply};
use crate::document::Document;
use crate::http::self_service;
use crate::model::SsoTicket;
use crate::secrets::sha256;
use crate::store::State;

/// Seconds for which a link that nobody opens is good.
const LONGEST_TTL: i64 = 432_000;
const DOMAIN_VERIFICATION: &[&str] = &["none", "optional", "required"];
const PROVISIONING_SCOPES: &[&str] = &[
    "get:users",
    "post:users",
    "put:users",
    "patch:users",
    "delete:users",
    "get:groups",
    "post:groups",
    "put:groups",
    "patch:groups",
    "delete:groups",
];

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::write(
            Method::POST,
            "/self-service-profiles/{id}/sso-ticket",
            "Create a link to set up a connection",
            create,
        )
        .scope(&["create:sso_access_tickets"])
        .body(body())
        .answers(StatusCode::CREATED, object([required("ticket", text(1, UNLIMITED))]))
        .refuses(ApiError::no_self_service_profile("<id>"))
        .refuses(one_of_two())
        .refuses(features_of_new())
        .refuses(ApiError::no_connection())
        .refuses(no_client("<client_id>"))
        .refuses(no_organization("<organization_id>"))
        .refuses(name_taken())
        .note("The page sets up OpenID Connect and Okta, takes domains without a proof, and provisions nothing."),
        Operation::write(
            Method::POST,
            "/self-service-profiles/{id}/sso-ticket/{ticket_id}/revoke",
            "Revoke a link to set up a connection",
            revoke,
        )
        .scope(&["delete:sso_access_tickets"])
        .answers_nothing(StatusCode::ACCEPTED)
        .evidence(Evidence::Documented),
    ]
}

fn body() -> Schema {
    let domains = || list(text(3, 255).of_format(Format::Domain), 0, 1000);
    let idp_initiated = object([
        optional("enabled", flag()),
        optional("client_id", text(1, 64)),
        optional("client_protocol", one_of(&["samlp", "wsfed", "oauth2"])),
        optional("client_authorizequery", text(0, 256)),
    ]);
    let options = object([
        optional("icon_url", text(1, 2048).of_format(Format::HttpsUri).or_null()),
        optional("domain_aliases", domains().or_null()),
        optional("idpinitiated", idp_initiated.or_null()),
    ]);
    let connection = object([
        required("name", text(1, 128).of_format(Format::ConnectionName)),
        optional("display_name", text(1, 128)),
        optional("is_domain_connection", flag()),
        optional("show_as_button", flag()),
        optional("metadata", map(text(0, 255).or_null(), 10, 255)),
        optional("options", options.or_null()),
    ]);
    let organization = object([
        required("organization_id", text(1, 50)),
        optional("assign_membership_on_login", flag()),
        optional("show_as_button", flag()),
    ]);
    let google = object([required("sync_users", flag()), optional("sync_groups", flag())]);
    let provisioning = object([
        optional("scopes", list(one_of(PROVISIONING_SCOPES), 0, PROVISIONING_SCOPES.len())),
        optional("google_workspace", google),
        optional("token_lifetime", integer(900, i64::MAX).or_null()),
    ]);
    object([
        optional("connection_id", text(1, 50)),
        optional("connection_config", connection),
        optional("enabled_clients", list(text(1, 64), 0, UNLIMITED)),
        optional("enabled_organizations", list(organization, 0, UNLIMITED)),
        optional("ttl_sec", integer(0, LONGEST_TTL)),
        optional(
            "domain_aliases_config",
            object([
                required("domain_verification", one_of(DOMAIN_VERIFICATION)),
                optional("pending_domains", domains()),
            ]),
        ),
        optional("provisioning_config", provisioning),
        optional("use_for_organization_discovery", flag()),
        optional("third_party_client_access_config", object([required("allow_configuration", flag())])),
        optional(
            "enabled_features",
            object(["sso", "domain_verification", "provisioning"].map(|name| optional(name, flag()))),
        ),
    ])
}

fn one_of_two() -> ApiError {
    ApiError::invalid_body("Exactly one of connection_id and connection_config is required")
}

fn features_of_new() -> ApiError {
    ApiError::invalid_body("enabled_features needs a connection_id")
}

fn no_client(client_id: &str) -> ApiError {
    ApiError::invalid_body(format!("The enabled client {client_id} does not exist"))
}

fn no_organization(organization_id: &str) -> ApiError {
    ApiError::invalid_body(format!("The enabled organization {organization_id} does not exist"))
}

fn name_taken() -> ApiError {
    ApiError::conflict(None, "A connection with the same name already exists")
}

fn create(state: &mut State, call: &Call<'_>) -> Answer {
    let profile_id = of_path(state, call)?.id.clone();
    let (body, context) = (call.body(), &call.context);
    check(state, body)?;
    let ttl = body.integer("ttl_sec").filter(|seconds| *seconds > 0).unwrap_or(LONGEST_TTL);
    let ticket = context.ids.ticket();
    let now = context.now;
    state.sso_tickets.remove_where(|ticket| !ticket.is_live(now));
    state.sso_tickets.put(SsoTicket {
        hash: sha256(&ticket),
        profile_id,
        expires_at: now + std::time::Duration::from_secs(ttl.unsigned_abs()),
        opens: 0,
        first_opened_at: None,
        set_up: None,
        settings: call.json().as_object().cloned().unwrap_or_default(),
    });
    Ok(Reply::created(json!({ "ticket": self_service::address(context.issuer, &ticket) })))
}

/// What the schema can't say.
fn check(state: &State, body: Document<'_>) -> Result<(), ApiError> {
    match (body.text("connection_id"), body.has("connection_config")) {
        (Some(id), false) => {
            state.connections.get(id).ok_or_else(ApiError::no_connection)?;
        }
        (None, true) if body.has("enabled_features") => return Err(features_of_new()),
        (None, true) => {
            let name = body.document("connection_config").text("name").unwrap_or_default();
            if state.connection_by_name(name).is_some() {
                return Err(name_taken());
            }
        }
        _ => return Err(one_of_two()),
    }
    for client_id in body.texts("enabled_clients") {
        state.clients.get(client_id).ok_or_else(|| no_client(client_id))?;
    }
    for organization in body.list("enabled_organizations").iter().map(Document::of) {
        let id = organization.text("organization_id").unwrap_or_default();
        state.organizations.get(id).ok_or_else(|| no_organization(id))?;
    }
    Ok(())
}

/// 202 also for one that is not there: the SDKs know no other answer.
#[expect(clippy::unnecessary_wraps, reason = "all operations have this signature")]
fn revoke(state: &mut State, call: &Call<'_>) -> Answer {
    let hash = sha256(call.path("ticket_id"));
    let is_of_profile = |ticket: &SsoTicket| ticket.profile_id == call.path("id");
    if state.sso_tickets.get(&hash).is_some_and(is_of_profile) {
        state.sso_tickets.remove(&hash);
    }
    Ok(Reply::Accepted)
}
