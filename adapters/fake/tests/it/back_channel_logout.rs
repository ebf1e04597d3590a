//! Clients hear of logouts: a receiver on this machine takes the notices.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::routing::post;
use serde_json::{Map, Value, json};
use tenantry_ports::{IdentityProvider as _, IdentityProviderError, LoggedOut};
use tokio::sync::Notify;

use crate::authn::{set_app, world};
use crate::browser::Browser;
use crate::contract::provider;
use crate::support::{APP, ISSUER, World, claims, encode, parameter, segment};

/// What was received, and what is answered next; 200 when nothing stands there.
#[derive(Clone, Default)]
struct Receiver {
    tokens: Arc<Mutex<Vec<String>>>,
    answers: Arc<Mutex<VecDeque<StatusCode>>>,
}

#[derive(serde::Deserialize)]
struct Notice {
    logout_token: String,
}

async fn receive(State(receiver): State<Receiver>, Form(notice): Form<Notice>) -> StatusCode {
    receiver.tokens.lock().unwrap().push(notice.logout_token);
    receiver.answers.lock().unwrap().pop_front().unwrap_or(StatusCode::OK)
}

impl Receiver {
    /// Listens, and has the application's logouts sent to it.
    async fn start(world: &World, initiators: Value, answers: &[StatusCode]) -> Self {
        let receiver = Self::default();
        receiver.answers.lock().unwrap().extend(answers);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/bye", listener.local_addr().unwrap());
        let router = Router::new().route("/bye", post(receive)).with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let mut settings = json!({ "backchannel_logout_urls": [url] });
        if !initiators.is_null() {
            settings["backchannel_logout_initiators"] = initiators;
        }
        set_app(world, json!({ "oidc_logout": settings })).await;
        receiver
    }

    fn count(&self) -> usize {
        self.tokens.lock().unwrap().len()
    }

