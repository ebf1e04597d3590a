//! The HTTP door: Auth0's paths, statuses, bodies and pages.

mod actions;
mod assets;
mod authorization_response;
mod authorize;
mod bearer;
mod client_authentication;
mod continuation;
mod cookies;
mod dbconnections;
mod discovery;
mod errors;
mod faults;
mod home;
mod json;
mod logout;
mod management;
mod observation;
mod pages;
mod parameters;
mod pushed_authorization;
mod revoke;
mod self_service;
mod standard_answers;
mod token;
mod universal_login;
mod userinfo;
mod visitor;
mod way_on;

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::{any, get, post};

use crate::back_channel;
use crate::fake::Core;
pub(crate) use json::present;
pub(crate) use management::{coverage, description, scopes as management_scopes};

/// Enough for any request of the protocol; what is larger is answered 413.
const BODY_LIMIT: usize = 256 * 1024;

pub(crate) fn router(core: Arc<Core>) -> Router {
    Router::new()
        .route("/.well-known/openid-configuration", get(discovery::configuration))
        .route("/.well-known/jwks.json", get(discovery::jwks))
        .route("/authorize", get(authorize::by_query).post(authorize::by_form))
        .route("/continue", get(continuation::by_query).post(continuation::by_form))
        .route("/oauth/token", post(token::exchange))
        .route("/oauth/revoke", post(revoke::revoke))
        .route("/oauth/par", post(pushed_authorization::push))
        .route("/dbconnections/signup", post(dbconnections::sign_up))
        .route("/dbconnections/change_password", post(dbconnections::change_password))
        .route("/userinfo", get(userinfo::show).post(userinfo::show))
        .route("/v2/logout", get(logout::v2))
        .route("/oidc/logout", get(logout::oidc_by_query).post(logout::oidc_by_form))
        .route("/oidc/logout/confirm", post(logout::confirm))
        .route(assets::STYLESHEET_ROUTE, get(assets::stylesheet))
        .route("/avatars/{file}", get(assets::avatar))
        .merge(not_there_yet())
        .merge(universal_login::routes())
        .merge(self_service::routes())
        .merge(home::routes())
        .merge(management::routes())
        .merge(crate::control::routes())
        .fallback(errors::not_found)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(from_fn_with_state(core.clone(), authorization_response::finish))
        .layer(from_fn_with_state(core.clone(), deliver_logouts))
        .layer(from_fn_with_state(core.clone(), observation::observe))
        .with_state(core)
}

/// Endpoints of Auth0's Authentication API that are not here yet.
fn not_there_yet() -> Router<Arc<Core>> {
    let paths = [
        "/oauth/device/code",
        "/oidc/register",
        "/bc-authorize",
        "/passwordless/start",
        "/passwordless/verify",
        "/mfa/associate",
        "/mfa/authenticators",
        "/mfa/challenge",
    ];
    paths.into_iter().fold(Router::new(), |router, path| router.route(path, any(errors::not_there_yet)))
}

/// Whatever a request did may have ended sessions that clients want to hear of.
async fn deliver_logouts(State(core): State<Arc<Core>>, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    back_channel::deliver(&core);
    response
}
