//! APIs and what clients may do at them, through the Management API.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::support::{ISSUER, M2M, World};

const NONE: Value = Value::Null;

async fn api(world: &World, identifier: &str, scopes: &[&str]) -> Value {
    let scopes: Vec<Value> = scopes.iter().map(|scope| json!({ "value": scope })).collect();
    let answer =
        world.api("POST", "/resource-servers", json!({ "identifier": identifier, "scopes": scopes })).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    answer.json()
}

#[tokio::test]
async fn the_management_api_is_an_api_that_stays() {
    let world = World::new();
    let servers = world.api("GET", "/resource-servers?include_totals=true", NONE).await.json();
    assert_eq!((&servers["total"], &servers["resource_servers"][0]["is_system"]), (&json!(1), &json!(true)));
    let management = &servers["resource_servers"][0];
    assert_eq!(management["identifier"], format!("{ISSUER}api/v2/"));
    let scopes: Vec<&str> = management["scopes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|scope| scope["value"].as_str().unwrap())
        .collect();
    for scope in ["read:users", "create:client_grants", "read:connections_options", "update:client_keys"] {
        assert!(scopes.contains(&scope), "{scope}");
    }
    let path = format!("/resource-servers/{}", management["id"].as_str().unwrap());
    assert_eq!(world.api("GET", &path, NONE).await.json(), *management);
    let by_identifier = "/resource-servers/http:%2F%2F127.0.0.1:4400%2Fapi%2Fv2%2F";
    assert_eq!(world.api("GET", by_identifier, NONE).await.json(), *management);
    assert_eq!(world.api("DELETE", &path, NONE).await.json()["errorCode"], "operation_not_supported");
    assert_eq!(world.api("GET", &path, NONE).await.status, StatusCode::OK);
}

#[tokio::test]
async fn an_api_without_settings_has_auth0s() {
    let world = World::new();
    let server = api(&world, "https://api.example/", &["read:things"]).await;
    assert_eq!(server["id"].as_str().unwrap().len(), 24);
    assert_eq!((&server["token_lifetime"], &server["signing_alg"]), (&json!(86_400), &json!("RS256")));
    assert_eq!(server["subject_type_authorization"]["client"]["policy"], "require_client_grant");
    assert!(server.get("signing_secret").is_none());
    let twice = world.api("POST", "/resource-servers", json!({ "identifier": "https://api.example/" })).await;
    assert_eq!(twice.status, StatusCode::CONFLICT);
    let path = format!("/resource-servers/{}", server["id"].as_str().unwrap());
    let symmetric = world.api("PATCH", &path, json!({ "signing_alg": "HS256" })).await.json();
    assert!(symmetric["signing_secret"].as_str().unwrap().len() >= 16);
    let asymmetric = world.api("PATCH", &path, json!({ "signing_alg": "RS256", "scopes": [] })).await.json();
    assert!(asymmetric.get("signing_secret").is_none());
    assert_eq!(asymmetric["scopes"], json!([]));
}

#[tokio::test]
async fn a_grant_is_for_scopes_that_the_api_has() {
    let world = World::new();
    let server = api(&world, "https://api.example/", &["read:things", "write:things"]).await;
    let (client_id, _) = world.client(M2M);
    let body = |scope: &[&str]| json!({ "client_id": client_id, "audience": "https://api.example/", "scope": scope });
    let refused = world.api("POST", "/client-grants", body(&["delete:things"])).await;
    assert_eq!(refused.json()["errorCode"], "invalid_body");
    let grant = world.api("POST", "/client-grants", body(&["read:things"])).await;
    assert_eq!(grant.status, StatusCode::CREATED, "{}", grant.body);
    let grant = grant.json();
    assert_eq!((&grant["scope"], &grant["subject_type"]), (&json!(["read:things"]), &json!("client")));
    assert_eq!(world.api("POST", "/client-grants", body(&[])).await.status, StatusCode::CONFLICT);
    let path = format!("/client-grants/{}", grant["id"].as_str().unwrap());
    let changed =
        world.api("PATCH", &path, json!({ "scope": ["write:things"], "allow_any_organization": true })).await;
    assert_eq!(changed.json()["scope"], json!(["write:things"]));
    let any = "/clients?q=client_grant.allow_any_organization:true&fields=client_id";
    assert_eq!(world.api("GET", any, NONE).await.json(), json!([{ "client_id": client_id }]));
    let of_client = format!("/client-grants?client_id={client_id}&include_totals=true");
    assert_eq!(world.api("GET", &of_client, NONE).await.json()["total"], 2);

    let roles = world.api("GET", "/roles?name_filter=Employee", NONE).await.json();
    let permissions = format!("/roles/{}/permissions", roles[0]["id"].as_str().unwrap());
    let permission =
        json!({ "resource_server_identifier": "https://api.example/", "permission_name": "read:things" });
    let given = world.api("POST", &permissions, json!({ "permissions": [permission] })).await;
    assert_eq!(given.status, StatusCode::CREATED, "{}", given.body);

    let server = format!("/resource-servers/{}", server["id"].as_str().unwrap());
    assert_eq!(world.api("DELETE", &server, NONE).await.status, StatusCode::NO_CONTENT);
    assert_eq!(world.api("GET", &path, NONE).await.json()["errorCode"], "inexistent_client_grant");
    api(&world, "https://api.example/", &["read:things"]).await;
    let left = world.api("GET", &permissions, NONE).await.json();
    assert_eq!(left, json!([]), "another API of the same name is not what was permitted");
}

#[tokio::test]
async fn the_organizations_of_a_grant_are_listed() {
    let world = World::new();
    api(&world, "https://api.example/", &["read:things"]).await;
    let (client_id, _) = world.client(M2M);
    let body = json!({
        "client_id": client_id,
        "audience": "https://api.example/",
        "scope": ["read:things"],
        "organization_usage": "allow",
    });
    let grant = world.api("POST", "/client-grants", body).await.json();
    let (acme, _) = (world.organization("acme").await, world.organization("beta").await);
    let attach = json!({ "grant_id": grant["id"] });
    let attached = world.api("POST", &format!("/organizations/{acme}/client-grants"), attach).await;
    assert_eq!(attached.status, StatusCode::CREATED, "{}", attached.body);
    let path = format!("/client-grants/{}", grant["id"].as_str().unwrap());
    let organizations = world.api("GET", &format!("{path}/organizations?take=50"), NONE).await.json();
    assert_eq!(organizations["organizations"].as_array().unwrap().len(), 1);
    assert_eq!(organizations["organizations"][0]["id"], acme.as_str());
    let clients = format!("/clients?q=client_grant.organization_id:{acme}&fields=client_id");
    assert_eq!(world.api("GET", &clients, NONE).await.json(), json!([{ "client_id": client_id }]));
    assert_eq!(world.api("DELETE", &path, NONE).await.status, StatusCode::NO_CONTENT);
    let left = world.api("GET", &format!("/organizations/{acme}/client-grants"), NONE).await;
    assert_eq!(left.json(), json!([]));
}
