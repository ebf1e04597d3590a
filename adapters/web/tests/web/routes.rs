//! What the table of routes promises, asked of every route in it.

use axum::http::{Method, header};
use tenantry_web::{Carrier, ROUTES, RouteMethod, RouteSpec, Who};

use crate::browser::{BASE, Browser};
use crate::log::Log;
use crate::world::{Fault, World};

fn path(route: &RouteSpec) -> String {
    route.path.replace("{file}", "none.css").replace("{folder}", "none").replace("{id}", "none")
}

#[tokio::test]
async fn strangers_are_sent_to_log_in_and_come_back() {
    let world = World::new();
    let is_for_people = |route: &&RouteSpec| !matches!(route.who, Who::Anyone | Who::IdentityProvider);
    for route in ROUTES.iter().filter(is_for_people) {
        let mut stranger = Browser::new(&world);
        let answer = match route.method {
            RouteMethod::Get => stranger.get(route.path).await,
            RouteMethod::Post => stranger.post(route.path, String::new()).await,
            other => stranger.send(other.as_http(), route.path, &[], String::new()).await,
        };
        if route.path.starts_with("/api/") {
            assert_eq!(answer.status, 401, "{}", route.path);
        } else {
            let encoded = crate::browser::encode(route.path);
            assert_eq!(answer.location(), format!("/api/auth/login?returnTo={encoded}"), "{}", route.path);
        }
    }
}

#[tokio::test]
async fn c11_what_changes_something_is_guarded_and_nothing_else_is_a_post() {
    for route in ROUTES {
        // What the provider sends is guarded by its signature: no browser's cookie is read.
        let is_from_browsers = route.who != Who::IdentityProvider;
        assert_eq!(route.csrf, route.method != RouteMethod::Get && is_from_browsers, "{}", route.path);
        assert!(
            route
                .ids
                .iter()
                .all(|id| (id.carrier == Carrier::Path) == route.path.contains(&format!("{{{}}}", id.name)))
        );
    }
    let world = World::new();
    for route in ROUTES.iter().filter(|route| route.csrf && route.operation.is_none()) {
        let mut ann = Browser::signed_in(&world, "Ann Lee", None).await;
        let token = ann.get("/api/auth/logout").await.input("csrf");
        let good = format!("csrf={token}");
        let form = ("content-type", "application/x-www-form-urlencoded");
        let other = "This came from somewhere else";
        for (headers, body, status, title) in [
            (vec![form], good.as_str(), 403, other),
            (vec![form, ("origin", "https://evil.example")], &good, 403, other),
            (vec![form, ("origin", "null")], &good, 403, other),
            (vec![form, ("origin", "http://localhost:3001")], &good, 403, other),
            (vec![form, ("sec-fetch-site", "same-site")], &good, 403, other),
            (vec![form, ("origin", BASE), ("sec-fetch-site", "cross-site")], &good, 403, other),
            (vec![form, ("origin", BASE)], "", 403, "This page is out of date"),
            (vec![form, ("origin", BASE)], "csrf=AAAA", 403, "This page is out of date"),
            (vec![form, ("sec-fetch-site", "same-origin")], "csrf=", 403, "This page is out of date"),
            (vec![("content-type", "text/plain"), ("origin", BASE)], &good, 415, "This is not a form"),
            (vec![("origin", BASE)], &good, 415, "This is not a form"),
        ] {
            let headers: Vec<_> = headers.into_iter().chain([("accept", "text/html")]).collect();
            let answer = ann.send(Method::POST, route.path, &headers, body.to_owned()).await;
            answer.shows(status, &[title]);
        }
    }
}