    /// The claims of the notices, as soon as there are so many.
    async fn notices(&self, count: usize) -> Vec<Map<String, Value>> {
        for _ in 0..200 {
            if self.count() >= count {
                break;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        let tokens = self.tokens.lock().unwrap().clone();
        assert_eq!(tokens.len(), count);
        tokens.iter().map(|token| claims(token)).collect()
    }

    /// Long enough for another try, which comes after half a second.
    async fn stays_at(&self, count: usize) {
        tokio::time::sleep(Duration::from_millis(900)).await;
        assert_eq!(self.count(), count);
    }
}

async fn log_out(world: &World, browser: &mut Browser) {
    let (id, _) = world.client(APP);
    let path = format!("/v2/logout?{}", encode(&[("client_id", id.as_str())]));
    assert_eq!(browser.get(world, &path).await.status, StatusCode::FOUND);
}

#[tokio::test]
async fn a_client_hears_of_a_logout_with_a_token_of_the_standard() {
    let world = world();
    let receiver = Receiver::start(&world, Value::Null, &[]).await;
    let mut browser = Browser::default();
    let id_token = world.id_token(&browser.sign_up(&world, "ann@example.com").await.callback()).await;
    log_out(&world, &mut browser).await;
    let notice = receiver.notices(1).await.remove(0);
    assert_eq!((&notice["iss"], &notice["aud"]), (&json!(ISSUER), &json!(world.client(APP).0)));
    assert_eq!((&notice["sub"], &notice["sid"]), (&id_token["sub"], &id_token["sid"]));
    assert_eq!(notice["exp"].as_i64().unwrap() - notice["iat"].as_i64().unwrap(), 120);
    assert_eq!(notice["events"], json!({ "http://schemas.openid.net/event/backchannel-logout": {} }));
    assert!(notice["jti"].is_string() && notice["trace_id"].is_string() && notice.get("nonce").is_none());
    receiver.stays_at(1).await;
}

#[tokio::test]
async fn what_a_client_hears_is_understood_without_http_too() {
    let world = world();
    let receiver = Receiver::start(&world, Value::Null, &[]).await;
    let mut browser = Browser::default();
    let callback = browser.sign_up(&world, "ann@example.com").await.callback();
    let tokens = world.redeem(&parameter(&callback, "code").unwrap()).await.json();
    log_out(&world, &mut browser).await;
    let notice = receiver.notices(1).await.remove(0);
    let token = receiver.tokens.lock().unwrap()[0].clone();
    let product = provider(&world);
    let ended = LoggedOut::ProviderSession(notice["sid"].as_str().unwrap().to_owned());
    assert_eq!(product.verify_logout_token(&token.as_str().into()).await.unwrap(), ended);
    let another = world.fake.identity_provider("another", "https://app.example/callback".parse().unwrap());
    let id_token = tokens["id_token"].as_str().unwrap();
    for (product, token) in
        [(&another, token.as_str()), (&product, id_token), (&product, &token[1..]), (&product, "")]
    {
        let refused = product.verify_logout_token(&token.into()).await;
        assert!(matches!(refused, Err(IdentityProviderError::Rejected(_))), "{refused:?}");
    }
    world.clock.advance(Duration::from_mins(2));
    let late = product.verify_logout_token(&token.as_str().into()).await;
    assert!(matches!(late, Err(IdentityProviderError::Rejected(_))), "{late:?}");
}

#[tokio::test]
async fn what_fails_is_tried_again_and_what_is_refused_is_not() {
    let world = world();
    let answers = [StatusCode::BAD_GATEWAY, StatusCode::OK, StatusCode::BAD_REQUEST];
    let receiver = Receiver::start(&world, json!({ "mode": "all" }), &answers).await;
    let mut browser = Browser::default();
    browser.sign_up(&world, "ann@example.com").await;
    log_out(&world, &mut browser).await;
    receiver.notices(2).await;
    browser.log_in(&world, "ann@example.com", &[]).await;
    log_out(&world, &mut browser).await;
    receiver.notices(3).await;
    receiver.stays_at(3).await;
}

#[tokio::test]
async fn a_client_hears_of_the_ends_that_it_selected() {
    let world = world();
    let selected = ["rp-logout", "account-deactivated", "session-expired"];
    let initiators = json!({ "mode": "custom", "selected_initiators": selected });
    let receiver = Receiver::start(&world, initiators, &[]).await;
    let sub = async |email: &str| {
        let callback = Browser::default().sign_up(&world, email).await.callback();
        world.id_token(&callback).await["sub"].as_str().unwrap().to_owned()
    };
    let (ann, bo) = (sub("ann@example.com").await, sub("bo@example.com").await);
    let gone = world.api("DELETE", &format!("/users/{}", segment(&bo)), Value::Null).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    receiver.stays_at(0).await;
    let blocked = world.api("PATCH", &format!("/users/{}", segment(&ann)), json!({ "blocked": true })).await;
    assert_eq!(blocked.status, StatusCode::OK);
    assert_eq!(receiver.notices(1).await[0]["sub"], json!(ann));
    let cy = sub("cy@example.com").await;
    world.clock.advance(Duration::from_hours(169));
    world.get(&world.authorize(&[("prompt", "none")])).await;
    assert_eq!(receiver.notices(2).await[1]["sub"], json!(cy));
}

#[tokio::test]
async fn a_notice_outlives_the_process() {
    let directory = tempfile::tempdir().unwrap();
    let world = World::open(directory.path(), 1);
    let (id, secret) = world.client(APP);
    assert!(!id.is_empty() && !secret.is_empty());
    // Nobody listens at first.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let settings = json!({ "backchannel_logout_urls": [format!("http://{address}/bye")] });
    set_app(&world, json!({ "oidc_logout": settings })).await;
    let mut browser = Browser::default();
    let callback = browser.sign_up(&world, "ann@example.com").await.callback();
    assert!(parameter(&callback, "code").is_some());
    log_out(&world, &mut browser).await;
    drop(world);
    let receiver = Receiver::default();
    let listener = tokio::net::TcpListener::bind(address).await.unwrap();
    let router = Router::new().route("/bye", post(receive)).with_state(receiver.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let world = World::open(directory.path(), 2);
    world.fake.warm_up().unwrap();
    assert_eq!(receiver.notices(1).await[0]["aud"], json!(world.client(APP).0));
}

#[tokio::test]
async fn a_notice_that_a_reset_has_overtaken_is_over() {
    let world = world();
    let (arrived, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let tries = Arc::new(AtomicUsize::new(0));
    let handler = {
        let (arrived, go_on, tries) = (arrived.clone(), go_on.clone(), tries.clone());
        move || async move {
            tries.fetch_add(1, Ordering::SeqCst);
            arrived.notify_one();
            go_on.notified().await;
            StatusCode::BAD_GATEWAY
        }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/bye", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/bye", post(handler))).await });
    set_app(&world, json!({ "oidc_logout": { "backchannel_logout_urls": [url] } })).await;
    let mut browser = Browser::default();
    browser.sign_up(&world, "ann@example.com").await;
    log_out(&world, &mut browser).await;
    arrived.notified().await;
    world.fake.reset().await.unwrap();
    go_on.notify_one();
    // Another try would come after half a second.
    tokio::time::sleep(Duration::from_millis(1200)).await;
    assert_eq!(tries.load(Ordering::SeqCst), 1);
    let logs = world.api("GET", "/logs", Value::Null).await.json();
    let types: Vec<&str> =
        logs.as_array().unwrap().iter().map(|entry| entry["type"].as_str().unwrap()).collect();
    assert!(types.iter().all(|kind| !kind.starts_with("oidc_backchannel")), "{types:?}");
}
