//! Bodies that can't be read: too large ones, and those that do not come in time.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use serde_json::json;
use tenantry_serving::BodyError;

use crate::support::{Answer, World};

const FORM: &str = "application/x-www-form-urlencoded";

async fn post(world: &World, path: &str, content_type: &str, body: Body) -> Answer {
    let request =
        Request::builder().method(Method::POST).uri(path).header(header::CONTENT_TYPE, content_type);
    world.send(request.body(body).unwrap()).await
}

/// What a connection hands over whose client took too long.
fn late() -> Body {
    Body::from_stream(futures::stream::once(async { Err::<&[u8], _>(BodyError::TimedOut) }))
}

#[tokio::test]
async fn programs_are_told_in_the_words_of_the_api_and_people_on_a_page() {
    let world = World::new();
    let large = || Body::from("a=".to_owned() + &"x".repeat(300_000));
    let too_large = "Payload content length greater than maximum allowed: 262144";
    for (body, status, error, message) in [
        (large as fn() -> Body, 413, "Payload Too Large", too_large),
        (late, 408, "Request Timeout", "Request Timeout"),
    ] {
        let status = StatusCode::from_u16(status).unwrap();
        let managed = post(&world, "/api/v2/organizations", "application/json", body()).await;
        let expected = json!({ "statusCode": status.as_u16(), "error": error, "message": message });
        assert_eq!((managed.status, managed.json()), (status, expected));
        for path in ["/oauth/token", "/oauth/par", "/oauth/revoke", "/dbconnections/signup"] {
            let answer = post(&world, path, FORM, body()).await;
            let expected = json!({ "error": "invalid_request", "error_description": message });
            assert_eq!((answer.status, answer.json()), (status, expected), "{path}");
        }
        for path in ["/u/login", "/authorize", "/oidc/logout", "/self-service/connections-flow"] {
            let answer = post(&world, path, FORM, body()).await;
            assert_eq!(answer.status, status, "{path}");
            assert!(answer.body.contains("<h1"), "{path}: {}", answer.body);
        }
    }
}

#[tokio::test]
async fn what_is_no_form_is_refused_in_the_same_manner() {
    let world = World::new();
    let answer = post(&world, "/oauth/revoke", "text/plain", Body::from("a=b")).await;
    let expected = json!({ "error": "invalid_request", "error_description": "Send a form" });
    assert_eq!((answer.status, answer.json()), (StatusCode::UNSUPPORTED_MEDIA_TYPE, expected));
}
