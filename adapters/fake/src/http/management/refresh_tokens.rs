//! `/refresh-tokens`: what clients hold of users.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use url::Url;

use super::call::Call;
use super::error::ApiError;
use super::operation::Operation;
use super::schema::{Schema, UNLIMITED, flag, list, object, required, text};
use super::{Answer, Reply};
use crate::model::{RefreshToken, RefreshTokenPolicy};
use crate::store::State;
use crate::tokens::userinfo_audience;

const ONE: &str = "/refresh-tokens/{id}";

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get(ONE, "Get a refresh token", read)
            .scope(&["read:refresh_tokens"])
            .answers(StatusCode::OK, shape())
            .refuses(ApiError::no_refresh_token()),
        Operation::write(Method::DELETE, ONE, "Revoke a refresh token", delete)
            .scope(&["delete:refresh_tokens"])
            .answers_nothing(StatusCode::NO_CONTENT)
            .refuses(ApiError::no_refresh_token())
            .note("How Auth0 answers for one that is gone is not known."),
    ]
}

/// The id is the hash of the token, which tells nobody the token.
pub(super) fn view(state: &State, issuer: &Url, token: &RefreshToken) -> Value {
    let policy = state.clients.get(&token.client_id).map(RefreshTokenPolicy::of).unwrap_or_default();
    let own_audience = || userinfo_audience(issuer);
    json!({
        "id": token.hash,
        "user_id": token.user_id,
        "created_at": token.issued_at,
        "idle_expires_at": token.idle_expires_at(&policy),
        "expires_at": token.expires_at(&policy),
        "client_id": token.client_id,
        "session_id": Some(&token.grant.sid).filter(|sid| !sid.is_empty()),
        "rotating": policy.rotates,
        "resource_servers": [{
            "audience": token.grant.audience.clone().unwrap_or_else(own_audience),
            "scopes": token.grant.scope.join(" "),
        }],
    })
}

pub(super) fn shape() -> Schema {
    let time = || text(20, 30);
    let resource_server = object([required("audience", text(1, 600)), required("scopes", text(0, 10_000))]);
    object([
        required("id", text(1, 200)),
        required("user_id", text(1, 300)),
        required("created_at", time()),
        required("idle_expires_at", time().or_null()),
        required("expires_at", time().or_null()),
        required("client_id", text(1, 64)),
        required("session_id", text(1, 200).or_null()),
        required("rotating", flag()),
        required("resource_servers", list(resource_server, 0, UNLIMITED)),
    ])
}

fn read(state: &State, call: &Call<'_>) -> Answer {
    let token = state.refresh_tokens.get(call.path("id")).filter(|token| !token.is_replaced());
    let token = token.ok_or_else(ApiError::no_refresh_token)?;
    Ok(Reply::ok(view(state, call.context.issuer, token)))
}

fn delete(state: &mut State, call: &Call<'_>) -> Answer {
    if state.revoke_refresh_token(call.path("id")) {
        Ok(Reply::NoContent)
    } else {
        Err(ApiError::no_refresh_token())
    }
}
