//! Tenant settings, prompts and branding: kept, merged where Auth0 merges, and what they change.

use std::time::Duration;

use crate::browser::Browser;
use crate::support::World;
use axum::http::StatusCode;
use serde_json::{Value, json};

const NONE: Value = Value::Null;

#[tokio::test]
async fn flags_are_merged_and_other_settings_replaced() {
    let world = World::new();
    let before = world.api("GET", "/tenants/settings", NONE).await.json();
    assert_eq!(before["session_lifetime"], 168);
    let change = json!({
        "friendly_name": "Acme ID",
        "flags": { "no_disclose_enterprise_connections": true },
        "error_page": { "url": "https://acme.example/error" },
    });
    let changed = world.api("PATCH", "/tenants/settings", change).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.body);
    let changed = changed.json();
    assert_eq!(changed["flags"]["no_disclose_enterprise_connections"], true);
    assert_eq!(changed["flags"]["enable_sso"], before["flags"]["enable_sso"]);
    assert_eq!(world.api("GET", "/tenants/settings", NONE).await.json(), changed);
    let removed = world.api("PATCH", "/tenants/settings", json!({ "error_page": null })).await.json();
    assert!(removed.get("error_page").is_none());
    assert_eq!(removed["friendly_name"], "Acme ID");
    let unknown = world.api("PATCH", "/tenants/settings", json!({ "friendly_nam": "x" })).await.json();
    assert_eq!(
        unknown["message"],
        "Payload validation error: 'Additional properties not allowed: friendly_nam'."
    );
}

#[tokio::test]
async fn a_session_ends_when_the_settings_say_so() {
    let world = World::new();
    let lifetimes = json!({ "session_lifetime": 0.5, "idle_session_lifetime": 0.5 });
    assert_eq!(world.api("PATCH", "/tenants/settings", lifetimes).await.status, StatusCode::OK);
    let mut browser = Browser::default();
    let answer = browser.sign_up(&world, "ann@example.com").await;
    assert!(answer.cookies.iter().any(|cookie| cookie.contains("Max-Age=1800")), "{:?}", answer.cookies);
    world.clock.advance(Duration::from_mins(29));
    let path = world.authorize(&[("prompt", "none")]);
    assert!(browser.get(&world, &path).await.location.contains("code="));
    world.clock.advance(Duration::from_mins(2));
    assert_eq!(browser.get(&world, &path).await.refusal().0, "login_required");
}

#[tokio::test]
async fn the_prompt_asks_for_the_address_first_when_it_is_set() {
    let world = World::new();
    let location = |answer: crate::support::Answer| answer.location.split('?').next().unwrap().to_owned();
    let mut browser = Browser::default();
    assert_eq!(location(browser.get(&world, &world.authorize(&[])).await), "/u/login");
    let changed = world.api("PATCH", "/prompts", json!({ "identifier_first": true })).await.json();
    assert_eq!(
        (&changed["identifier_first"], &changed["universal_login_experience"]),
        (&json!(true), &json!("new"))
    );
    assert_eq!(location(browser.get(&world, &world.authorize(&[])).await), "/u/login/identifier");
}

#[tokio::test]
async fn branding_is_kept() {
    let world = World::new();
    assert_eq!(world.api("GET", "/branding", NONE).await.json(), json!({}));
    let branding = json!({
        "colors": { "primary": "#114488", "page_background": "#ffffff" },
        "logo_url": "https://acme.example/logo.png",
    });
    assert_eq!(world.api("PATCH", "/branding", branding.clone()).await.json(), branding);
    let change = json!({ "colors": { "primary": "#000" }, "logo_url": null });
    let colors = json!({ "colors": { "primary": "#000", "page_background": "#ffffff" } });
    assert_eq!(world.api("PATCH", "/branding", change).await.json(), colors);
    let plain = world.api("PATCH", "/branding", json!({ "logo_url": "http://acme.example/logo.png" })).await;
    assert_eq!(plain.json()["errorCode"], "invalid_body");
}
