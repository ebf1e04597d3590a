//! Who may call the Management API, and what is answered for what is not there.

use std::time::Duration;

use crate::browser::Browser;
use crate::support::{APP, ISSUER, M2M, World, claims, parameter, segment};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
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
async fn who_may_not_is_told_why() {
    let world = World::new();
    let send = async |authorization: Option<&str>| {
        let mut request = Request::get("/api/v2/roles");
        if let Some(authorization) = authorization {
            request = request.header(header::AUTHORIZATION, authorization);
        }
        world.send(request.body(Body::empty()).unwrap()).await.json()
    };
    assert_eq!(send(None).await["statusCode"], 401);
    assert_eq!(
        send(Some("token")).await,
        error(400, "Bad Request", "Bad HTTP authentication header format", None)
    );
    let token = world.management_token(None).await;
    let forged = format!("Bearer {}AAAA", &token[..token.len() - 4]);
    assert_eq!(send(Some(&forged)).await, error(401, "Unauthorized", "Invalid token.", None));

    let code =
        parameter(&Browser::default().sign_up(&world, "ann@example.com").await.callback(), "code").unwrap();
    let tokens = world.redeem(&code).await.json();
    let bad_audience = format!("Bad audience: {}", world.client(APP).0);
    for (token, message) in [("access_token", "Invalid token."), ("id_token", bad_audience.as_str())] {
        let answer = send(Some(&format!("Bearer {}", tokens[token].as_str().unwrap()))).await;
        assert_eq!(answer, error(401, "Unauthorized", message, None));
    }
    let narrow = world.management_token(Some("read:users")).await;
    let answer = world.api_with(&narrow, "GET", "/roles", NONE).await;
    let message = "Insufficient scope, expected any of: read:roles";
    assert_eq!(answer.json(), error(403, "Forbidden", message, Some("insufficient_scope")));

    world.clock.advance(Duration::from_hours(24));
    let message = "Expired token received for JSON Web Token validation";
    assert_eq!(send(Some(&format!("Bearer {token}"))).await, error(401, "Unauthorized", message, None));
}

#[tokio::test]
async fn a_machine_gets_a_token_for_what_it_was_granted() {
    let world = World::new();
    let token = claims(&world.management_token(Some("read:users read:roles read:flows")).await);
    let (client_id, _) = world.client(M2M);
    let audience = format!("{ISSUER}api/v2/");
    assert_eq!(token["sub"], format!("{client_id}@clients"));
    assert_eq!((&token["azp"], &token["aud"]), (&json!(client_id), &json!(audience)));
    assert_eq!(
        (&token["gty"], &token["scope"]),
        (&json!("client-credentials"), &json!("read:users read:roles"))
    );
    let ask = async |client: &str, audience: &str| {
        let fields = [("grant_type", "client_credentials"), ("audience", audience)];
        let answer = world.token(client, &fields).await;
        (answer.status, answer.json()["error"].as_str().unwrap().to_owned())
    };
    let forbidden = |error: &str| (StatusCode::FORBIDDEN, error.to_owned());
    assert_eq!(ask(M2M, "https://other.example/").await, forbidden("access_denied"));
    assert_eq!(ask(APP, &audience).await, forbidden("unauthorized_client"));
}

#[tokio::test]
async fn what_is_unknown_is_404_and_removing_it_is_as_auth0_does() {
    let world = World::new();
    let acme = world.organization("acme").await;
    let user = error(404, "Not Found", "The user does not exist.", Some("inexistent_user"));
    let nobody = "auth0%7Cnobody";
    let members = format!("/organizations/{acme}/members");
    assert_eq!(world.api("GET", &format!("/users/{nobody}"), NONE).await.json(), user);
    assert_eq!(world.api("PATCH", &format!("/users/{nobody}"), json!({})).await.json(), user);
    assert_eq!(world.api("POST", &members, json!({ "members": ["auth0|nobody"] })).await.json(), user);
    assert_eq!(world.api("GET", &format!("{members}/{nobody}/roles"), NONE).await.json(), user);
    let role = world.api("GET", "/roles/rol_nope", NONE).await.json();
    assert_eq!(role, error(404, "Not Found", "The role does not exist.", None));
    let connection = world.api("GET", "/connections/con_nope", NONE).await.json();
    let expected = error(404, "Not Found", "The connection does not exist", Some("inexistent_connection"));
    assert_eq!(connection, expected);
    let enabled = format!("/organizations/{acme}/enabled_connections");
    let unknown = world.api("POST", &enabled, json!({ "connection_id": "con_nope" })).await.json();
    assert_eq!(unknown, error(404, "Not Found", "No connection found by that id", None));

    let entra = world.connection_id("acme-entra").await;
    for (path, first, second) in [
        (format!("/users/{}", segment(&world.user("ann@example.com").await)), 204, 204),
        (format!("/connections/{entra}"), 202, 204),
        (format!("/organizations/{acme}"), 204, 404),
    ] {
        for expected in [first, second] {
            assert_eq!(world.api("DELETE", &path, NONE).await.status.as_u16(), expected, "{path}");
        }
    }
    for (method, path) in [("GET", "/flows"), ("PUT", "/roles"), ("GET", "/"), ("DELETE", "/organizations")] {
        let answer = world.api(method, path, NONE).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json()["errorCode"]),
            (501, &json!("not_implemented")),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_transaction_that_fails_leaves_nothing_behind() {
    let world = World::new();
    let acme = world.organization("acme").await;
    let ann = world.user("ann@example.com").await;
    let members = format!("/organizations/{acme}/members");
    let answer = world.api("POST", &members, json!({ "members": [ann, "auth0|nobody"] })).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert_eq!(world.api("GET", &members, NONE).await.json(), json!([]), "not the first one either");
    let body = json!({ "name": "other", "enabled_connections": [{ "connection_id": "con_nope" }] });
    assert_eq!(world.api("POST", "/organizations", body).await.status, StatusCode::NOT_FOUND);
    assert_eq!(world.api("GET", "/organizations/name/other", NONE).await.status, StatusCode::NOT_FOUND);
}
