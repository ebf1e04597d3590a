//! `/sessions`: browsers that are logged in at the provider.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::call::Call;
use super::error::ApiError;
use super::operation::{Evidence, Operation};
use super::schema::{Schema, UNLIMITED, list, map, object, open_object, optional, required, text};
use super::{Answer, Reply};
use crate::http::json::present;
use crate::model::{BrowserSession, Connection, Device, SessionEnd};
use crate::store::State;

const ONE: &str = "/sessions/{id}";

pub(super) fn operations() -> Vec<Operation> {
    let metadata = map(text(0, 255), 25, 255).or_null();
    vec![
        Operation::get(ONE, "Get a session", read)
            .scope(&["read:sessions"])
            .answers(StatusCode::OK, shape())
            .refuses(ApiError::no_session()),
        Operation::write(Method::PATCH, ONE, "Change the metadata of a session", update)
            .scope(&["update:sessions"])
            .body(object([optional("session_metadata", metadata)]))
            .answers(StatusCode::OK, shape())
            .refuses(ApiError::no_session())
            .evidence(Evidence::Documented)
            .note("Metadata is replaced as a whole; whether Auth0 merges it is not known."),
        Operation::write(Method::DELETE, ONE, "End a session", end)
            .scope(&["delete:sessions"])
            .answers(StatusCode::ACCEPTED, object([]))
            .refuses(ApiError::no_session()),
        Operation::write(
            Method::POST,
            "/sessions/{id}/revoke",
            "End a session and its refresh tokens",
            revoke,
        )
        .scope(&["delete:sessions"])
        .optional_body(object([]))
        .answers(StatusCode::ACCEPTED, object([]))
        .refuses(ApiError::no_session()),
    ]
}

pub(super) fn view(state: &State, session: &BrowserSession) -> Value {
    let settings = state.settings();
    let Device { ip: initial_ip, user_agent: initial_user_agent } = &session.initial_device;
    let Device { ip: last_ip, user_agent: last_user_agent } = &session.last_device;
    let connection = state.connection_by_name(&session.connection);
    let method = if connection.is_some_and(Connection::is_database) { "pwd" } else { "federated" };
    let clients = session.clients.iter().map(|client_id| json!({ "client_id": client_id }));
    present(json!({
        "id": session.sid,
        "user_id": session.user_id,
        "created_at": session.created_at,
        "updated_at": session.updated_at,
        "authenticated_at": session.authenticated_at,
        "idle_expires_at": session.idle_expires_at(settings),
        "expires_at": session.expires_at(settings),
        "last_interacted_at": session.last_interacted_at,
        "device": {
            "initial_ip": initial_ip,
            "initial_user_agent": initial_user_agent,
            "last_ip": last_ip,
            "last_user_agent": last_user_agent,
        },
        "clients": clients.collect::<Vec<_>>(),
        "authentication": { "methods": [{ "name": method, "timestamp": session.authenticated_at }] },
        "session_metadata": Some(&session.session_metadata).filter(|metadata| !metadata.is_empty()),
    }))
}

pub(super) fn shape() -> Schema {
    let time = || text(20, 30);
    let device = ["initial_ip", "initial_user_agent", "last_ip", "last_user_agent"]
        .map(|name| required(name, text(0, 8192)));
    object([
        required("id", text(1, 200)),
        required("user_id", text(1, 300)),
        required("created_at", time()),
        required("updated_at", time()),
        required("authenticated_at", time()),
        required("idle_expires_at", time()),
        required("expires_at", time()),
        required("last_interacted_at", time()),
        required("device", object(device)),
        required("clients", list(object([required("client_id", text(1, 64))]), 0, UNLIMITED)),
        required("authentication", object([required("methods", list(open_object([]), 0, UNLIMITED))])),
        optional("session_metadata", open_object([])),
    ])
}

/// The session that the path names, while it lasts.
fn of_path<'a>(state: &'a State, call: &Call<'_>) -> Result<&'a BrowserSession, ApiError> {
    let session = state.session_by_sid(call.path("id"));
    let live = session.filter(|session| session.is_live(state.settings(), call.context.now));
    live.ok_or_else(ApiError::no_session)
}

fn read(state: &State, call: &Call<'_>) -> Answer {
    Ok(Reply::ok(view(state, of_path(state, call)?)))
}

fn update(state: &mut State, call: &Call<'_>) -> Answer {
    let mut session = of_path(state, call)?.clone();
    if call.body().has("session_metadata") {
        session.session_metadata = call.body().object("session_metadata").cloned().unwrap_or_default();
    }
    session.updated_at = call.context.now;
    let view = view(state, &session);
    state.sessions.put(session);
    Ok(Reply::ok(view))
}

fn end(state: &mut State, call: &Call<'_>) -> Answer {
    let key = of_path(state, call)?.cookie_hash.clone();
    state.end_session(&key, SessionEnd::SessionRevoked);
    Ok(Reply::accepted(json!({})))
}

fn revoke(state: &mut State, call: &Call<'_>) -> Answer {
    let session = of_path(state, call)?.clone();
    state.end_session(&session.cookie_hash, SessionEnd::SessionRevoked);
    state.refresh_tokens.remove_where(|token| token.grant.sid == session.sid);
    Ok(Reply::accepted(json!({})))
}
