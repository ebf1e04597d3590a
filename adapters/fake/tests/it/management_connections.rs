//! Connections through the Management API: what is found about an issuer, who sees secrets, what is kept on a change.

use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use serde_json::{Value, json};

use crate::support::{APP, M2M, World};

const NONE: Value = Value::Null;

/// An issuer that only describes itself; answers its address.
async fn issuer(change: impl Fn(&mut Value)) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let issuer = format!("http://{}", listener.local_addr().unwrap());
    let mut document = json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "userinfo_endpoint": format!("{issuer}/userinfo"),
        "jwks_uri": format!("{issuer}/jwks"),
        "scopes_supported": ["openid", "email"],
    });
    change(&mut document);
    let text = document.to_string();
    let router = Router::new().route("/.well-known/openid-configuration", get(async move || text));
    tokio::spawn(async move { axum::serve(listener, router).await });
    issuer
}

fn oidc(name: &str, issuer: &str) -> Value {
    json!({
        "name": name,
        "strategy": "oidc",
        "options": {
            "type": "back_channel",
            "client_id": "abc",
            "client_secret": "s3cr3t",
            "discovery_url": format!("{issuer}/.well-known/openid-configuration"),
        },
    })
}

#[tokio::test]
async fn what_an_issuer_says_fills_what_is_left_open() {
    let world = World::new();
    let issuer = issuer(|_| {}).await;
    let mut body = oidc("entra", &issuer);
    body["options"]["userinfo_endpoint"] = "https://other.example/userinfo".into();
    let answer = world.api("POST", "/connections", body).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    let connection = answer.json();
    let options = &connection["options"];
    assert_eq!(options["token_endpoint"], format!("{issuer}/token"));
    assert_eq!(options["userinfo_endpoint"], "https://other.example/userinfo", "what was given stays");
    assert_eq!(options["oidc_metadata"]["scopes_supported"], json!(["openid", "email"]));
    assert_eq!(options["schema_version"], "oidc-V4");
    assert_eq!(options["connection_settings"], json!({ "pkce": "auto" }));
    assert_eq!((&connection["realms"], &connection["enabled_clients"]), (&json!(["entra"]), &json!([])));

    let domain = issuer.strip_prefix("http://").unwrap();
    let okta = json!({ "client_id": "abc", "client_secret": "s3cr3t", "domain": domain });
    let okta = json!({ "name": "okta", "strategy": "okta", "options": okta });
    let okta = world.api("POST", "/connections", okta).await.json();
    assert_eq!(okta["options"]["jwks_uri"], format!("{issuer}/jwks"), "{okta}");
}

#[tokio::test]
async fn an_issuer_that_does_not_describe_itself_is_refused() {
    let world = World::new();
    let nobody = "http://127.0.0.1:1".to_owned();
    let half = issuer(|document| {
        document.as_object_mut().unwrap().remove("jwks_uri");
    });
    let large = issuer(|document| document["padding"] = "x".repeat(200_000).into());
    for issuer in [nobody, half.await, large.await] {
        let answer = world.api("POST", "/connections", oidc("entra", &issuer)).await;
        assert_eq!(
            (answer.status, &answer.json()["errorCode"]),
            (StatusCode::BAD_REQUEST, &json!("invalid_body"))
        );
        assert!(answer.body.contains("The discovery document at"), "{}", answer.body);
    }
    let mut body = oidc("entra", "https://idp.example");
    body["options"].as_object_mut().unwrap().remove("discovery_url");
    let missing = world.api("POST", "/connections", body).await.json();
    assert_eq!(
        missing["message"],
        "Payload validation error: 'Missing required property: issuer' on property options."
    );
    assert_eq!(world.api("GET", "/connections?name=entra", NONE).await.json(), json!([]));
}

