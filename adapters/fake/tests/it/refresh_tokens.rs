//! Refresh tokens: rotation, the reuse of a token, lifetimes, and how a client gives one back.

use std::time::Duration;

use crate::authn::{refusal, refused, set_app, set_tenant, tokens, world};
use crate::browser::Browser;
use crate::support::{APP, M2M, World, form_request, parameter};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::{Value, json};

const OFFLINE: [(&str, &str); 1] = [("scope", "openid email offline_access")];

async fn logged_in(world: &World) -> (Browser, String) {
    let mut browser = Browser::default();
    browser.sign_up(world, "ann@example.com").await;
    let token = given(world, &mut browser).await;
    (browser, token)
}

async fn given(world: &World, browser: &mut Browser) -> String {
    refresh_token(&tokens(world, browser, &OFFLINE).await)
}

fn refresh_token(answer: &Value) -> String {
    answer["refresh_token"].as_str().unwrap().to_owned()
}

async fn exchange(world: &World, token: &str) -> crate::support::Answer {
    world.token(APP, &[("grant_type", "refresh_token"), ("refresh_token", token)]).await
}

async fn is_dead(world: &World, token: &str) -> bool {
    let answer = exchange(world, token).await;
    answer.status == StatusCode::FORBIDDEN
        && refusal(&answer) == refused(403, "invalid_grant", "Unknown or invalid refresh token.")
}

#[tokio::test]
async fn a_rotating_token_is_exchanged_once_and_its_reuse_ends_the_family() {
    let world = world();
    set_app(
        &world,
        json!({ "refresh_token": { "rotation_type": "rotating", "expiration_type": "expiring" } }),
    )
    .await;
    let (mut browser, first) = logged_in(&world).await;
    let other_family = given(&world, &mut browser).await;
    let second = refresh_token(&exchange(&world, &first).await.json());
    let third = refresh_token(&exchange(&world, &second).await.json());
    assert!(first != second && second != third);
    assert!(is_dead(&world, &first).await, "somebody has a copy");
    assert!(is_dead(&world, &third).await, "the whole family is gone");
    assert_eq!(exchange(&world, &other_family).await.status, StatusCode::OK, "another login's is not");
}

#[tokio::test]
async fn within_the_leeway_a_token_may_be_brought_again() {
    let world = world();
    let settings = json!({ "rotation_type": "rotating", "expiration_type": "expiring", "leeway": 10 });
    set_app(&world, json!({ "refresh_token": settings })).await;
    let (_, first) = logged_in(&world).await;
    let second = refresh_token(&exchange(&world, &first).await.json());
    world.clock.advance(Duration::from_secs(9));
    let again = refresh_token(&exchange(&world, &first).await.json());
    assert_ne!(again, second);
    assert_eq!(exchange(&world, &second).await.status, StatusCode::OK);
    world.clock.advance(Duration::from_secs(1));
    assert!(is_dead(&world, &first).await, "the leeway counts from the first exchange");
    assert!(is_dead(&world, &again).await);
}

#[tokio::test]
async fn tokens_end_when_they_lie_unused_and_when_their_family_is_old() {
    let world = world();
    let settings = json!({
        "rotation_type": "rotating",
        "expiration_type": "expiring",
        "token_lifetime": 100,
        "idle_token_lifetime": 40,
    });
    set_app(&world, json!({ "refresh_token": settings })).await;
    let (mut browser, mut token) = logged_in(&world).await;
    let idle = given(&world, &mut browser).await;
    for _ in 0..3 {
        world.clock.advance(Duration::from_secs(30));
        token = refresh_token(&exchange(&world, &token).await.json());
    }
    assert!(is_dead(&world, &idle).await);
    world.clock.advance(Duration::from_secs(10));
    assert!(is_dead(&world, &token).await, "100 seconds in all");
}

#[tokio::test]
async fn a_code_that_comes_twice_takes_back_what_it_gave() {
    let world = world();
    let mut browser = Browser::default();
    browser.sign_up(&world, "ann@example.com").await;
    let callback = browser.get(&world, &world.authorize(&OFFLINE)).await.callback();
    let code = parameter(&callback, "code").unwrap();
    let tokens = world.redeem(&code).await.json();
    let userinfo = async || {
        let bearer = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
        let request = Request::get("/userinfo").header(header::AUTHORIZATION, bearer);
        world.send(request.body(Body::empty()).unwrap()).await.status
    };
    assert_eq!(userinfo().await, StatusCode::OK);
    assert_eq!(
        refusal(&world.redeem(&code).await),
        refused(403, "invalid_grant", "Invalid authorization code")
    );
    assert_eq!(userinfo().await, StatusCode::UNAUTHORIZED);
    assert!(is_dead(&world, &refresh_token(&tokens)).await);
}

#[tokio::test]
async fn a_client_gives_its_own_tokens_back() {
    let world = world();
    let (mut browser, token) = logged_in(&world).await;
    let (id, secret) = world.client(APP);
    let revoke = async |id: &str, secret: &str, token: &str| {
        let fields = [("client_id", id), ("client_secret", secret), ("token", token)];
        world.send(form_request("/oauth/revoke", &fields)).await
    };
    assert_eq!(refusal(&revoke(&id, "guess", &token).await), refused(401, "access_denied", "Unauthorized"));
    let (other, other_secret) = world.client(M2M);
    assert_eq!(revoke(&other, &other_secret, &token).await.status, StatusCode::OK, "it is not told");
    assert_eq!(exchange(&world, &token).await.status, StatusCode::OK, "and it is not its own");
    let done = revoke(&id, &secret, &token).await;
    assert_eq!((done.status, done.body.as_str()), (StatusCode::OK, ""));
    assert!(is_dead(&world, &token).await);
    assert_eq!(revoke(&id, &secret, &token).await.status, StatusCode::OK);
    let missing = refused(400, "invalid_request", "Missing required parameter: token");
    assert_eq!(refusal(&revoke(&id, &secret, "").await), missing);

    let (one, two) = (given(&world, &mut browser).await, given(&world, &mut browser).await);
    revoke(&id, &secret, &one).await;
    assert_eq!(exchange(&world, &two).await.status, StatusCode::OK);
    let one = given(&world, &mut browser).await;
    set_tenant(&world, json!({ "flags": { "revoke_refresh_token_grant": true } })).await;
    revoke(&id, &secret, &one).await;
    assert!(is_dead(&world, &two).await, "the whole grant");
}
