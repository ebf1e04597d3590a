//! The browser's session at the provider: going on with it, asking again, logging out.

use std::time::Duration;

use crate::browser::Browser;
use crate::support::{APP, World, claims, encode, parameter};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::json;

const HOUR: Duration = Duration::from_hours(1);

fn silent_of(world: &World) -> String {
    world.authorize(&[("prompt", "none")])
}

#[tokio::test]
async fn a_session_logs_in_without_a_page_until_it_is_over() {
    let world = World::new();
    let mut browser = Browser::default();
    let first = world.id_token(&browser.sign_up(&world, "ann@example.com").await.callback()).await;
    let silent = world.authorize(&[("prompt", "none")]);
    world.clock.advance(71 * HOUR);
    let again = world.id_token(&browser.get(&world, &silent).await.callback()).await;
    assert_eq!(again["sid"], first["sid"]);
    // 72 hours unused.
    let idle = browser.clone();
    world.clock.advance(72 * HOUR);
    let mut over = idle.clone();
    assert_eq!(over.get(&world, &silent).await.refusal(), ("login_required".into(), "Login required".into()));
    // 168 hours in all, although it was used in between.
    let world = World::new();
    let mut browser = Browser::default();
    browser.sign_up(&world, "ann@example.com").await;
    for _ in 0..3 {
        world.clock.advance(50 * HOUR);
        assert!(parameter(&browser.get(&world, &silent_of(&world)).await.callback(), "code").is_some());
    }
    world.clock.advance(18 * HOUR);
    assert_eq!(browser.get(&world, &silent_of(&world)).await.refusal().0, "login_required");
}

#[tokio::test]
async fn a_login_can_be_asked_for_in_spite_of_a_session() {
    let world = World::new();
    let mut browser = Browser::default();
    let first = world.id_token(&browser.sign_up(&world, "ann@example.com").await.callback()).await;
    let old = browser.cookie("auth0").unwrap().to_owned();
    world.clock.advance(Duration::from_secs(100));
    let again = browser.log_in(&world, "ann@example.com", &[("prompt", "login")]).await;
    let again = world.id_token(&again.callback()).await;
    assert_eq!(again["auth_time"], json!(1_772_445_700), "prompt=login says when");
    assert_ne!(again["sid"], first["sid"], "c03: a new session");
    assert_ne!(browser.cookie("auth0"), Some(old.as_str()));
    let request = Request::get(silent_of(&world)).header(header::COOKIE, format!("auth0={old}"));
    let with_old = world.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(with_old.refusal().0, "login_required", "c03: the old one is dead");

    world.clock.advance(Duration::from_secs(100));
    let young = browser.get(&world, &world.authorize(&[("max_age", "100")])).await;
    assert_eq!(world.id_token(&young.callback()).await["auth_time"], json!(1_772_445_700));
    assert!(browser.begin(&world, &[("max_age", "99")]).await.starts_with("/u/login"));
    assert!(
        browser
            .begin(&world, &[("screen_hint", "signup"), ("prompt", "login")])
            .await
            .starts_with("/u/signup")
    );
}

#[tokio::test]
async fn c06_logging_out_ends_the_session() {
    let world = World::new();
    let (client_id, _) = world.client(APP);
    let mut browser = Browser::default();
    browser.sign_up(&world, "ann@example.com").await;
    let stolen = browser.clone();
    let query = encode(&[("client_id", client_id.as_str()), ("returnTo", "http://127.0.0.1:3000/?bye=1#x")]);
    let answer = browser.get(&world, &format!("/v2/logout?{query}")).await;
    assert_eq!(answer.location, "http://127.0.0.1:3000/?bye=1#x");
    assert_eq!(browser.cookie("auth0"), None);
    for mut browser in [browser, stolen] {
        assert_eq!(browser.get(&world, &silent_of(&world)).await.refusal().0, "login_required");
    }
    for bad in
        ["https://evil.example/", "http://127.0.0.1:3000/elsewhere", "http://127.0.0.1:3000@evil.example/"]
    {
        let query = encode(&[("client_id", client_id.as_str()), ("returnTo", bad)]);
        let answer = world.get(&format!("/v2/logout?{query}")).await;
        assert_eq!((answer.status, answer.location.as_str()), (StatusCode::BAD_REQUEST, ""), "{bad}");
    }
    let answer = world.get(&format!("/v2/logout?client_id={client_id}")).await;
    assert_eq!(answer.location, "http://127.0.0.1:3000/", "the first allowed URL");
}

#[tokio::test]
async fn an_application_logs_out_whom_it_knows_and_else_the_person_is_asked() {
    let world = World::new();
    let (client_id, _) = world.client(APP);
    let mut browser = Browser::default();
    let signed_in = browser.sign_up(&world, "ann@example.com").await;
    let tokens = world.redeem(&parameter(&signed_in.callback(), "code").unwrap()).await.json();
    let id_token = tokens["id_token"].as_str().unwrap();
    let sid = claims(id_token)["sid"].as_str().unwrap().to_owned();
    let common = [
        ("client_id", client_id.as_str()),
        ("post_logout_redirect_uri", "http://127.0.0.1:3000/"),
        ("state", "s2"),
    ];
    let path = |extra: &[(&str, &str)]| format!("/oidc/logout?{}", encode(&[&common, extra].concat()));

    let mut asked = browser.clone();
    let page = asked.get(&world, &path(&[])).await;
    assert!(page.status == StatusCode::OK && page.body.contains("Do you want to log out"));
    assert!(parameter(&asked.get(&world, &silent_of(&world)).await.callback(), "code").is_some());

    let mut hinted = browser.clone();
    let foreign = hinted.get(&world, &path(&[("logout_hint", "another")])).await;
    assert_eq!(foreign.status, StatusCode::OK, "a hint for another session asks as well");
    let done = hinted.get(&world, &path(&[("logout_hint", &sid)])).await;
    assert_eq!(done.location, "http://127.0.0.1:3000/?state=s2");
    assert_eq!(browser.get(&world, &silent_of(&world)).await.refusal().0, "login_required");

    browser.log_in(&world, "ann@example.com", &[]).await;
    let agreed = browser.post(&world, "/oidc/logout/confirm", &common).await;
    assert_eq!(agreed.location, "http://127.0.0.1:3000/?state=s2");
    assert_eq!(browser.get(&world, &silent_of(&world)).await.refusal().0, "login_required");

    let hint = [("id_token_hint", id_token), ("post_logout_redirect_uri", "http://127.0.0.1:3000/")];
    let by_token = world.get(&format!("/oidc/logout?{}", encode(&hint))).await;
    assert_eq!(by_token.location, "http://127.0.0.1:3000/");
    let inexact = [("id_token_hint", id_token), ("post_logout_redirect_uri", "http://127.0.0.1:3000/?x=1")];
    assert_eq!(
        world.get(&format!("/oidc/logout?{}", encode(&inexact))).await.status,
        StatusCode::BAD_REQUEST
    );
    let forged = format!("{}x", &id_token[..id_token.len() - 4]);
    let forged = world.get(&format!("/oidc/logout?{}", encode(&[("id_token_hint", &forged)]))).await;
    assert_eq!(forged.status, StatusCode::BAD_REQUEST);
}
