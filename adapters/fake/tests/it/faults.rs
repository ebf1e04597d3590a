//! Every fault, as a client on the other side of a socket sees it.

use std::time::{Duration, Instant};

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tenantry_fake::Fault;

use crate::wire::Wire;

#[tokio::test]
async fn a_status_comes_with_auth0s_body_and_nothing_is_done() {
    let wire = Wire::start().await;
    wire.fault(
        json!({ "kind": "status", "status": 429, "method": "POST", "path": "/api/v2/users", "count": 1 }),
    )
    .await;
    let answer = wire.add_user("ann@example.com").await.unwrap();
    assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(answer.headers()["x-ratelimit-remaining"], "0");
    let reset: i64 = answer.headers()["x-ratelimit-reset"].to_str().unwrap().parse().unwrap();
    assert!(reset > 1_700_000_000, "{reset}");
    let body: Value = answer.json().await.unwrap();
    assert_eq!(
        body,
        json!({ "statusCode": 429, "error": "Too Many Requests", "message": "Global limit has been reached", "errorCode": "too_many_requests" })
    );
    assert_eq!(wire.users().await, [""; 0], "nothing was made");
    assert_eq!(
        wire.add_user("ann@example.com").await.unwrap().status(),
        StatusCode::CREATED,
        "it was for once"
    );
}

#[tokio::test]
async fn each_door_fails_in_its_own_form() {
    let wire = Wire::start().await;
    wire.fault(json!({ "kind": "status", "status": 503 })).await;
    let token = wire.client.post(wire.url("/oauth/token")).send().await.unwrap();
    assert_eq!(token.status(), StatusCode::SERVICE_UNAVAILABLE);
    let body: Value = token.json().await.unwrap();
    assert_eq!(body["error"], "temporarily_unavailable");
    let (status, body) = wire.api(Method::GET, "/users", None).await;
    assert_eq!((status, &body["statusCode"]), (StatusCode::SERVICE_UNAVAILABLE, &json!(503)));
    let page = wire.client.get(wire.url("/authorize")).send().await.unwrap();
    assert!(page.text().await.unwrap().contains("<html"));
    let (status, _) = wire.control(Method::GET, "/faults", None).await;
    assert_eq!(status, StatusCode::OK, "the control API is apart from faults");
}

#[tokio::test]
async fn a_header_of_ones_own_takes_the_place_of_the_usual_one() {
    let wire = Wire::start().await;
    let headers = json!({ "x-ratelimit-reset": "" });
    wire.fault(json!({ "kind": "status", "status": 429, "headers": headers, "method": "POST" })).await;
    let answer = wire.add_user("ann@example.com").await.unwrap();
    let values: Vec<_> = answer.headers().get_all("x-ratelimit-reset").iter().collect();
    assert_eq!(values, [""], "one that says nothing");
}

#[tokio::test]
async fn a_body_and_headers_of_ones_own_can_be_sent() {
    let wire = Wire::start().await;
    let headers =
        json!({ "retry-after": "7", "x-own": "yes", "Content-Type": "text/tea", "x-ratelimit-limit": "3" });
    let fault = json!({ "kind": "status", "status": 429, "body": ["tea"], "headers": headers, "performs": true, "method": "POST" });
    wire.fault(fault).await;
    let answer = wire.add_user("ann@example.com").await.unwrap();
    assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
    let sent =
        |name: &str| answer.headers().get_all(name).iter().map(|value| value.to_str().unwrap()).collect();
    for (name, value) in [("retry-after", "7"), ("content-type", "text/tea"), ("x-ratelimit-limit", "3")] {
        let sent: Vec<&str> = sent(name);
        assert_eq!(sent, [value], "{name} takes the place of the usual one");
    }
    assert_eq!(answer.json::<Value>().await.unwrap(), json!(["tea"]));
    assert_eq!(wire.users().await, ["ann@example.com"], "it was done all the same");
}

#[tokio::test]
async fn a_delay_holds_the_answer_back() {
    let wire = Wire::start().await;
    wire.fault(json!({ "kind": "delay", "delay_ms": 300, "jitter_ms": 50, "path": "/api/v2/*", "count": 1 }))
        .await;
    let asked = Instant::now();
    assert_eq!(wire.users().await, [""; 0]);
    assert!(asked.elapsed() >= Duration::from_millis(300), "{:?}", asked.elapsed());
    let asked = Instant::now();
    wire.users().await;
    assert!(asked.elapsed() < Duration::from_millis(290), "it is over: {:?}", asked.elapsed());
}

#[tokio::test]
async fn a_connection_is_cut_before_the_answer_with_or_without_the_deed() {
    let wire = Wire::start().await;
    wire.fault(json!({ "kind": "cut", "method": "POST", "count": 1 })).await;
    let error = wire.add_user("ann@example.com").await.unwrap_err();
    assert!(error.is_request() && error.status().is_none(), "{error:?}");
    assert_eq!(wire.users().await, [""; 0], "nothing was done");

    wire.fake.faults().add(Fault::lost_answer().on("POST", "/api/v2/users").times(1));
    assert!(wire.add_user("ann@example.com").await.is_err());
    assert_eq!(wire.users().await, ["ann@example.com"], "only the answer was lost");

    wire.fault(json!({ "kind": "cut", "path": "/api/v2/users" })).await;
    assert_eq!(wire.raw("/api/v2/users").await, "", "not one byte");
    let cut = wire.fake.requests().into_iter().filter(|call| call.status == 0).count();
    assert_eq!(cut, 3, "they are noted without a status");
}

