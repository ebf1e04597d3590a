//! Searching for users over the Management API.

use crate::support::{World, encode};
use axum::http::StatusCode;
use serde_json::{Value, json};

const NONE: Value = Value::Null;

async fn people(world: &World) {
    for (email, more) in [
        (
            "ann@acme.example",
            json!({ "name": "Ann Lee", "app_metadata": { "plan": { "name": "gold" }, "seats": 5 } }),
        ),
        ("bo@acme.example", json!({ "blocked": true, "app_metadata": { "plan": { "name": "silver" } } })),
        ("cy@other.example", json!({ "email_verified": true, "user_metadata": { "theme": "dark" } })),
    ] {
        let mut body = json!({
            "connection": "Username-Password-Authentication", "email": email, "password": "correct Horse 1",
        });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        assert_eq!(world.api("POST", "/users", body).await.status, StatusCode::CREATED);
    }
}

/// The first letters of the addresses of those who are found.
async fn found(world: &World, parameters: &[(&str, &str)]) -> String {
    let answer = world.api("GET", &format!("/users?{}", encode(parameters)), NONE).await;
    assert_eq!(answer.status, StatusCode::OK, "{parameters:?} {}", answer.body);
    let mut emails: Vec<String> = answer
        .json()
        .as_array()
        .unwrap()
        .iter()
        .map(|user| user["email"].as_str().unwrap().split('@').next().unwrap().to_owned())
        .collect();
    if !parameters.iter().any(|(name, _)| *name == "sort") {
        emails.sort();
    }
    emails.join(" ")
}

#[tokio::test]
async fn a_query_finds_those_whom_it_means() {
    let world = World::new();
    people(&world).await;
    let acme = world.organization("acme").await;
    let ann = world.api("GET", "/users-by-email?email=ann@acme.example", NONE).await.json();
    world.add_member(&acme, ann[0]["user_id"].as_str().unwrap()).await;
    let organization = format!("organization_id:\"{acme}\"");
    for (q, expected) in [
        ("", "ann bo cy"),
        ("email:\"ANN@acme.example\"", "ann"),
        ("email.domain:\"acme.example\"", "ann bo"),
        ("email:*@acme.example", "ann bo"),
        ("app_metadata.plan.name:\"gold\"", "ann"),
        ("app_metadata.seats:[2 TO *]", "ann"),
        ("email.domain:acme.example AND NOT blocked:true", "ann"),
        ("blocked:true OR email_verified:true", "bo cy"),
        ("_exists_:blocked", "bo"),
        ("identities.connection:\"Username-Password-Authentication\"", "ann bo cy"),
        ("user_metadata.theme:dark", "cy"),
        ("created_at:[2026-03-02 TO 2026-03-03]", "ann bo cy"),
        ("_exists_:last_login", ""),
        ("\"ann lee\"", "ann"),
        (&organization, "ann"),
    ] {
        assert_eq!(found(&world, &[("q", q)]).await, expected, "{q}");
    }
    let sorted = [("sort", "email:-1"), ("q", "email.domain:acme.example"), ("search_engine", "v3")];
    assert_eq!(found(&world, &sorted).await, "bo ann");
    let page = world.api("GET", "/users?include_totals=true&per_page=2&page=1", NONE).await.json();
    assert_eq!(
        (&page["start"], &page["limit"], &page["length"], &page["total"]),
        (&json!(2), &json!(2), &json!(1), &json!(3))
    );
}

#[tokio::test]
async fn a_query_that_cannot_be_answered_is_refused() {
    let world = World::new();
    for (parameters, code, message) in [
        (
            ("q", "email:("),
            "invalid_query_string",
            "Query validation error: 'Failed to parse query: a value or a closing sign is missing at the end' on \
             property q.",
        ),
        (
            ("q", "name:*sa"),
            "invalid_query_string",
            "Query validation error: 'Failed to parse query: wildcards other than at the end need at least 3 characters \
             beside them' on property q.",
        ),
        (("search_engine", "v1"), "operation_not_supported", "You are not allowed to use search_engine=v1."),
        (
            ("sort", "app_metadata.plan:1"),
            "invalid_query_string",
            "Query validation error: 'String does not match pattern ^[^:]+:(1|-1)$' on property sort.",
        ),
    ] {
        let answer = world.api("GET", &format!("/users?{}", encode(&[parameters])), NONE).await;
        let expected =
            json!({ "statusCode": 400, "error": "Bad Request", "message": message, "errorCode": code });
        assert_eq!(answer.json(), expected, "{parameters:?}");
    }
}
