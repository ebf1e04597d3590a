//! The control API: time, whole state, requests, and who may use it.

use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tenantry_fake::{FakeAuth0, InProcess, SeedFile};
use tenantry_ports::testkit::FixedClock;
use tower::ServiceExt as _;

use crate::browser::Browser;
use crate::support::{PASSWORD, World};
use crate::wire::{Wire, management, read, token};

#[tokio::test]
async fn the_time_is_set_advanced_frozen_and_resumed() {
    let wire = Wire::start().await;
    let set = json!({ "frozen": true, "set": "2030-01-01T00:00:00.000Z", "advance_seconds": 90 });
    let (status, clock) = wire.control(Method::POST, "/clock", Some(set)).await;
    assert_eq!((status, &clock["now"]), (StatusCode::OK, &json!("2030-01-01T00:01:30.000Z")));
    assert_eq!(
        wire.control(Method::GET, "/clock", None).await.1["now"],
        "2030-01-01T00:01:30.000Z",
        "it stands"
    );
    assert_eq!(wire.api(Method::GET, "/users", None).await.0, StatusCode::UNAUTHORIZED, "tokens go by it");
    let (_, clock) = wire.control(Method::POST, "/clock", Some(json!({ "frozen": false }))).await;
    assert!(clock["now"].as_str().unwrap().starts_with("2030-01-01T00:01:3") && clock["frozen"] == false);
    let (_, clock) = wire.control(Method::DELETE, "/clock", None).await;
    assert_eq!(clock["ahead_seconds"], 0.0);
    assert_eq!(wire.api(Method::GET, "/users", None).await.0, StatusCode::OK);
    let far = json!({ "set": "9998-12-31T00:00:00.000Z", "advance_seconds": 3_000_000_000u64 });
    let (status, clock) = wire.control(Method::POST, "/clock", Some(far)).await;
    assert_eq!((status, &clock["now"]), (StatusCode::OK, &json!("9000-01-01T00:00:00.000Z")), "the latest");
    assert_eq!(wire.client.get(wire.url("/")).send().await.unwrap().status(), StatusCode::OK);
    wire.control(Method::DELETE, "/clock", None).await;
    let (status, problem) = wire.control(Method::POST, "/clock", Some(json!({ "set": "tomorrow" }))).await;
    assert_eq!((status, &problem["property"]), (StatusCode::BAD_REQUEST, &json!("set")));
}

#[tokio::test]
async fn the_whole_state_is_kept_and_gone_back_to() {
    let wire = Wire::start().await;
    let secret = |wire: &Wire| management(&wire.fake).client_id;
    let client_id = secret(&wire);
    wire.add_user("ann@example.com").await.unwrap();
    let keep = json!({ "name": "with ann" });
    assert_eq!(wire.control(Method::POST, "/snapshots", Some(keep)).await.0, StatusCode::CREATED);
    wire.add_user("bo@example.com").await.unwrap();
    let ann =
        wire.api(Method::GET, "/users-by-email?email=ann@example.com", None).await.1[0]["user_id"].clone();
    let path = format!("/users/{}", ann.as_str().unwrap().replace('|', "%7C"));
    assert_eq!(wire.api(Method::DELETE, &path, None).await.0, StatusCode::NO_CONTENT);
    assert_eq!(wire.users().await, ["bo@example.com"]);
    let restore =
        async |name: &str| wire.control(Method::POST, &format!("/snapshots/{name}/restore"), None).await.0;
    assert_eq!(restore("with%20ann").await, StatusCode::NO_CONTENT);
    assert_eq!(wire.users().await, ["ann@example.com"], "with tokens that were given before");
    assert_eq!(wire.api(Method::GET, &path, None).await.0, StatusCode::OK, "under the id that she had");
    assert_eq!(wire.control(Method::POST, "/reset", None).await.0, StatusCode::NO_CONTENT);
    assert_eq!(wire.users().await, [""; 0]);
    assert_eq!(secret(&wire), client_id, "a seeded client keeps its id");
    assert_eq!(restore("with%20ann").await, StatusCode::NO_CONTENT, "a reset leaves snapshots");
    assert_eq!(wire.users().await, ["ann@example.com"]);
    let (_, snapshots) = wire.control(Method::GET, "/snapshots", None).await;
    assert_eq!(snapshots[0]["name"], "with ann");
    assert_eq!(wire.control(Method::DELETE, "/snapshots/with%20ann", None).await.0, StatusCode::NO_CONTENT);
    assert_eq!(restore("with%20ann").await, StatusCode::NOT_FOUND);
    assert_eq!(wire.users().await, ["ann@example.com"], "nothing has changed");
}