#[tokio::test]
async fn c11_what_a_program_changes_is_guarded() {
    let world = World::new();
    for route in ROUTES.iter().filter(|route| route.csrf && route.operation.is_some()) {
        let mut ann = Browser::signed_in(&world, "Ann Lee", None).await;
        let token = ann.get("/api/auth/logout").await.input("csrf");
        let (good, json) = (("x-csrf-token", token.as_str()), ("content-type", "application/json"));
        let text = ("content-type", "text/plain");
        for (headers, status, code) in [
            (vec![good, json, ("origin", "https://evil.example")], 403, "other_origin"),
            (vec![good, json, ("origin", "null")], 403, "other_origin"),
            (vec![good, json, ("sec-fetch-site", "same-site")], 403, "other_origin"),
            (vec![good, json, ("origin", BASE), ("sec-fetch-site", "cross-site")], 403, "other_origin"),
            (vec![json], 403, "invalid_csrf_token"),
            (vec![json, ("origin", BASE), ("sec-fetch-site", "same-origin")], 403, "invalid_csrf_token"),
            (vec![json, ("x-csrf-token", "AAAA")], 403, "invalid_csrf_token"),
            (vec![good, text], 415, "unsupported_media_type"),
            (
                vec![good, ("content-type", "application/x-www-form-urlencoded")],
                415,
                "unsupported_media_type",
            ),
            (vec![good, ("content-type", "application/jsonp")], 415, "unsupported_media_type"),
            (vec![good], 415, "unsupported_media_type"),
        ] {
            // A browser's word for what it wants makes no page of an answer of the API.
            let headers: Vec<_> = headers.into_iter().chain([("accept", "text/html")]).collect();
            let answer = ann.send(route.method.as_http(), route.path, &headers, "{}".to_owned()).await;
            let problem: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
            let said = (answer.status.as_u16(), problem["code"].as_str().unwrap());
            assert_eq!(said, (status, code), "{} {}: {headers:?}", route.method.as_http(), route.path);
            assert_eq!(answer.headers[header::CONTENT_TYPE], "application/problem+json");
        }
        let mut bo = Browser::signed_in(&world, "Bo Ek", None).await;
        let answer = bo.send(route.method.as_http(), route.path, &[good, json], "{}".to_owned()).await;
        assert!(answer.status == 403 && answer.body.contains("invalid_csrf_token"), "{}", answer.body);
    }
}

#[tokio::test]
async fn c11_a_token_of_another_session_opens_nothing() {
    let world = World::new();
    let mut ann = Browser::signed_in(&world, "Ann Lee", None).await;
    let token = ann.get("/api/auth/logout").await.input("csrf");
    let mut bo = Browser::signed_in(&world, "Bo Ek", None).await;
    bo.post("/api/auth/logout", format!("csrf={token}")).await.shows(403, &["This page is out of date"]);
    assert_eq!(ann.post("/api/auth/logout", format!("csrf={token}")).await.status, 303);
}

#[tokio::test]
async fn every_answer_carries_what_protects_it() {
    let world = World::new();
    let mut ann = Browser::signed_in(&world, "Ann Lee", None).await;
    let mut paths: Vec<String> = ROUTES.iter().map(path).collect();
    paths.push("/nowhere".to_owned());
    for path in paths {
        for method in [Method::GET, Method::HEAD, Method::POST, Method::DELETE] {
            let answer = ann.send(method.clone(), &path, &[("accept", "text/html")], String::new()).await;
            let get = |name: &str| answer.headers.get(name).map(|value| value.to_str().unwrap().to_owned());
            assert_eq!(get("x-content-type-options").as_deref(), Some("nosniff"), "{method} {path}");
            assert_eq!(get("cache-control").as_deref(), Some("private, no-store"), "{method} {path}");
            assert!(get("x-request-id").is_some_and(|id| id.len() == 24), "{method} {path}");
            let policy = get("content-security-policy").unwrap();
            assert!(policy.starts_with("default-src 'none'; ") && !policy.contains("unsafe"), "{policy}");
            assert!(policy.contains("form-action 'self' https://id.example;"), "{policy}");
            assert!(get("strict-transport-security").is_none());
            assert!(!answer.status.is_server_error(), "{method} {path}");
        }
    }
}

