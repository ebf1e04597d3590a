//! Applications through the Management API: what a new one has, who sees its secret, and what goes when it goes.

use crate::support::{M2M, World};
use axum::http::StatusCode;
use serde_json::{Value, json};

const NONE: Value = Value::Null;

async fn created(world: &World, body: Value) -> Value {
    let answer = world.api("POST", "/clients", body).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    answer.json()
}

#[tokio::test]
async fn a_client_without_settings_has_auth0s() {
    let world = World::new();
    let client = created(&world, json!({ "name": "Portal" })).await;
    assert_eq!(client["client_id"].as_str().unwrap().len(), 32);
    assert_eq!(client["client_secret"].as_str().unwrap().len(), 64);
    assert_eq!(
        client["grant_types"],
        json!(["authorization_code", "implicit", "refresh_token", "client_credentials"])
    );
    assert_eq!(client["jwt_configuration"]["lifetime_in_seconds"], 36_000);
    assert_eq!((&client["is_first_party"], &client["oidc_conformant"]), (&json!(true), &json!(false)));
    assert_eq!(client["refresh_token"]["rotation_type"], "non-rotating");
    assert!(client.get("callbacks").is_none() && client.get("app_type").is_none());

    let public = json!({ "name": "App", "app_type": "spa", "token_endpoint_auth_method": "none" });
    let public = created(&world, public).await;
    assert_eq!(public["grant_types"], json!(["authorization_code", "implicit", "refresh_token"]));
}

#[tokio::test]
async fn a_secret_is_for_those_who_may_read_keys() {
    let world = World::new();
    let client = created(&world, json!({ "name": "Portal" })).await;
    let path = format!("/clients/{}", client["client_id"].as_str().unwrap());
    assert_eq!(world.api("GET", &path, NONE).await.json()["client_secret"], client["client_secret"]);
    let reader = world.management_token(Some("read:clients")).await;
    for path in [path.as_str(), "/clients"] {
        assert!(!world.api_with(&reader, "GET", path, NONE).await.body.contains("client_secret"), "{path}");
    }
    let summary = world.management_token(Some("read:client_summary")).await;
    let shown = world.api_with(&summary, "GET", &path, NONE).await.json();
    assert_eq!(shown["name"], "Portal");
    assert!(shown.get("client_secret").is_none() && shown.get("grant_types").is_none(), "{shown}");

    let rotated = world.api("POST", &format!("{path}/rotate-secret"), NONE).await.json();
    assert_ne!(rotated["client_secret"], client["client_secret"]);
    assert_eq!(rotated["client_id"], client["client_id"]);

    let changed = json!({ "client_secret": "a secret of one's own" });
    let writer = world.management_token(Some("update:clients")).await;
    let refused = world.api_with(&writer, "PATCH", &path, changed.clone()).await;
    assert_eq!(refused.json()["message"], "Insufficient scope, expected any of: update:client_keys");
    assert_eq!(world.api("PATCH", &path, changed).await.json()["client_secret"], "a secret of one's own");
}

#[tokio::test]
async fn a_change_replaces_removes_and_merges_as_auth0_does() {
    let world = World::new();
    let client = json!({
        "name": "Portal",
        "callbacks": ["https://a.example/"],
        "organization_usage": "require",
        "client_metadata": { "foo": "zoo", "bar": "baz" },
        "jwt_configuration": { "alg": "RS256" },
    });
    let client = created(&world, client).await;
    assert_eq!(client["jwt_configuration"]["lifetime_in_seconds"], 36_000, "what was not said stays");
    let path = format!("/clients/{}", client["client_id"].as_str().unwrap());
    let change = json!({
        "callbacks": ["https://b.example/"],
        "organization_usage": null,
        "client_metadata": { "bar": null, "foo": "newFoo", "newBar": "newBaz" },
    });
    let changed = world.api("PATCH", &path, change).await.json();
    assert_eq!(changed["callbacks"], json!(["https://b.example/"]));
    assert_eq!(changed["client_metadata"], json!({ "foo": "newFoo", "newBar": "newBaz" }));
    assert!(changed.get("organization_usage").is_none());
    assert_eq!((&changed["name"], &changed["client_secret"]), (&json!("Portal"), &client["client_secret"]));
}