#[tokio::test]
async fn a_change_replaces_the_options_and_keeps_what_nobody_can_set() {
    let world = World::new();
    let issuer = issuer(|_| {}).await;
    let created = world.api("POST", "/connections", oidc("entra", &issuer)).await.json();
    let path = format!("/connections/{}", created["id"].as_str().unwrap());
    let change = json!({ "options": { "client_id": "def", "schema_version": "mine", "oidc_metadata": {} } });
    let changed = world.api("PATCH", &path, change).await.json();
    assert_eq!(changed["options"]["client_id"], "def");
    assert!(changed["options"].get("client_secret").is_none() && changed["options"].get("issuer").is_none());
    assert_eq!(changed["options"]["schema_version"], "oidc-V4");
    assert_eq!(changed["options"]["oidc_metadata"], created["options"]["oidc_metadata"]);
    assert_eq!((&changed["name"], &changed["strategy"]), (&json!("entra"), &json!("oidc")));

    for property in ["name", "strategy"] {
        let refused = world.api("PATCH", &path, json!({ property: "oidc" })).await.json();
        let message = format!("Payload validation error: 'Additional properties not allowed: {property}'.");
        assert_eq!(refused["message"], message);
    }
    let plain = world.api("PATCH", &path, json!({ "display_name": "Entra" })).await.json();
    assert_eq!((&plain["display_name"], &plain["options"]), (&json!("Entra"), &changed["options"]));
}

#[tokio::test]
async fn options_are_for_those_who_may_read_them() {
    let world = World::new();
    let created = world.api("POST", "/connections", oidc("entra", &issuer(|_| {}).await)).await.json();
    let path = format!("/connections/{}", created["id"].as_str().unwrap());
    assert_eq!(world.api("GET", &path, NONE).await.json()["options"]["client_secret"], "s3cr3t");
    let reader = world.management_token(Some("read:connections")).await;
    for path in [path.as_str(), "/connections"] {
        assert!(!world.api_with(&reader, "GET", path, NONE).await.body.contains("\"options\""), "{path}");
    }
    let writer = world.management_token(Some("update:connections")).await;
    let refused = world.api_with(&writer, "PATCH", &path, json!({ "options": {} })).await;
    assert_eq!(refused.json()["message"], "Insufficient scope, expected any of: update:connections_options");
    let changed = world.api_with(&writer, "PATCH", &path, json!({ "show_as_button": true })).await;
    assert_eq!((changed.status, changed.body.contains("s3cr3t")), (StatusCode::OK, false));
}

#[tokio::test]
async fn a_database_connection_has_auth0s_rules() {
    let world = World::new();
    let created =
        world.api("POST", "/connections", json!({ "name": "people", "strategy": "auth0" })).await.json();
    assert_eq!(created["options"]["passwordPolicy"], "good");
    assert_eq!(created["options"]["brute_force_protection"], true);
    let active = json!({ "email": { "identifier": { "active": true } } });
    for (options, message) in [
        (
            json!({ "attributes": active, "requires_username": true }),
            "Cannot set both options.attributes and options.requires_username",
        ),
        (json!({ "attributes": { "email": {} } }), "attributes must contain one active identifier"),
    ] {
        let body = json!({ "name": "others", "strategy": "auth0", "options": options });
        let refused = world.api("POST", "/connections", body).await.json();
        assert_eq!((&refused["message"], &refused["errorCode"]), (&json!(message), &json!("invalid_body")));
    }
    for name in ["-a", "a--b", "a_b", ""] {
        let refused = world.api("POST", "/connections", json!({ "name": name, "strategy": "auth0" })).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{name}");
    }
    let twice = world.api("POST", "/connections", json!({ "name": "people", "strategy": "auth0" })).await;
    assert_eq!((twice.status, twice.json().get("errorCode")), (StatusCode::CONFLICT, None));
}

