//! Bodies and queries that the Management API refuses.

use crate::support::World;
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

fn invalid_body(message: &str) -> Value {
    error(400, "Bad Request", message, Some("invalid_body"))
}

#[tokio::test]
async fn bodies_are_closed_and_checked() {
    let world = World::new();
    let acme = world.organization("acme").await;
    let long = "x".repeat(256);
    let payload = |rule: &str| invalid_body(&format!("Payload validation error: {rule}."));
    for (body, expected) in [
        (json!({ "name": "b", "owner": 1 }), payload("'Additional properties not allowed: owner'")),
        (json!({}), payload("'Missing required property: name'")),
        (NONE, payload("'Expected type object but found type null'")),
        (json!([]), payload("'Expected type object but found type array'")),
        (json!({ "name": 1 }), payload("'Expected type string but found type number' on property name")),
        (json!({ "name": "" }), payload("'String is too short (0 chars), minimum 1' on property name")),
        (
            json!({ "name": "Ab" }),
            payload("'Object didn't pass validation for format organization-name: Ab' on property name"),
        ),
        (
            json!({ "name": "b", "display_name": long }),
            payload("'String is too long (256 chars), maximum 255' on property display_name"),
        ),
        (
            json!({ "name": "b", "metadata": { "k": long } }),
            payload("'String is too long (256 chars), maximum 255' on property metadata.k"),
        ),
        (
            json!({ "name": "b", "branding": { "logo": "x" } }),
            payload("'Additional properties not allowed: logo' on property branding"),
        ),
        (
            json!({ "name": "b", "branding": { "colors": { "primary": "red", "page_background": "#000" } } }),
            payload(
                "'Object didn't pass validation for format html-color: red' on property branding.colors.primary",
            ),
        ),
    ] {
        let answer = world.api("POST", "/organizations", body.clone()).await;
        assert_eq!((answer.status, answer.json()), (StatusCode::BAD_REQUEST, expected), "{body}");
    }
    let members = format!("/organizations/{acme}/members");
    for (body, rule) in [
        (json!({ "members": [] }), "'Array is too short (0), minimum 1' on property members"),
        (json!({ "members": vec!["a"; 11] }), "'Array is too long (11), maximum 10' on property members"),
        (
            json!({ "members": ["a", "a"] }),
            "'Array items are not unique (indexes 0 and 1)' on property members",
        ),
        (json!({ "users": ["a"] }), "'Additional properties not allowed: users'"),
    ] {
        assert_eq!(world.api("POST", &members, body).await.json(), payload(rule));
    }
    let token = world.management_token(None).await;
    let raw = |content_type: &str, body: &str| {
        Request::post("/api/v2/organizations")
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, content_type)
            .body(Body::from(body.to_owned()))
            .unwrap()
    };
    let deep = "[".repeat(200);
    for body in ["{", "\"\\ud800\"", "{\"name\": NaN}", deep.as_str()] {
        let answer = world.send(raw("application/json", body)).await;
        assert_eq!(answer.json(), invalid_body("Invalid request payload JSON format"), "{body}");
    }
    let text = world.send(raw("text/plain", "{\"name\":\"evil\"}")).await;
    assert_eq!(text.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let large = world.send(raw("application/json", &"x".repeat(300_000))).await;
    let too_large = "Payload content length greater than maximum allowed: 262144";
    assert_eq!(large.json(), error(413, "Payload Too Large", too_large, None));
    assert_eq!(world.api("GET", "/organizations", NONE).await.json().as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn queries_are_closed_and_checked() {
    let world = World::new();
    let query = |message: &str| error(400, "Bad Request", message, Some("invalid_query_string"));
    for (path, expected) in [
        ("/organizations?foo=1", query("Query validation error: 'Additional properties not allowed: foo'.")),
        (
            "/roles?per_page=0",
            query("Query validation error: 'Value 0 is less than minimum 1' on property per_page."),
        ),
        (
            "/roles?per_page=101",
            query("Query validation error: 'Value 101 is greater than maximum 100' on property per_page."),
        ),
        (
            "/roles?page=-1",
            query("Query validation error: 'Value -1 is less than minimum 0' on property page."),
        ),
        (
            "/organizations?from=org_x&take=1",
            query(
                "Query validation error: 'Object didn't pass validation for format checkpoint' on property from.",
            ),
        ),
        (
            "/organizations?page=10&per_page=100",
            error(
                400,
                "Bad Request",
                "Requesting page exceeds the allowed maximum of 1000 records",
                Some("invalid_paging"),
            ),
        ),
        (
            "/organizations/name/Acme",
            error(
                400,
                "Bad Request",
                "Path validation error: 'Object didn't pass validation for format organization-name: Acme' on \
                 property name.",
                Some("invalid_uri"),
            ),
        ),
    ] {
        assert_eq!(world.api("GET", path, NONE).await.json(), expected, "{path}");
    }
    for path in ["/organizations/%00", "/users/%00", "/users/%2e%2e%2froles", "/users/%ff"] {
        let status = world.api("GET", path, NONE).await.status;
        assert!(status.is_client_error(), "{path}: {status}");
    }
}