#[tokio::test]
async fn a_connection_is_cut_in_the_middle_of_the_body() {
    let wire = Wire::start().await;
    wire.add_user("ann@example.com").await.unwrap();
    wire.fault(json!({ "kind": "cut", "after_bytes": 10, "path": "/api/v2/users" })).await;
    let answer = wire.raw("/api/v2/users").await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no head in {answer:?}"));
    assert!(head.starts_with("HTTP/1.1 200 OK"), "{head}");
    let length = head.to_lowercase().split("content-length: ").nth(1).unwrap().to_owned();
    let length: usize = length.split("\r\n").next().unwrap().parse().unwrap();
    assert!(length > 100 && body.len() == 10, "{length} promised, {body:?} sent");
    let error = wire.send(Method::GET, "/users", None).await.unwrap().bytes().await.unwrap_err();
    assert!(error.is_body() || error.is_decode() || error.is_request(), "{error:?}");
}

#[tokio::test]
async fn bodies_are_malformed() {
    let wire = Wire::start().await;
    wire.add_user("ann@example.com").await.unwrap();
    let get = async || {
        let answer = wire.send(Method::GET, "/users", None).await.unwrap();
        let content_type = answer.headers()["content-type"].to_str().unwrap().to_owned();
        (answer.status().as_u16(), content_type, answer.text().await.unwrap())
    };
    let (_, _, whole) = get().await;
    let malformed = |form: &str| json!({ "kind": "malformed", "form": form, "count": 1 });
    wire.fault(malformed("truncated_json")).await;
    let (status, content_type, half) = get().await;
    assert_eq!((status, content_type.as_str()), (200, "application/json"));
    assert!(whole.starts_with(&half) && half.len() == whole.len() / 2 && !half.is_empty(), "{half}");
    assert!(serde_json::from_str::<Value>(&half).is_err());
    wire.fault(malformed("html")).await;
    let (status, content_type, page) = get().await;
    assert_eq!((status, content_type.as_str()), (200, "text/html; charset=utf-8"));
    assert!(page.starts_with("<!doctype html>"));
    wire.fault(malformed("wrong_json")).await;
    assert_eq!(get().await, (200, "application/json".to_owned(), "[{}]".to_owned()));
    assert_eq!(get().await.2, whole, "all of them are over");
}

#[tokio::test]
async fn faults_are_listed_counted_and_ended() {
    let wire = Wire::start().await;
    let first = wire.fault(json!({ "kind": "status", "status": 500, "path": "/nowhere", "after": 2, "probability": 0.5, "seed": 3 })).await;
    let second = wire.fault(json!({ "kind": "delay", "delay_ms": 1, "path": "/api/v2/users" })).await;
    wire.users().await;
    let (_, faults) = wire.control(Method::GET, "/faults", None).await;
    assert_eq!(
        faults,
        json!([
            { "id": first, "kind": "status", "status": 500, "performs": false, "path": "/nowhere", "after": 2, "probability": 0.5, "seed": 3, "matched": 0, "struck": 0 },
            { "id": second, "kind": "delay", "delay_ms": 1, "jitter_ms": 0, "path": "/api/v2/users", "after": 0, "probability": 1.0, "seed": 0, "matched": 1, "struck": 1 },
        ])
    );
    assert_eq!(
        wire.control(Method::DELETE, &format!("/faults/{first}"), None).await.0,
        StatusCode::NO_CONTENT
    );
    assert_eq!(
        wire.control(Method::DELETE, &format!("/faults/{first}"), None).await.0,
        StatusCode::NOT_FOUND
    );
    assert_eq!(wire.control(Method::DELETE, "/faults", None).await.0, StatusCode::NO_CONTENT);
    assert_eq!(wire.control(Method::GET, "/faults", None).await.1, json!([]));
}

#[tokio::test]
async fn a_fault_that_makes_no_sense_is_refused_with_the_property_named() {
    let wire = Wire::start().await;
    for (body, property) in [
        (json!({ "kind": "status" }), "status"),
        (json!({ "kind": "status", "status": 99 }), "status"),
        (json!({ "kind": "status", "status": 500, "delay_ms": 5 }), "delay_ms"),
        (json!({ "kind": "delay" }), "delay_ms"),
        (json!({ "kind": "delay", "delay_ms": -1 }), "delay_ms"),
        (json!({ "kind": "cut", "after_bytes": 5, "performs": false }), "performs"),
        (json!({ "kind": "malformed" }), "form"),
        (json!({ "kind": "malformed", "form": "xml" }), "form"),
        (json!({ "kind": "cut", "probability": 1.5 }), "probability"),
        (json!({ "kind": "cut", "method": "get" }), "method"),
        (json!({ "kind": "cut", "count": 0 }), "count"),
        (json!({ "kind": "status", "status": 500, "headers": { "a b": "c" } }), "headers.a b"),
        (json!({ "kind": "explode" }), "kind"),
    ] {
        let (status, problem) = wire.control(Method::POST, "/faults", Some(body.clone())).await;
        assert_eq!(
            (status, &problem["property"]),
            (StatusCode::BAD_REQUEST, &json!(property)),
            "{body}: {problem}"
        );
    }
    let (status, problem) =
        wire.control(Method::POST, "/faults", Some(json!({ "kind": "cut", "colour": 1 }))).await;
    assert_eq!(
        (status, problem["detail"].as_str().unwrap()),
        (StatusCode::BAD_REQUEST, "Additional properties not allowed: colour")
    );
    assert_eq!(wire.control(Method::GET, "/faults", None).await.1, json!([]), "none is in force");
}