#[tokio::test]
async fn a_connection_is_enabled_for_clients_and_takes_its_people_with_it() {
    let world = World::new();
    let database = world.connection_id("Username-Password-Authentication").await;
    let clients = format!("/connections/{database}/clients");
    let app = world.client(APP).0;
    let mut both = [app.clone(), world.client(M2M).0];
    both.sort();
    let listed = both.clone().map(|client_id| json!({ "client_id": client_id }));
    assert_eq!(world.api("GET", &clients, NONE).await.json(), json!({ "clients": listed }));
    let off: Value = both.map(|client_id| json!({ "client_id": client_id, "status": false })).to_vec().into();
    assert_eq!(world.api("PATCH", &clients, off).await.status, StatusCode::NO_CONTENT);
    assert_eq!(world.api("GET", &clients, NONE).await.json(), json!({ "clients": [] }));
    let many: Vec<Value> =
        (0..51).map(|n| json!({ "client_id": format!("c{n}"), "status": false })).collect();
    assert_eq!(world.api("PATCH", &clients, many.into()).await.json()["errorCode"], "invalid_body");

    let bo = json!({
        "connection": "Username-Password-Authentication", "email": "bo@example.com", "password": "correct Horse 1",
    });
    let refused = world.api("POST", "/users", bo).await;
    assert_eq!(refused.json()["message"], "The connection is disabled", "nobody may use it");
    let on = json!([{ "client_id": app, "status": true }]);
    assert_eq!(world.api("PATCH", &clients, on).await.status, StatusCode::NO_CONTENT);

    let user = world.user("ann@example.com").await;
    let acme = world.organization("acme").await;
    world.add_member(&acme, &user).await;
    let path = format!("/connections/{database}");
    let deleted = world.api("DELETE", &path, NONE).await;
    assert_eq!((deleted.status, deleted.json()["deleted_at"].is_string()), (StatusCode::ACCEPTED, true));
    assert_eq!(world.api("DELETE", &path, NONE).await.status, StatusCode::NO_CONTENT);
    let user = format!("/users/{}", crate::support::segment(&user));
    assert_eq!(world.api("GET", &user, NONE).await.status, StatusCode::NOT_FOUND);
    let enabled = world.api("GET", &format!("/organizations/{acme}/enabled_connections"), NONE).await;
    assert_eq!(enabled.json(), json!([]));
    let again = json!({ "name": "Username-Password-Authentication", "strategy": "auth0" });
    assert_eq!(
        world.api("POST", "/connections", again).await.status,
        StatusCode::CREATED,
        "the name is free"
    );
}

#[tokio::test]
async fn a_scim_token_is_shown_once_and_there_are_two_at_most() {
    let world = World::new();
    let path = format!("/connections/{}/scim-configuration", world.connection_id("acme-entra").await);
    assert_eq!(world.api("GET", &path, NONE).await.json()["message"], "Not Found");
    let configuration = world.api("POST", &path, NONE).await.json();
    assert_eq!(configuration["connection_name"], "acme-entra");
    assert_eq!(configuration["mapping"][0], json!({ "scim": "userName", "auth0": "preferred_username" }));
    assert_eq!(configuration["user_id_attribute"], "externalId");
    let default = world.api("GET", &format!("{path}/default-mapping"), NONE).await.json();
    assert_eq!(default["mapping"], configuration["mapping"]);

    let tokens = format!("{path}/tokens");
    let token = world.api("POST", &tokens, json!({ "scopes": ["get:users", "post:users"] })).await.json();
    let (id, secret) = (token["token_id"].as_str().unwrap(), token["token"].as_str().unwrap());
    assert!(secret.strip_prefix(id).unwrap().len() == 65 && secret[id.len()..].starts_with('.'), "{secret}");
    let listed = world.api("GET", &tokens, NONE).await;
    assert!(!listed.body.contains(secret));
    assert_eq!(listed.json()[0]["scopes"], json!(["get:users", "post:users"]));
    world.api("POST", &tokens, json!({})).await;
    let third = world.api("POST", &tokens, json!({})).await;
    assert_eq!(third.status, StatusCode::CONFLICT);
    assert_eq!(world.api("DELETE", &format!("{tokens}/{id}"), NONE).await.status, StatusCode::NO_CONTENT);
    assert_eq!(world.api("GET", &tokens, NONE).await.json().as_array().unwrap().len(), 1);

    let database = world.connection_id("Username-Password-Authentication").await;
    let refused = world.api("GET", &format!("/connections/{database}/scim-configuration"), NONE).await.json();
    assert!(refused["message"].as_str().unwrap().starts_with("This connection type does not support SCIM"));
    assert_eq!(world.get("/scim/v2/connections/con_x/Users").await.status, StatusCode::NOT_IMPLEMENTED);
}