#[tokio::test]
async fn a_reset_ends_faults_and_moved_time_and_forgets_requests() {
    let wire = Wire::start().await;
    wire.fault(json!({ "kind": "status", "status": 500, "path": "/nowhere" })).await;
    wire.control(Method::POST, "/clock", Some(json!({ "advance_seconds": 5 }))).await;
    wire.users().await;
    wire.control(Method::POST, "/reset", None).await;
    for path in ["/faults", "/requests", "/counters"] {
        assert_eq!(wire.control(Method::GET, path, None).await.1, json!([]), "{path}");
    }
    assert_eq!(wire.control(Method::GET, "/clock", None).await.1["ahead_seconds"], 0.0);
}

#[tokio::test]
async fn requests_are_noted_and_counted() {
    let wire = Wire::start().await;
    wire.control(Method::POST, "/reset", None).await;
    wire.api(Method::GET, "/users?per_page=5", None).await;
    wire.api(Method::GET, "/users/auth0%7C1", None).await;
    wire.api(Method::GET, "/users/auth0%7C2", None).await;
    token(&wire.client, &wire.fake).await;
    let client_id = management(&wire.fake).client_id;
    let (_, requests) = wire.control(Method::GET, "/requests", None).await;
    let mut first = requests[0].clone();
    let first = first.as_object_mut().unwrap();
    assert!(first.remove("duration_ms").unwrap().as_f64().unwrap() >= 0.0);
    assert!(first.remove("at").is_some());
    assert_eq!(
        json!(first),
        json!({ "method": "GET", "route": "/api/v2/users", "path": "/api/v2/users", "query": "per_page=5", "client_id": client_id, "status": 200 })
    );
    assert_eq!(
        (&requests[1]["path"], &requests[1]["status"]),
        (&json!("/api/v2/users/auth0%7C1"), &json!(404))
    );
    assert_eq!(
        (&requests[3]["path"], &requests[3]["client_id"]),
        (&json!("/oauth/token"), &json!(client_id))
    );
    assert_eq!(requests.as_array().unwrap().len(), 4, "the control API is not noted");
    let count = async |filter: &str| {
        let (status, found) = wire.control(Method::GET, &format!("/requests?{filter}"), None).await;
        assert_eq!(status, StatusCode::OK, "{found}");
        found.as_array().unwrap().len()
    };
    assert_eq!(count("route=/api/v2/users/{id}").await, 2);
    assert_eq!(count("status=404&limit=1").await, 1);
    assert_eq!(count("method=POST").await, 1);
    assert_eq!(count("client_id=nobody").await, 0);
    let (_, counters) = wire.control(Method::GET, "/counters", None).await;
    let of_users = counters.as_array().unwrap().iter().find(|count| count["route"] == "/api/v2/users/{id}");
    assert_eq!(
        of_users.unwrap(),
        &json!({ "method": "GET", "route": "/api/v2/users/{id}", "requests": 2, "failures": 2 })
    );
    let (_, coverage) = wire.control(Method::GET, "/coverage", None).await;
    let covered = coverage
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["route"] == "/api/v2/users/{id}" && row["method"] == "GET");
    assert_eq!(covered.unwrap()["requests"], 2);
    for path in ["/requests", "/counters"] {
        assert_eq!(wire.control(Method::DELETE, path, None).await.0, StatusCode::NO_CONTENT);
        assert_eq!(wire.control(Method::GET, path, None).await.1, json!([]));
    }
}

