//! What changes for somebody who logs in when the Management API changes their account.

use crate::browser::Browser;
use crate::support::{APP, PASSWORD, World, parameter, segment};
use axum::http::StatusCode;
use serde_json::{Value, json};

const NONE: Value = Value::Null;
const DATABASE: &str = "Username-Password-Authentication";

async fn is_logged_in(world: &World, browser: &mut Browser) -> bool {
    let answer = browser.get(world, &world.authorize(&[("prompt", "none")])).await;
    parameter(&answer.callback(), "code").is_some()
}

#[tokio::test]
async fn whoever_is_blocked_or_gets_another_password_is_logged_out() {
    let world = World::new();
    let ann = world.user("ann@example.com").await;
    let path = format!("/users/{}", segment(&ann));
    for (change, ends) in [
        (json!({ "name": "Ann" }), false),
        (json!({ "blocked": false }), false),
        (json!({ "password": PASSWORD }), true),
        (json!({ "blocked": true }), true),
    ] {
        let mut browser = Browser::default();
        browser.log_in(&world, "ann@example.com", &[]).await.callback();
        assert_eq!(world.api("PATCH", &path, change.clone()).await.status, StatusCode::OK);
        assert_eq!(is_logged_in(&world, &mut browser).await, !ends, "{change}");
    }
    let refused = Browser::default().log_in(&world, "ann@example.com", &[]).await;
    assert_eq!(refused.refusal().0, "unauthorized");
}

#[tokio::test]
async fn a_linked_account_logs_in_to_the_other_until_it_is_unlinked() {
    let world = World::new();
    let (ann, bo) = (world.user("ann@example.com").await, world.user("bo@example.com").await);
    let path = format!("/users/{}/identities", segment(&ann));
    let id = bo.strip_prefix("auth0|").unwrap();
    let linked = world.api("POST", &path, json!({ "provider": "auth0", "user_id": id })).await;
    assert_eq!(linked.status, StatusCode::CREATED);
    let identities = linked.json();
    assert_eq!(identities[0]["profileData"], json!({ "email": "ann@example.com", "email_verified": false }));
    assert_eq!(identities[1]["user_id"], id);
    let sub = async |email: &str| {
        let answer = Browser::default().log_in(&world, email, &[]).await;
        world.id_token(&answer.callback()).await["sub"].clone()
    };
    assert_eq!(sub("bo@example.com").await, ann, "the other's password leads to the one account");
    let user = world.api("GET", &format!("/users/{}", segment(&ann)), NONE).await.json();
    assert_eq!(user["identities"][0].get("profileData"), None);
    assert_eq!(user["identities"][1]["profileData"]["email"], "bo@example.com");
    assert_eq!(
        world.api("GET", &format!("/users/{}", segment(&bo)), NONE).await.status,
        StatusCode::NOT_FOUND
    );
    let taken = json!({ "connection": DATABASE, "email": "bo@example.com", "password": PASSWORD });
    assert_eq!(world.api("POST", "/users", taken).await.status, StatusCode::CONFLICT);
    let again = world.api("POST", &path, json!({ "provider": "auth0", "user_id": id })).await;
    assert_eq!(again.json()["message"], "Specified identity already exists.");
    let change = json!({ "connection": "google-oauth2", "email_verified": true });
    assert_eq!(
        world.api("PATCH", &format!("/users/{}", segment(&ann)), change).await.status,
        StatusCode::BAD_REQUEST,
        "no identity there"
    );

    let left = world.api("DELETE", &format!("{path}/auth0/{id}"), NONE).await;
    assert_eq!((left.status, left.json().as_array().unwrap().len()), (StatusCode::OK, 1));
    assert_eq!(sub("bo@example.com").await, bo);
    assert_eq!(sub("ann@example.com").await, ann);
}

