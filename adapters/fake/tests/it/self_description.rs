//! What the provider says about itself.

use crate::support::{APP, ISSUER, World};
use axum::http::StatusCode;
use serde_json::Value;

#[tokio::test]
async fn the_provider_describes_itself() {
    let world = World::new();
    let configuration = world.get("/.well-known/openid-configuration").await.json();
    assert_eq!(configuration["issuer"], ISSUER);
    for (name, path) in [
        ("authorization_endpoint", "authorize"),
        ("token_endpoint", "oauth/token"),
        ("userinfo_endpoint", "userinfo"),
        ("jwks_uri", ".well-known/jwks.json"),
        ("end_session_endpoint", "oidc/logout"),
    ] {
        assert_eq!(configuration[name], format!("{ISSUER}{path}"));
    }
    assert_eq!(world.get("/.well-known/jwks.json").await.json()["keys"].as_array().unwrap().len(), 2);
    let home = world.get("/").await;
    assert!(home.body.contains("Development identity provider"));
    assert!(!home.body.contains(&world.client(APP).1), "no secrets");
    let css = home.body.split("href=\"").find_map(|part| part.strip_prefix("/u/assets/")).unwrap();
    let css = world.get(&format!("/u/assets/{}", css.split('"').next().unwrap())).await;
    assert!(css.body.contains(".auth-card") && css.cache_control.contains("immutable"));
    assert!(world.get("/avatars/an.svg").await.body.contains(">AN<"));
    for nowhere in ["/avatars/%3Cscript%3E.svg", "/u/assets/other.css", "/nowhere"] {
        assert_eq!(world.get(nowhere).await.status, StatusCode::NOT_FOUND, "{nowhere}");
    }
}

#[tokio::test]
async fn calls_are_counted_by_their_route() {
    let world = World::new();
    world.user("ann@example.com").await;
    world.fake.clear_requests();
    world.api("GET", "/users/auth0%7Cnobody", Value::Null).await;
    world.get("/nowhere").await;
    let calls: Vec<_> = world
        .fake
        .requests()
        .into_iter()
        .map(|call| (call.method, call.route, call.path, call.status))
        .collect();
    let call = |method: &str, route: &str, path: &str, status| {
        (method.to_owned(), route.to_owned(), path.to_owned(), status)
    };
    assert_eq!(
        calls,
        [
            call("POST", "/oauth/token", "/oauth/token", 200),
            call("GET", "/api/v2/users/{id}", "/api/v2/users/auth0%7Cnobody", 404),
            call("GET", "", "/nowhere", 404),
        ]
    );
}