#[tokio::test]
async fn it_describes_itself_and_the_management_api() {
    let wire = Wire::start().await;
    let (_, control) = wire.control(Method::GET, "", None).await;
    assert_eq!(control["openapi"], "3.1.0");
    assert_eq!(control["paths"]["/_tenantry/faults"]["post"]["requestBody"]["required"], true);
    let server = control["servers"][0]["url"].as_str().unwrap();
    let of_itself = control["paths"].as_object().unwrap().keys().min_by_key(|path| path.len()).unwrap();
    let described = wire.client.get(format!("{server}{of_itself}")).send().await.unwrap();
    assert_eq!(described.status(), StatusCode::OK, "what it names is there: {of_itself}");
    let answers = &control["paths"]["/_tenantry/faults"]["post"]["responses"];
    for status in ["201", "400", "401", "403", "413", "415", "503"] {
        assert!(answers[status].is_object(), "{status}: {answers}");
    }
    assert!(control["paths"]["/_tenantry/faults"]["get"]["responses"]["415"].is_null(), "there is no body");
    assert_eq!(wire.control(Method::GET, "/openapi", None).await.1, wire.fake.openapi());
    let (status, problem) = wire.control(Method::GET, "/nothing", None).await;
    assert_eq!((status, &problem["status"]), (StatusCode::NOT_FOUND, &json!(404)));
    assert_eq!(wire.control(Method::PUT, "/faults", None).await.0, StatusCode::NOT_FOUND);
    let nowhere = wire.client.get(wire.url("/_tenantry/")).send().await.unwrap();
    let (content_type, cache) = (&nowhere.headers()["content-type"], &nowhere.headers()["cache-control"]);
    assert_eq!(
        (content_type, cache),
        (&"application/problem+json".parse().unwrap(), &"no-store".parse().unwrap())
    );
    assert_eq!(nowhere.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn pages_of_other_sites_may_not_use_it() {
    let wire = Wire::start().await;
    let reset = || wire.client.post(wire.url("/_tenantry/reset"));
    let own = wire.url("");
    for (name, value, expected) in [
        ("origin", "https://evil.example", 403),
        ("origin", "null", 403),
        ("origin", own.as_str(), 204),
        ("sec-fetch-site", "cross-site", 403),
        ("sec-fetch-site", "same-site", 403),
        ("sec-fetch-site", "same-origin", 204),
        ("sec-fetch-site", "none", 204),
        ("host", "evil.example", 403),
        ("host", "127.0.0.1.evil.example", 403),
        ("host", "localhost", 204),
        ("host", "[::1]:4400", 204),
    ] {
        let answer = reset().header(name, value).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), expected, "{name}: {value}");
    }
    let faults = || wire.client.post(wire.url("/_tenantry/faults"));
    let body = json!({ "kind": "cut" }).to_string();
    for content_type in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"] {
        let request = faults().header("content-type", content_type).body(body.clone());
        assert_eq!(
            request.send().await.unwrap().status(),
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "{content_type}"
        );
    }
    assert_eq!(faults().body(body).send().await.unwrap().status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let evil = wire.client.get(wire.url("/_tenantry/requests")).header("host", "evil.example");
    assert_eq!(evil.send().await.unwrap().status(), StatusCode::FORBIDDEN, "reading neither");
}

#[tokio::test]
async fn whom_a_proxy_speaks_for_needs_a_token() {
    let wire = Wire::start().await;
    wire.add_user("ann@example.com").await.unwrap();
    let names = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "via"];
    for name in names {
        let reset = wire.client.post(wire.url("/_tenantry/reset")).header(name, "192.0.2.1");
        let (status, problem) = read(reset.send().await.unwrap()).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{name}");
        assert!(problem["detail"].as_str().unwrap().contains("--control-token"), "{name}: {problem}");
        let home = wire.client.get(wire.url("/")).header(name, "192.0.2.1").send().await.unwrap();
        assert!(!home.text().await.unwrap().contains("ann@example.com"), "{name}: the page tells no more");
    }
    wire.fake.require_control_token("open sesame");
    let clock = wire.client.get(wire.url("/_tenantry/clock")).header("x-forwarded-for", "192.0.2.1");
    let with_token = clock.bearer_auth("open sesame").send().await.unwrap();
    assert_eq!(with_token.status(), StatusCode::OK);
}

