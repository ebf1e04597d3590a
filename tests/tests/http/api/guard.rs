//! Who may call, and what a call has to bring along.

use reqwest::Method;
use reqwest::header::{ACCEPT, CONTENT_TYPE, ORIGIN};
use serde_json::json;
use tenantry_web::{ROUTES, RouteSpec};

use super::program::Program;
use crate::site::Site;

const ANN: &str = "ann@example.com";

fn operations() -> impl Iterator<Item = &'static RouteSpec> {
    ROUTES.iter().filter(|route| route.operation.is_some())
}

#[tokio::test]
async fn a_stranger_gets_401_as_json_and_is_sent_nowhere() {
    let site = Site::start().await;
    for route in operations() {
        for accept in ["*/*", "application/json", "text/html"] {
            let request = site.address.request(route.method.as_http(), route.path).header(ACCEPT, accept);
            let answer = site.address.send(request, route.path).await;
            answer.is_problem(401, "not_signed_in", None);
        }
    }
    site.get("/api/v1/nothing").await.is_problem(404, "not_found", None);
    let request = site.address.request(Method::POST, "/api/v1/me").header(ACCEPT, "text/html");
    let answer = site.address.send(request, "/api/v1/me").await;
    answer.is_problem(405, "method_not_allowed", None);
}

#[tokio::test]
async fn c11_what_changes_something_needs_the_token_json_and_no_other_sites_page() {
    let site = Site::start().await;
    let mut ann = Program::of(site.administrator(ANN, "acme").await).await;
    let other = Program::of(site.administrator("bob@example.com", "bobs").await).await;
    let before = site.management().await.everything().await;
    let (good, theirs, own) = (ann.token.clone(), other.token, site.address.origin());
    for route in operations().filter(|route| route.csrf) {
        let path = route.path.replace(['{', '}'], "");
        let json = ("content-type", "application/json");
        for (headers, status, code) in [
            (vec![json], 403, "invalid_csrf_token"),
            (vec![json, ("x-csrf-token", "")], 403, "invalid_csrf_token"),
            (vec![json, ("x-csrf-token", theirs.as_str())], 403, "invalid_csrf_token"),
            (vec![json, ("origin", own.as_str())], 403, "invalid_csrf_token"),
            (vec![json, ("x-csrf-token", &good), ("origin", "https://evil.example")], 403, "other_origin"),
            (vec![json, ("x-csrf-token", &good), ("sec-fetch-site", "cross-site")], 403, "other_origin"),
            (vec![("content-type", "text/plain"), ("x-csrf-token", &good)], 415, "unsupported_media_type"),
            (vec![("x-csrf-token", good.as_str())], 415, "unsupported_media_type"),
        ] {
            let mut request = site.address.request(route.method.as_http(), &path).body("{}");
            for (name, value) in &headers {
                request = request.header(*name, *value);
            }
            ann.browser.send(request, &path).await.is_problem(status, code, None);
        }
    }
    assert_eq!(site.management().await.everything().await, before, "and nothing has changed");
    assert!(ann.browser.is_signed_in().await);
}

#[tokio::test]
async fn a_program_says_nothing_of_where_it_comes_from_and_a_page_of_ours_does() {
    let site = Site::start().await;
    let mut ann = Program::of(site.administrator(ANN, "acme").await).await;
    ann.patch("/api/v1/me", &json!({ "name": "Ann Lee" })).await.is(200);
    let request = site.address.request(Method::PATCH, "/api/v1/me").header(ORIGIN, site.address.origin());
    let request = request.header("sec-fetch-site", "same-origin").header("x-csrf-token", &ann.token);
    let request = request.header(CONTENT_TYPE, "application/json; charset=utf-8").body(r#"{"name":"Ann"}"#);
    assert_eq!(ann.browser.send(request, "/api/v1/me").await.is(200).json()["name"], "Ann");
}

#[tokio::test]
async fn a_session_is_shown_and_ends() {
    let site = Site::start().await;
    let mut ann = Program::of(site.administrator(ANN, "acme").await).await;
    let session = ann.get("/api/v1/session").await.is(200).json();
    assert_eq!(session["organization"]["name"], "acme");
    assert!(session["idle_until"].as_str().unwrap() <= session["ends_at"].as_str().unwrap(), "{session}");
    let said = format!("{session}");
    assert!(!said.contains(&ann.browser.session()), "the cookie's secret is not told: {said}");
    let mut copied = ann.clone();
    let ended = ann.delete("/api/v1/session", None).await;
    assert!(ended.is(200).json()["logout_url"].as_str().unwrap().starts_with(site.identity.as_str()));
    assert!(ended.set_cookie("sid=").contains("Max-Age=0"), "{ended:?}");
    copied.get("/api/v1/session").await.is_problem(401, "not_signed_in", None);
    copied.delete("/api/v1/session", None).await.is_problem(401, "not_signed_in", None);
}
