//! The identity provider tells of logouts: it has no cookie and no page of ours, only what it has signed.

use axum::http::{Method, header};

use crate::browser::{Answer, Browser, encode};
use crate::world::{Fault, World};

const PATH: &str = "/api/auth/backchannel-logout";
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

/// What a server sends that is no browser of anybody.
async fn told(world: &std::sync::Arc<World>, body: &str) -> Answer {
    Browser::new(world).send(Method::POST, PATH, &[FORM], body.to_owned()).await
}

fn error(answer: &Answer) -> serde_json::Value {
    assert_eq!(answer.headers[header::CONTENT_TYPE], "application/json");
    serde_json::from_str(&answer.body).unwrap()
}

#[tokio::test]
async fn rp45_who_is_logged_out_at_the_provider_is_logged_out_here() {
    let world = World::new();
    for token in ["sid:Ann Lee", "user:Ann Lee"] {
        let mut ann = Browser::signed_in(&world, "Ann Lee", None).await;
        let mut bo = Browser::signed_in(&world, "Bo Ek", None).await;
        for _ in 0..2 {
            let answer = told(&world, &format!("logout_token={}", encode(token))).await;
            assert_eq!((answer.status.as_u16(), answer.body.as_str()), (200, ""), "{token}, once and again");
            assert!(answer.headers[header::CACHE_CONTROL].to_str().unwrap().contains("no-store"));
            assert!(!answer.headers.contains_key(header::SET_COOKIE));
        }
        assert_eq!(ann.get("/home").await.location(), "/api/auth/login?returnTo=%2Fhome");
        assert_eq!(bo.get("/home").await.status, 200, "{token}");
        world.forget_logouts();
    }
}

#[tokio::test]
async fn rp45_what_is_refused_says_so_as_the_standard_has_it_and_the_session_lives() {
    let world = World::new();
    let mut ann = Browser::signed_in(&world, "Ann Lee", None).await;
    let good = format!("logout_token={}", encode("sid:Ann Lee"));
    for body in [
        "logout_token=forged".to_owned(),
        "logout_token=".to_owned(),
        String::new(),
        format!("{good}&{good}"),
        format!("token={}", encode("sid:Ann Lee")),
        "logout_token=%ff".to_owned(),
    ] {
        let answer = told(&world, &body).await;
        assert_eq!(answer.status, 400, "{body}");
        assert_eq!(error(&answer)["error"], "invalid_request", "{body}");
        assert!(!answer.body.contains("alg none"), "why is for the log");
    }
    for kind in ["application/json", "text/plain", "multipart/form-data; boundary=x"] {
        let headers = [("content-type", kind)];
        let answer = Browser::new(&world).send(Method::POST, PATH, &headers, good.clone()).await;
        assert_eq!((answer.status.as_u16(), &error(&answer)["error"]), (400, &"invalid_request".into()));
    }
    let huge = format!("logout_token={}", "x".repeat(70_000));
    assert_eq!(told(&world, &huge).await.status, 413);
    assert_eq!(ann.get("/home").await.status, 200);
    // The cookie of somebody who is signed in does not help whoever has no token.
    let answer = ann.send(Method::POST, PATH, &[FORM], "logout_token=forged".to_owned()).await;
    assert_eq!(answer.status, 400);
    assert_eq!(ann.get("/home").await.status, 200);
}

#[tokio::test]
async fn rp45_a_long_token_is_read_whole() {
    let world = World::new();
    let mut ann = Browser::signed_in(&world, "Ann Lee", None).await;
    // As long as one with a session's metadata in it.
    let token = format!("sid:Ann Lee{}", " ".repeat(10_000));
    assert_eq!(told(&world, &format!("logout_token={}", token.replace(' ', "+"))).await.status, 200);
    assert_eq!(ann.get("/home").await.status, 303);
}

#[tokio::test]
async fn rp45_what_fails_outside_may_be_sent_again() {
    let world = World::new();
    let mut ann = Browser::signed_in(&world, "Ann Lee", None).await;
    let body = format!("logout_token={}", encode("sid:Ann Lee"));
    world.breaks(Fault::Outage);
    assert_eq!(told(&world, &body).await.status, 503);
    world.is_mended();
    assert_eq!(ann.get("/home").await.status, 200);
    assert_eq!(told(&world, &body).await.status, 200);
    assert_eq!(ann.get("/home").await.status, 303);
}

#[tokio::test]
async fn c07_a_logout_that_comes_before_the_login_is_complete_wins() {
    for token in ["sid:Ann Lee", "user:Ann Lee"] {
        let world = World::new();
        let mut ann = Browser::new(&world);
        let away = ann.get("/api/auth/login").await;
        world.clock.advance(std::time::Duration::from_secs(1));
        assert_eq!(told(&world, &format!("logout_token={}", encode(token))).await.status, 200);
        let back = ann.come_back(away.location(), "Ann Lee").await;
        back.shows(400, &["You were logged out meanwhile", "Log in again"]);
        assert!(world.session_ids().is_empty() && ann.jar.is_empty());
    }
}