#[tokio::test]
async fn over_https_browsers_are_told_to_stay_there() {
    let mut browser = Browser::at(&World::new(), "https://learn.example");
    let answer = browser.get("/pricing").await;
    assert!(answer.headers.contains_key(header::STRICT_TRANSPORT_SECURITY));
    browser.get("/api/auth/login").await;
    assert!(browser.jar[0].0.starts_with("__Host-login-"));
}

#[tokio::test]
async fn files_are_kept_for_ever_and_named_by_what_is_in_them() {
    let mut browser = Browser::new(&World::new());
    let page = browser.get("/").await.body;
    for file in page.split("\"/assets/").skip(1).map(|rest| &rest[..rest.find('"').unwrap()]) {
        let answer = browser.get(&format!("/assets/{file}")).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.headers[header::CACHE_CONTROL], "public, max-age=31536000, immutable");
        assert!(answer.body.len() > 200);
    }
    assert_eq!(browser.get("/assets/app-000000000000.css").await.status, 404);
    assert_eq!(browser.get("/assets/%2e%2e%2fCargo.toml").await.status, 404);
}

#[tokio::test]
async fn a_problem_is_a_page_for_people_and_json_for_programs() {
    let mut browser = Browser::new(&World::new());
    let page = browser.get("/nowhere").await;
    let id = page.headers["x-request-id"].to_str().unwrap().to_owned();
    page.shows(404, &["This page does not exist", "Back to Home", &id]);
    for (path, accept, status) in [
        ("/nowhere", "application/json", 404),
        ("/api/auth/me", "*/*", 401),
        ("/api/auth/nothing", "*/*", 404),
    ] {
        let answer = browser.send(Method::GET, path, &[("accept", accept)], String::new()).await;
        assert_eq!(answer.headers[header::CONTENT_TYPE], "application/problem+json", "{path}");
        let problem: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(problem["status"], status);
        assert_eq!(problem["request_id"], answer.headers["x-request-id"].to_str().unwrap());
    }
    browser
        .send(Method::DELETE, "/pricing", &[("accept", "text/html")], String::new())
        .await
        .shows(405, &["That does not work here"]);
}

#[tokio::test]
async fn two_names_of_one_machine_do_not_split_a_login() {
    for (host, moves) in [
        ("127.0.0.1:3000", true),
        ("[::1]:3000", true),
        ("localhost:3000", false),
        ("127.0.0.1:4000", false),
        ("evil.example", false),
    ] {
        let log = Log::open();
        let mut browser = Browser::new(&World::new());
        browser.host = host.to_owned();
        let answer =
            browser.send(Method::GET, "/pricing?a=b", &[("sec-fetch-mode", "navigate")], String::new()).await;
        let location = answer.headers.get(header::LOCATION).map(|value| value.to_str().unwrap());
        assert_eq!(location, moves.then_some("http://localhost:3000/pricing?a=b"), "{host}");
        assert_eq!(answer.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff", "{host}");
        assert_eq!(answer.headers[header::CACHE_CONTROL], "private, no-store", "{host}");
        let id = answer.headers["x-request-id"].to_str().unwrap();
        let lines = log.lines();
        let line = lines.iter().find(|line| line["span"]["request_id"] == id);
        let status = line.map(|line| line["fields"]["status"].clone());
        assert_eq!(status, Some(answer.status.as_u16().into()), "{host}: {lines:?}");
    }
}

#[tokio::test]
async fn health_says_whether_work_can_be_done() {
    let world = World::new();
    let mut browser = Browser::new(&world);
    assert_eq!(browser.get("/readyz").await.status, 200);
    world.breaks(Fault::Outage);
    assert_eq!(browser.get("/readyz").await.status, 503);
    assert_eq!(browser.get("/healthz").await.status, 200);
    browser.jar.push(("sid".to_owned(), "A".repeat(43)));
    browser.get("/pricing").await.shows(200, &["Start Free Trial"]);
    browser.get("/home").await.shows(503, &["Nothing is lost"]);
}
