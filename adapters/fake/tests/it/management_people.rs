//! Users and members over the Management API.

use crate::support::{ISSUER, World, segment};
use axum::http::StatusCode;
use serde_json::{Value, json};

const NONE: Value = Value::Null;

fn error(status: u16, reason: &str, message: &str, code: Option<&str>) -> Value {
    let mut body = json!({ "statusCode": status, "error": reason, "message": message });
    if let Some(code) = code {
        body["errorCode"] = code.into();
    }
    body
}

#[tokio::test]
async fn members_are_added_listed_with_their_roles_and_removed() {
    let world = World::new();
    let (acme, other) = (world.organization("acme").await, world.organization("other").await);
    let path = format!("/organizations/{acme}/members");
    let mut users = Vec::new();
    for number in 0..5 {
        users.push(world.user(&format!("user{number}@example.com")).await);
    }
    let added = world.api("POST", &path, json!({ "members": users })).await;
    assert_eq!((added.status, added.body.as_str()), (StatusCode::NO_CONTENT, ""));
    assert_eq!(
        world.api("POST", &path, json!({ "members": [users[0]] })).await.status,
        StatusCode::NO_CONTENT
    );
    world.add_member(&other, &users[0]).await;

    let roles = world.api("GET", "/roles?name_filter=admin", NONE).await.json();
    assert_eq!(roles.as_array().unwrap().len(), 1);
    let role = roles[0]["id"].as_str().unwrap();
    let roles_path = format!("{path}/{}/roles", segment(&users[0]));
    for _ in 0..2 {
        let given = world.api("POST", &roles_path, json!({ "roles": [role] })).await;
        assert_eq!(given.status, StatusCode::NO_CONTENT);
    }
    assert_eq!(world.api("GET", &roles_path, NONE).await.json(), roles);

    let plain = world.api("GET", &path, NONE).await.json();
    let ann = plain.as_array().unwrap().iter().find(|item| item["user_id"] == users[0].as_str()).unwrap();
    assert_eq!(
        ann,
        &json!({
            "user_id": users[0],
            "email": "user0@example.com",
            "name": "user0@example.com",
            "picture": format!("{ISSUER}avatars/us.svg"),
        })
    );
    let page =
        world.api("GET", &format!("{path}?fields=user_id,roles&include_totals=true"), NONE).await.json();
    assert_eq!(page["total"], 5);
    for item in page["members"].as_array().unwrap() {
        let expected = if item["user_id"] == users[0].as_str() {
            json!([{ "id": role, "name": "Administrator" }])
        } else {
            json!([])
        };
        assert_eq!(item, &json!({ "user_id": item["user_id"], "roles": expected }));
    }
    let narrow = world.management_token(Some("read:organization_members")).await;
    let refused = world.api_with(&narrow, "GET", &format!("{path}?fields=roles"), NONE).await;
    assert_eq!(refused.json()["errorCode"], "insufficient_scope");

    let mut seen = Vec::new();
    let mut from = String::new();
    loop {
        let page = world.api("GET", &format!("{path}?take=2{from}"), NONE).await.json();
        let ids = page["members"].as_array().unwrap().iter().map(|item| item["user_id"].clone());
        seen.extend(ids.map(|id| id.as_str().unwrap().to_owned()));
        match page.get("next").and_then(Value::as_str) {
            Some(next) => from = format!("&from={next}"),
            None => break,
        }
    }
    seen.sort();
    let mut expected = users.clone();
    expected.sort();
    assert_eq!(seen, expected);
    let first = world.api("GET", &format!("{path}?take=2"), NONE).await.json();
    let foreign = format!("/organizations/{other}/members?take=2&from={}", first["next"].as_str().unwrap());
    assert_eq!(
        world.api("GET", &foreign, NONE).await.status,
        StatusCode::BAD_REQUEST,
        "another's checkpoint"
    );

    for _ in 0..2 {
        let removed = world.api("DELETE", &path, json!({ "members": [users[0], "auth0|nobody"] })).await;
        assert_eq!(removed.status, StatusCode::NO_CONTENT);
    }
    assert_eq!(world.api("GET", &roles_path, NONE).await.json(), json!([]));
    let back = world.api("GET", &format!("/users/{}/organizations", segment(&users[0])), NONE).await.json();
    assert_eq!(back.as_array().unwrap().len(), 1, "the other membership stays");
}

#[tokio::test]
async fn users_are_found_by_address_and_search() {
    let world = World::new();
    let ann = world.user("Ann@Example.com").await;
    world.user("bo@example.com").await;
    let by_email = async |email: &str| {
        world
            .api("GET", &format!("/users-by-email?email={email}"), NONE)
            .await
            .json()
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!((by_email("ann@example.com").await, by_email("Ann@example.com").await), (1, 0));
    let found =
        world.api("GET", "/users?q=email:%22ann@example.com%22&include_totals=true", NONE).await.json();
    assert_eq!((&found["total"], &found["length"]), (&json!(1), &json!(1)));
    assert_eq!(found["users"][0]["user_id"], ann);
    let wild = world.api("GET", "/users?q=email:ann*", NONE).await.json();
    assert_eq!((wild.as_array().unwrap().len(), &wild[0]["user_id"]), (1, &json!(ann)));

    let user = world.api("GET", &format!("/users/{}", segment(&ann)), NONE).await.json();
    assert_eq!(
        user["identities"],
        json!([{
            "connection": "Username-Password-Authentication",
            "user_id": ann.strip_prefix("auth0|").unwrap(),
            "provider": "auth0",
            "isSocial": false,
        }])
    );
    for absent in ["password", "last_login", "logins_count", "blocked", "app_metadata", "username"] {
        assert_eq!(user.get(absent), None, "{absent}");
    }
    let some = world.api("GET", &format!("/users/{}?fields=email,name", segment(&ann)), NONE).await.json();
    assert_eq!(some, json!({ "email": "ann@example.com", "name": "ann@example.com" }));
}

#[tokio::test]
async fn accounts_are_made_with_a_good_password_once() {
    let world = World::new();
    let make = async |changes: Value| {
        let mut body = json!({
            "connection": "Username-Password-Authentication", "email": "ann@example.com", "password": "correct Horse 1",
        });
        body.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        world.api("POST", "/users", body).await
    };
    assert_eq!(make(json!({ "password": "weak" })).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(make(json!({ "email": "no address" })).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(make(json!({ "connection": "google-oauth2" })).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(make(json!({ "admin": true })).await.status, StatusCode::BAD_REQUEST);
    let made = make(json!({ "user_id": "ann", "app_metadata": { "a": 1 } })).await;
    assert_eq!((made.status, &made.json()["user_id"]), (StatusCode::CREATED, &json!("auth0|ann")));
    let taken = error(409, "Conflict", "The user already exists.", Some("auth0_idp_error"));
    assert_eq!(make(json!({})).await.json(), taken);
    // Scopes: metadata alone is not the whole user.
    let narrow = world.management_token(Some("update:users_app_metadata")).await;
    let patch = async |body| world.api_with(&narrow, "PATCH", "/users/auth0%7Cann", body).await.status;
    assert_eq!(patch(json!({ "app_metadata": { "a": 2 } })).await, StatusCode::OK);
    assert_eq!(patch(json!({ "blocked": true })).await, StatusCode::FORBIDDEN);
}
