//! The HTTP door: Auth0's paths, statuses, bodies and pages.

mod assets;
mod authorize;
mod bearer;
mod client_authentication;
mod cookies;
mod discovery;
mod errors;
mod home;
mod json;
mod logout;
mod management;
mod pages;
mod parameters;
mod token;
mod universal_login;
mod userinfo;
mod visitor;
mod way_on;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};

use crate::calls::note_call;
use crate::fake::Core;
pub(crate) use management::{description, scopes as management_scopes};

/// Enough for any request of the protocol; what is larger is answered 413.
const BODY_LIMIT: usize = 256 * 1024;

pub(crate) fn router(core: Arc<Core>) -> Router {
    let calls = core.calls.clone();
    Router::new()
        .route("/", get(home::show))
        .route("/.well-known/openid-configuration", get(discovery::configuration))
        .route("/.well-known/jwks.json", get(discovery::jwks))
        .route("/authorize", get(authorize::by_query).post(authorize::by_form))
        .route("/oauth/token", post(token::exchange))
        .route("/userinfo", get(userinfo::show).post(userinfo::show))
        .route("/v2/logout", get(logout::v2))
        .route("/oidc/logout", get(logout::oidc_by_query).post(logout::oidc_by_form))
        .route("/oidc/logout/confirm", post(logout::confirm))
        .route(assets::STYLESHEET_ROUTE, get(assets::stylesheet))
        .route("/avatars/{file}", get(assets::avatar))
        .merge(universal_login::routes())
        .merge(management::routes())
        .fallback(errors::not_found)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(from_fn_with_state(calls, note_call))
        .with_state(core)
}
