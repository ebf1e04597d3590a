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
mod endpoint;
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
mod saml;
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
use axum::routing::any;

use crate::back_channel;
use crate::fake::Core;
use endpoint::{Endpoint, Evidence};
pub(crate) use json::present;
use management::Covered;
pub(crate) use management::{
    change_branding, change_prompts, change_tenant_settings, check_body, connection_options, description,
    scopes as management_scopes,
};

/// Enough for any request of the protocol; what is larger is answered 413.
const BODY_LIMIT: usize = 256 * 1024;

pub(crate) fn router(core: Arc<Core>) -> Router {
    endpoint::serve(endpoints())
        .merge(not_there_yet())
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

/// The table of what is served besides the Management API, the control API and the page for those who test.
fn endpoints() -> Vec<Endpoint> {
    let mut endpoints = authentication_api();
    endpoints.extend(universal_login::endpoints());
    endpoints.extend(self_service::endpoints());
    endpoints.extend([
        Endpoint::get(assets::STYLESHEET_ROUTE, "The stylesheet of the pages", assets::stylesheet)
            .evidence(Evidence::Assumed),
        Endpoint::get("/avatars/{file}", "The picture of somebody without one", assets::avatar)
            .evidence(Evidence::Assumed),
    ]);
    endpoints
}

fn authentication_api() -> Vec<Endpoint> {
    vec![
        Endpoint::get("/.well-known/openid-configuration", "Discovery", discovery::configuration)
            .evidence(Evidence::Recorded),
        Endpoint::get("/.well-known/jwks.json", "The keys that tokens are signed with", discovery::jwks),
        Endpoint::get("/authorize", "Begin a login", authorize::by_query),
        Endpoint::post("/authorize", "Begin a login, by form", authorize::by_form),
        Endpoint::get("/continue", "Go on after an Action's redirect", continuation::by_query),
        Endpoint::post("/continue", "Go on after an Action's redirect, by form", continuation::by_form),
        Endpoint::post("/oauth/token", "Get tokens", token::exchange),
        Endpoint::post("/oauth/revoke", "Revoke a refresh token", revoke::revoke)
            .evidence(Evidence::Recorded),
        Endpoint::post("/oauth/par", "Push an authorization request", pushed_authorization::push)
            .evidence(Evidence::Recorded),
        Endpoint::post("/dbconnections/signup", "Sign up with a password", dbconnections::sign_up)
            .evidence(Evidence::Recorded),
        Endpoint::post(
            "/dbconnections/change_password",
            "Have a link sent that changes the password",
            dbconnections::change_password,
        )
        .evidence(Evidence::Recorded)
        .note("The link is in the mailbox; nothing is sent."),
        Endpoint::get(
            "/samlp/metadata",
            "Describe the service provider of a SAML connection",
            saml::metadata,
        ),
        Endpoint::get("/userinfo", "Tell who an access token is about", userinfo::show),
        Endpoint::post("/userinfo", "Tell who an access token is about, by POST", userinfo::show),
        Endpoint::get("/v2/logout", "Log out", logout::v2),
        Endpoint::get("/oidc/logout", "Log out as OpenID Connect has it", logout::oidc_by_query),
        Endpoint::post("/oidc/logout", "Log out as OpenID Connect has it, by form", logout::oidc_by_form),
        Endpoint::post(
            "/oidc/logout/confirm",
            "Confirm a logout that no ID token vouches for",
            logout::confirm,
        )
        .evidence(Evidence::Assumed),
    ]
}

/// What is covered, of all of Auth0's APIs and pages, and how it is known.
pub(crate) fn coverage() -> Vec<Covered> {
    let endpoints = endpoints().into_iter().map(|endpoint| endpoint.covered());
    endpoints.chain(management::coverage()).collect()
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