#[tokio::test]
async fn sessions_and_refresh_tokens_are_shown_and_ended() {
    let world = World::new();
    let ann = world.user("ann@example.com").await;
    let mut browsers = [Browser::default(), Browser::default()];
    let mut sids = Vec::new();
    let mut tokens = Vec::new();
    for browser in &mut browsers {
        let answer = browser.log_in(&world, "ann@example.com", &[("scope", "openid offline_access")]).await;
        let answer = world.redeem(&parameter(&answer.callback(), "code").unwrap()).await.json();
        let claims = crate::support::claims(answer["id_token"].as_str().unwrap());
        sids.push(claims["sid"].as_str().unwrap().to_owned());
        tokens.push(answer["refresh_token"].as_str().unwrap().to_owned());
    }
    let path = format!("/users/{}", segment(&ann));
    let page = world.api("GET", &format!("{path}/sessions?include_totals=true&take=1"), NONE).await.json();
    let next = page["next"].as_str().unwrap();
    let rest = world.api("GET", &format!("{path}/sessions?take=1&from={next}"), NONE).await.json();
    assert_eq!((page["sessions"].as_array().unwrap().len(), rest.get("next")), (1, None));
    let session = world.api("GET", &format!("/sessions/{}", sids[0]), NONE).await.json();
    assert_eq!((&session["id"], &session["user_id"]), (&json!(sids[0]), &json!(ann)));
    assert_eq!(session["authentication"]["methods"][0]["name"], "pwd");
    assert_eq!(session["clients"], json!([{ "client_id": world.client(APP).0 }]));
    assert_eq!(session["device"]["initial_ip"], "127.0.0.1");
    assert_eq!(session["expires_at"], "2026-03-09T10:00:00.000Z", "168 hours later");
    assert_eq!(session["idle_expires_at"], "2026-03-05T10:00:00.000Z", "72 hours later");

    let listed = world.api("GET", &format!("{path}/refresh-tokens"), NONE).await.json();
    let of_session = |sid: &str| {
        let tokens = listed["tokens"].as_array().unwrap().clone();
        tokens.into_iter().find(|token| token["session_id"] == sid).unwrap()
    };
    assert_eq!(listed["tokens"].as_array().unwrap().len(), 2);
    assert_eq!(of_session(&sids[0])["rotating"], false);
    let refreshed = async |token: &str| {
        let fields = [("grant_type", "refresh_token"), ("refresh_token", token)];
        world.token(APP, &fields).await.status
    };
    assert_eq!(
        world.api("POST", &format!("/sessions/{}/revoke", sids[0]), NONE).await.status,
        StatusCode::ACCEPTED
    );
    assert!(!is_logged_in(&world, &mut browsers[0]).await);
    assert!(is_logged_in(&world, &mut browsers[1]).await);
    assert_eq!(refreshed(&tokens[0]).await, StatusCode::FORBIDDEN);
    assert_eq!(refreshed(&tokens[1]).await, StatusCode::OK);
    let keeping = json!({ "preserve_refresh_tokens": true });
    assert_eq!(
        world.api("POST", &format!("{path}/revoke-access"), keeping).await.status,
        StatusCode::ACCEPTED
    );
    assert!(!is_logged_in(&world, &mut browsers[1]).await);
    assert_eq!(refreshed(&tokens[1]).await, StatusCode::OK);
    assert_eq!(
        world.api("DELETE", &format!("{path}/refresh-tokens"), NONE).await.status,
        StatusCode::ACCEPTED
    );
    assert_eq!(refreshed(&tokens[1]).await, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_role_that_is_deleted_is_nobodys() {
    let world = World::new();
    let (ann, acme) = (world.user("ann@example.com").await, world.organization("acme").await);
    world.add_member(&acme, &ann).await;
    let role = world.api("POST", "/roles", json!({ "name": "Auditor" })).await;
    assert_eq!(role.status, StatusCode::OK);
    let role = role.json();
    assert_eq!(role["description"], "");
    let id = role["id"].as_str().unwrap();
    let tenant_wide = format!("/users/{}/roles", segment(&ann));
    let inside = format!("/organizations/{acme}/members/{}/roles", segment(&ann));
    for path in [&tenant_wide, &inside] {
        assert_eq!(world.api("POST", path, json!({ "roles": [id] })).await.status, StatusCode::NO_CONTENT);
        assert_eq!(world.api("GET", path, NONE).await.json()[0]["id"], id);
    }
    let deleted = world.api("DELETE", &format!("/roles/{id}"), NONE).await;
    assert_eq!((deleted.status, deleted.json()), (StatusCode::OK, json!({})));
    for path in [&tenant_wide, &inside] {
        assert_eq!(world.api("GET", path, NONE).await.json(), json!([]), "{path}");
    }
}

#[tokio::test]
async fn the_logs_tell_what_was_done_and_lead_on() {
    let world = World::new();
    let ann = world.user("ann@example.com").await;
    world.clock.advance(std::time::Duration::from_secs(1));
    Browser::default().log_in(&world, "ann@example.com", &[]).await.callback();
    world.clock.advance(std::time::Duration::from_secs(1));
    world.api("DELETE", &format!("/users/{}", segment(&ann)), NONE).await;
    let kinds = |logs: &Value| {
        let kinds = logs.as_array().unwrap().iter().map(|entry| entry["type"].as_str().unwrap().to_owned());
        kinds.collect::<Vec<_>>()
    };
    let logs = world.api("GET", &format!("/users/{}/logs", segment(&ann)), NONE).await.json();
    assert_eq!(kinds(&logs), ["sdu", "s", "ss"], "the latest first");
    assert_eq!(logs[0]["user_name"], "ann@example.com");
    assert_eq!(logs[0]["organization_id"], NONE, "null, not absent");
    assert_eq!(logs[1]["client_name"], APP);
    let found = world.api("GET", "/logs?q=type:s%20AND%20user_name:ANN*", NONE).await.json();
    assert_eq!(kinds(&found), ["s"]);
    let first = logs[2]["log_id"].as_str().unwrap();
    let onward = world.api("GET", &format!("/logs?from={first}&take=1"), NONE).await;
    assert_eq!(kinds(&onward.json()), ["s"], "the next one");
    let one = world.api("GET", &format!("/logs/{first}"), NONE).await.json();
    assert_eq!((&one["_id"], &one["type"]), (&json!(first), &json!("ss")));
}
