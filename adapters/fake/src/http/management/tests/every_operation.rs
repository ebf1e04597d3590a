//! What holds for every operation alike: the token, its scopes, closed queries and bodies, and nothing written on the way.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use serde_json::{Value, json};

use super::operation_path;
use super::table::check_error;
use super::{BASE, Scopes, World, request, token};

#[tokio::test]
async fn a_call_without_a_good_token_is_refused() {
    let world = World::new().await;
    for operation in &world.operations {
        let path = operation_path(operation);
        let what = format!("{} {path}", operation.method);
        let bare = Request::builder().method(&operation.method).uri(format!("{BASE}{path}"));
        let answer = world.send(bare.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{what}");
        check_error(&answer).unwrap();
        let answer = world.send(request("nonsense", &operation.method, &path, None)).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{what}");
        let header = Request::builder()
            .method(&operation.method)
            .uri(format!("{BASE}{path}"))
            .header(header::AUTHORIZATION, "Bearer");
        let answer = world.send(header.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{what}");
        assert_eq!(answer.body["message"], "Bad HTTP authentication header format");
    }
}

#[tokio::test]
async fn a_call_without_the_scope_is_refused_and_told_which() {
    let world = World::new().await;
    let poor = token(&world.fake, &["read:nothing".to_owned()]).await;
    for operation in &world.operations {
        let (Scopes::Any(scopes) | Scopes::All(scopes)) = operation.scopes;
        assert!(!scopes.is_empty(), "{} {} is open to any token", operation.method, operation.path);
        let path = operation_path(operation);
        let answer = world.send(request(&poor, &operation.method, &path, Some(&json!({})))).await;
        let what = format!("{} {path}: {}", operation.method, answer.body);
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{what}");
        assert_eq!(answer.body["errorCode"], "insufficient_scope", "{what}");
        assert!(answer.body["message"].as_str().unwrap().contains(scopes[0]), "{what}");
    }
}

#[tokio::test]
async fn what_an_operation_does_not_know_is_refused() {
    let world = World::new().await;
    for operation in &world.operations {
        let path = operation_path(operation);
        let asked = format!("{path}?surprise=1");
        let answer = world.call(&operation.method, &asked, None).await;
        let what = format!("{} {asked}: {}", operation.method, answer.body);
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{what}");
        assert_eq!(answer.body["errorCode"], "invalid_query_string", "{what}");
        if operation.body.is_none() {
            continue;
        }
        for wrong in [json!("text"), json!(1), json!({ "surprise\u{0}": {} })] {
            let answer = world.call(&operation.method, &path, Some(&wrong)).await;
            let what = format!("{} {path} {wrong}: {} {}", operation.method, answer.status, answer.body);
            // A few bodies are open by design: then the path decides.
            assert!(answer.status.is_client_error(), "{what}");
            check_error(&answer).unwrap_or_else(|problem| panic!("{what}: {problem}"));
        }
    }
}

#[tokio::test]
async fn a_body_that_is_no_json_is_refused() {
    let world = World::new().await;
    for operation in world.operations.iter().filter(|operation| operation.body.is_some()) {
        let path = operation_path(operation);
        for (content_type, body, status) in [
            ("application/json", "{\"name\":", StatusCode::BAD_REQUEST),
            ("application/json", "\u{feff}{}", StatusCode::BAD_REQUEST),
            ("application/json", "{\"a\":\"\\ud800\"}", StatusCode::BAD_REQUEST),
            ("application/json", "{\"a\":1e400}", StatusCode::BAD_REQUEST),
            ("text/plain", "{}", StatusCode::UNSUPPORTED_MEDIA_TYPE),
        ] {
            let request = Request::builder()
                .method(&operation.method)
                .uri(format!("{BASE}{path}"))
                .header(header::AUTHORIZATION, format!("Bearer {}", world.token))
                .header(header::CONTENT_TYPE, content_type);
            let answer = world.send(request.body(Body::from(body)).unwrap()).await;
            assert_eq!(answer.status, status, "{} {path} {body}: {}", operation.method, answer.body);
        }
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(500), "]".repeat(500));
        let request = Request::builder()
            .method(&operation.method)
            .uri(format!("{BASE}{path}"))
            .header(header::AUTHORIZATION, format!("Bearer {}", world.token))
            .header(header::CONTENT_TYPE, "application/json");
        let answer = world.send(request.body(Body::from(deep)).unwrap()).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{} {path}", operation.method);
    }
}

#[tokio::test]
async fn what_is_not_there_says_so() {
    let world = World::new().await;
    for (method, path) in [
        (Method::GET, "/flows"),
        (Method::POST, "/forms"),
        (Method::PUT, "/organizations"),
        (Method::GET, ""),
        (Method::GET, "/organizations/org_x/nothing/of/the/kind"),
    ] {
        let answer = world.call(&method, path, None).await;
        assert_eq!(answer.status, StatusCode::NOT_IMPLEMENTED, "{method} {path}");
        let message = answer.body["message"].as_str().unwrap_or_default();
        assert!(message.contains(path), "{message}");
        assert_ne!(answer.body, Value::Null);
    }
}
