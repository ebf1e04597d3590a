//! What tests of the Authentication API have in common: a provider whose clients, APIs and grants can be changed.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::support::{APP, Answer, M2M, World, parameter, seed_with_scopes};

pub(crate) const API: &str = "https://api.example/";

const MORE_SCOPES: &str = "create:clients update:clients create:resource_servers update:resource_servers \
    create:client_grants update:client_grants update:tenant_settings update:connections read:signing_keys \
    create:signing_keys update:signing_keys";

/// The usual provider, whose program may change clients, APIs, grants, settings and keys.
pub(crate) fn world() -> World {
    World::with(seed_with_scopes(MORE_SCOPES))
}

async fn done(world: &World, method: &str, path: &str, body: Value) -> Value {
    let answer = world.api(method, path, body).await;
    assert!(answer.status.is_success(), "{method} {path}: {} {}", answer.status, answer.body);
    answer.json()
}

/// Changes the application.
pub(crate) async fn set_app(world: &World, settings: Value) {
    set_client(world, APP, settings).await;
}

/// Changes the client of this name.
pub(crate) async fn set_client(world: &World, name: &str, settings: Value) {
    let (id, _) = world.client(name);
    done(world, "PATCH", &format!("/clients/{id}"), settings).await;
}

pub(crate) async fn set_tenant(world: &World, settings: Value) {
    done(world, "PATCH", "/tenants/settings", settings).await;
}

/// Registers [`API`] with two scopes; `more` says what else it is.
pub(crate) async fn register_api(world: &World, more: Value) {
    let mut body = json!({
        "identifier": API,
        "name": "Things",
        "scopes": [{ "value": "read:things" }, { "value": "write:things" }],
    });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    done(world, "POST", "/resource-servers", body).await;
}

/// Lets the program call [`API`]; answers the grant's id.
pub(crate) async fn grant(world: &World, more: Value) -> String {
    let (id, _) = world.client(M2M);
    let mut body = json!({ "client_id": id, "audience": API, "scope": ["read:things"] });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    done(world, "POST", "/client-grants", body).await["id"].as_str().unwrap().to_owned()
}

/// The tokens of somebody who is logged in, for an authorization request with these parameters.
pub(crate) async fn tokens(world: &World, browser: &mut Browser, extra: &[(&str, &str)]) -> Value {
    let callback = browser.get(world, &world.authorize(extra)).await.callback();
    let code = parameter(&callback, "code").unwrap_or_else(|| panic!("no code in {callback}"));
    let answer = world.redeem(&code).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    answer.json()
}

/// `error` and `error_description`, with the status.
pub(crate) fn refusal(answer: &Answer) -> (u16, String, String) {
    let body = answer.json();
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    (answer.status.as_u16(), text("error"), text("error_description"))
}

pub(crate) fn refused(status: u16, error: &str, description: &str) -> (u16, String, String) {
    (status, error.to_owned(), description.to_owned())
}