#[tokio::test]
async fn with_a_token_only_who_has_it_may() {
    let wire = Wire::start().await;
    wire.fake.require_control_token("open sesame");
    assert_eq!(wire.control(Method::GET, "/clock", None).await.0, StatusCode::UNAUTHORIZED);
    let with = |token: &str| wire.client.get(wire.url("/_tenantry/clock")).bearer_auth(token);
    assert_eq!(with("open").send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    assert_eq!(with("open sesame").send().await.unwrap().status(), StatusCode::OK);
    let elsewhere = with("open sesame").header("host", "fake.internal:4400");
    assert_eq!(read(elsewhere.send().await.unwrap()).await.0, StatusCode::OK, "under any name");
}

#[tokio::test]
async fn what_has_another_shape_is_refused() {
    let wire = Wire::start().await;
    for (method, path, body) in [
        (Method::POST, "/clock", json!([])),
        (Method::POST, "/clock", json!({ "now": 1 })),
        (Method::POST, "/clock", json!({ "advance_seconds": -1 })),
        (Method::POST, "/snapshots", json!({})),
        (Method::POST, "/snapshots", json!({ "name": "" })),
        (Method::POST, "/reset", json!({})),
        (Method::GET, "/requests?limit=0", Value::Null),
        (Method::GET, "/requests?colour=red", Value::Null),
        (Method::GET, "/mailbox?kind=spam", Value::Null),
    ] {
        let body = Some(body).filter(|body| !body.is_null());
        let (status, problem) = wire.control(method, path, body).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{path}: {problem}");
        assert!(problem["detail"].is_string(), "{path}: {problem}");
    }
    let garbage =
        wire.client.post(wire.url("/_tenantry/clock")).header("content-type", "application/json").body("{");
    assert_eq!(garbage.send().await.unwrap().status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn rate_limits_are_those_of_a_plan_and_go_by_the_providers_clock() {
    let clock = std::sync::Arc::new(FixedClock::at("2030-01-01T00:00:00.000Z"));
    let wire = Wire::of(FakeAuth0::builder().clock(clock).start().await.unwrap()).await;
    let free = wire.send(Method::GET, "/roles", None).await.unwrap();
    assert!(free.headers().get("x-ratelimit-limit").is_none(), "off by default");
    let (status, limits) = wire.control(Method::PUT, "/rate-limits", Some(json!({ "plan": "free" }))).await;
    assert_eq!((status, &limits["management_api"]["burst"]), (StatusCode::OK, &json!(2)));
    let asked = async || {
        let answer = wire.send(Method::GET, "/roles", None).await.unwrap();
        let header = |name: &str| answer.headers()[name].to_str().unwrap().parse::<i64>().unwrap();
        let told =
            (header("x-ratelimit-limit"), header("x-ratelimit-remaining"), header("x-ratelimit-reset"));
        let status = answer.status().as_u16();
        (status, told, answer.json::<Value>().await.unwrap())
    };
    let start = 1_893_456_000;
    assert_eq!(asked().await.1, (2, 1, start + 1));
    assert_eq!(asked().await.1, (2, 0, start + 1));
    let (status, told, body) = asked().await;
    assert_eq!((status, told), (429, (2, 0, start + 1)));
    assert_eq!(
        body,
        json!({ "statusCode": 429, "error": "Too Many Requests", "message": "Global limit has been reached", "errorCode": "too_many_requests" })
    );
    wire.control(Method::POST, "/clock", Some(json!({ "advance_seconds": 1 }))).await;
    assert_ne!(asked().await.0, 429, "a second later by the provider's clock");
    let token = || wire.client.post(wire.url("/oauth/token")).send();
    let mut last = token().await.unwrap();
    for _ in 0..30 {
        last = token().await.unwrap();
    }
    let (status, body) = read(last).await;
    assert_eq!(
        (status.as_u16(), &body["error"]),
        (429, &json!("too_many_requests")),
        "in the form of that API"
    );
    let (_, limits) = wire.control(Method::PUT, "/rate-limits", Some(json!({ "plan": null }))).await;
    assert_eq!(limits, json!({ "plan": null, "authentication_api": null, "management_api": null }));
    assert_ne!(token().await.unwrap().status().as_u16(), 429);
}

#[tokio::test]
async fn the_latest_messages_and_requests_are_listed_the_oldest_of_them_first() {
    let wire = Wire::start().await;
    for email in ["ann@example.com", "bo@example.com", "cy@example.com"] {
        wire.add_user(email).await.unwrap();
        let body = json!({
            "client_id": management(&wire.fake).client_id,
            "connection": "Username-Password-Authentication",
            "email": email,
        });
        let asked = wire.client.post(wire.url("/dbconnections/change_password")).json(&body).send().await;
        assert_eq!(asked.unwrap().status(), StatusCode::OK);
    }
    let listed = async |path: &str, property: &str| {
        let (_, list) = wire.control(Method::GET, path, None).await;
        let each = list.as_array().unwrap().iter().map(|each| each[property].as_str().unwrap().to_owned());
        each.collect::<Vec<_>>()
    };
    assert_eq!(
        listed("/mailbox?kind=password_change&limit=2", "to").await,
        ["bo@example.com", "cy@example.com"]
    );
    let kept: Vec<String> = wire.fake.mailbox().unwrap().into_iter().map(|message| message.to).collect();
    assert_eq!(kept, listed("/mailbox", "to").await, "in Rust as well");
    let routes = ["/api/v2/users", "/dbconnections/change_password"];
    assert_eq!(listed("/requests?limit=2", "route").await, routes);
}

#[tokio::test]
async fn a_request_that_nobody_knows_the_origin_of_is_from_elsewhere() {
    let world = World::new();
    let status = async |origin: Option<&str>| {
        let mut request = Request::get("/_tenantry/clock").body(Body::empty()).unwrap();
        match origin {
            Some("this process") => drop(request.extensions_mut().insert(InProcess)),
            Some(peer) => {
                let peer: SocketAddr = peer.parse().unwrap();
                request.extensions_mut().insert(ConnectInfo(peer));
            }
            None => {}
        }
        world.router.clone().oneshot(request).await.unwrap().status()
    };
    assert_eq!(status(None).await, StatusCode::FORBIDDEN);
    assert_eq!(status(Some("192.0.2.1:5000")).await, StatusCode::FORBIDDEN);
    assert_eq!(status(Some("127.0.0.1:5000")).await, StatusCode::OK);
    assert_eq!(status(Some("[::ffff:127.0.0.1]:5000")).await, StatusCode::OK);
    assert_eq!(status(Some("this process")).await, StatusCode::OK);
}

/// An Action that takes its time, and then notes something about the person.
const SLOW: &str = "exports.onExecutePostLogin = async (event, api) => {
  await new Promise((done) => setTimeout(done, 1500));
  api.user.setUserMetadata('late', true);
  if (api.cache.get('seen')) api.user.setUserMetadata('seen', true);
  api.cache.set('seen', 'yes');
};";

#[tokio::test]
async fn a_login_under_way_leaves_nothing_in_the_state_that_a_reset_has_made() {
    let seed = json!({
        "tenant": { "default_directory": "Username-Password-Authentication" },
        "clients": [{ "name": "App", "client_id": "app", "client_secret": "secret", "grant_types": ["password"] }],
        "users": [{ "user_id": "auth0|ann", "email": "ann@example.com", "password": PASSWORD }],
        "actions": [{ "name": "Slow", "code": SLOW, "bound": true }],
    });
    let seed = SeedFile::from_json(seed).unwrap();
    let wire = Wire::of(FakeAuth0::builder().seed_file(seed).start().await.unwrap()).await;
    let log_in = || {
        let form = [
            ("grant_type", "password"),
            ("client_id", "app"),
            ("client_secret", "secret"),
            ("username", "ann@example.com"),
            ("password", PASSWORD),
        ];
        wire.client.post(wire.url("/oauth/token")).form(&form).send()
    };
    let ann = async || wire.api(Method::GET, "/users/auth0%7Cann", None).await.1;
    let reset = async {
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        wire.fake.reset().await.unwrap();
    };
    let (answer, ()) = tokio::join!(log_in(), reset);
    assert_eq!(answer.unwrap().status(), StatusCode::FORBIDDEN, "its account is another one");
    let after = ann().await;
    assert_eq!((&after["user_metadata"], &after["logins_count"]), (&Value::Null, &Value::Null), "{after}");
    let (_, logs) = wire.api(Method::GET, "/logs", None).await;
    assert!(logs.as_array().unwrap().iter().all(|entry| entry["user_id"] != "auth0|ann"), "{logs}");
    assert_eq!(log_in().await.unwrap().status(), StatusCode::OK);
    assert_eq!(ann().await["user_metadata"], json!({ "late": true }), "the next login is as ever");
}

#[tokio::test]
async fn a_browsers_login_under_way_ends_with_a_reset() {
    let world = World::new();
    let seed = json!({ "actions": [{ "name": "Slow", "code": SLOW, "bound": true }] });
    world.fake.seed(&SeedFile::from_json(seed).unwrap()).await.unwrap();
    let mut browser = Browser::default();
    let reset = async {
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        world.fake.reset().await.unwrap();
    };
    let (answer, ()) = tokio::join!(browser.sign_up(&world, "ann@example.com"), reset);
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.body);
    assert!(answer.body.contains("This login has ended"), "{}", answer.body);
    let logs = world.api("GET", "/logs", Value::Null).await.json();
    let others = logs.as_array().unwrap().iter().filter(|entry| entry["type"] != "seccft");
    assert_eq!(others.count(), 0, "{logs}");
}