#[tokio::test]
async fn addresses_take_the_organizations_name_as_auth0_does() {
    let world = World::new();
    for (property, address) in [
        ("callbacks", "https://my-{organization_name}.example/"),
        ("callbacks", "not an address"),
        ("callbacks", "https://{organization.metadata.public_host}/"),
        ("allowed_logout_urls", "https://{organization_name}.example/"),
    ] {
        let answer = world.api("POST", "/clients", json!({ "name": "Portal", property: [address] })).await;
        let message = format!(
            "Payload validation error: 'Object didn't pass validation for format absolute-uri-or-empty: {address}' on \
             property {property}[0]."
        );
        assert_eq!(
            (answer.status, answer.json()["message"].clone()),
            (StatusCode::BAD_REQUEST, json!(message))
        );
    }
    let plain = json!({ "name": "Portal", "initiate_login_uri": "http://app.example/login" });
    assert_eq!(world.api("POST", "/clients", plain).await.json()["errorCode"], "invalid_body");
    assert_eq!(
        world.api("GET", "/clients", NONE).await.json().as_array().unwrap().len(),
        2,
        "nothing was written"
    );
}

#[tokio::test]
async fn a_client_takes_its_grants_with_it() {
    let world = World::new();
    let client = created(&world, json!({ "name": "Job" })).await;
    let id = client["client_id"].as_str().unwrap();
    let audience = format!("{}api/v2/", crate::support::ISSUER);
    let grant = json!({ "client_id": id, "audience": audience, "scope": ["read:users"] });
    let grant = world.api("POST", "/client-grants", grant).await.json();
    let grant = format!("/client-grants/{}", grant["id"].as_str().unwrap());
    let connection = world.connection_id("Username-Password-Authentication").await;
    let clients = format!("/connections/{connection}/clients");
    world.api("PATCH", &clients, json!([{ "client_id": id, "status": true }])).await;

    assert_eq!(world.api("DELETE", &format!("/clients/{id}"), NONE).await.status, StatusCode::NO_CONTENT);
    assert_eq!(world.api("DELETE", &format!("/clients/{id}"), NONE).await.status, StatusCode::NO_CONTENT);
    let gone = world.api("GET", &format!("/clients/{id}"), NONE).await;
    assert_eq!(gone.json()["errorCode"], "inexistent_client");
    assert_eq!(world.api("GET", &grant, NONE).await.status, StatusCode::NOT_FOUND);
    assert!(!world.api("GET", &clients, NONE).await.body.contains(id));
}

#[tokio::test]
async fn clients_are_listed_by_page_and_by_checkpoint() {
    let world = World::new();
    for n in 0..5 {
        created(&world, json!({ "name": format!("Job {n}"), "app_type": "native" })).await;
    }
    let page = world.api("GET", "/clients?page=1&per_page=2&include_totals=true", NONE).await.json();
    assert_eq!((&page["start"], &page["limit"], &page["total"]), (&json!(2), &json!(2), &json!(7)));
    assert_eq!(page["clients"].as_array().unwrap().len(), 2);
    let native = world.api("GET", "/clients?app_type=native,spa&fields=name", NONE).await.json();
    assert_eq!(native.as_array().unwrap().len(), 5);
    assert_eq!(native[0].as_object().unwrap().keys().collect::<Vec<_>>(), ["name"]);

    let (mut seen, mut from) = (Vec::new(), String::new());
    loop {
        let page = world.api("GET", &format!("/clients?take=3{from}"), NONE).await.json();
        seen.extend(page["clients"].as_array().unwrap().iter().map(|client| client["client_id"].clone()));
        match page["next"].as_str() {
            Some(next) => from = format!("&from={next}"),
            None => break,
        }
    }
    assert_eq!(seen.len(), 7);
    let (service, _) = world.client(M2M);
    assert!(seen.contains(&json!(service)));
    assert_eq!(world.api("GET", "/clients?is_global=true", NONE).await.json(), json!([]));
}
