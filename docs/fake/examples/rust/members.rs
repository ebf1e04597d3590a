//! A Rust test with a provider of its own: people, an outage, the mailbox, time.

use std::time::Duration;

use reqwest::Client;
use reqwest::redirect::Policy;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use tenantry_fake::{FakeAuth0, Fault, MessageKind, SeedFile};

const SEED: &str = r#"
clients:
  - name: Portal
    client_id: portal
    initiate_login_uri: https://app.example/login
    organization_usage: allow
users:
  - { user_id: "auth0|ann", email: ann@acme.example, password: correct Horse 1 }
organizations:
  - name: acme
    id: org_acme000000000001
    connections: [Username-Password-Authentication]
"#;

fn http() -> Client {
    Client::builder().timeout(Duration::from_secs(20)).redirect(Policy::none()).build().unwrap()
}

/// A provider on a free port, gone when it is dropped, and a token for its Management API.
async fn start() -> (FakeAuth0, String) {
    let seed = SeedFile::from_yaml(SEED).unwrap();
    let auth0 = FakeAuth0::builder().seed_file(seed).start().await.unwrap();
    let management = auth0.management().unwrap();
    let body = json!({
        "grant_type": "client_credentials",
        "client_id": management.client_id,
        "client_secret": management.client_secret.expose_secret(),
        "audience": format!("{}api/v2/", auth0.issuer()),
    });
    let answer = http().post(format!("{}oauth/token", auth0.issuer())).json(&body).send().await.unwrap();
    let answer: Value = answer.json().await.unwrap();
    let token = answer["access_token"].as_str().unwrap().to_owned();
    (auth0, token)
}

async fn ann(auth0: &FakeAuth0, token: &str) -> u16 {
    let url = format!("{}api/v2/users/auth0%7Cann", auth0.issuer());
    http().get(url).bearer_auth(token).send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn an_outage_ends() {
    let (auth0, token) = start().await;
    auth0.faults().add(Fault::status(503).on("GET", "/api/v2/users/*").times(1));
    assert_eq!(ann(&auth0, &token).await, 503);
    assert_eq!(ann(&auth0, &token).await, 200);
    let seen = auth0.requests().iter().filter(|call| call.path.starts_with("/api/v2/users/")).count();
    assert_eq!(seen, 2);
}

#[tokio::test]
async fn a_token_lives_for_a_day() {
    let (auth0, token) = start().await;
    assert_eq!(ann(&auth0, &token).await, 200);
    auth0.clock().advance(Duration::from_hours(24));
    assert_eq!(ann(&auth0, &token).await, 401);
}

#[tokio::test]
async fn an_invitation_is_in_the_mailbox() {
    let (auth0, token) = start().await;
    let url = format!("{}api/v2/organizations/org_acme000000000001/invitations", auth0.issuer());
    let body = json!({ "inviter": { "name": "Ann" }, "invitee": { "email": "bo@acme.example" }, "client_id": "portal" });
    let answer = http().post(url).bearer_auth(&token).json(&body).send().await.unwrap();
    assert!(answer.status().is_success());
    let mail = auth0.mailbox().unwrap();
    assert_eq!((mail[0].kind, mail[0].to.as_str()), (MessageKind::Invitation, "bo@acme.example"));
    assert!(mail[0].link.starts_with("https://app.example/login?invitation="));
}

#[tokio::test]
async fn what_a_test_did_can_be_undone() {
    let (auth0, token) = start().await;
    auth0.snapshot("before").unwrap();
    let url = format!("{}api/v2/users/auth0%7Cann", auth0.issuer());
    http().delete(url).bearer_auth(&token).send().await.unwrap();
    assert_eq!(ann(&auth0, &token).await, 404);
    auth0.restore("before").await.unwrap();
    assert_eq!(ann(&auth0, &token).await, 200);
}
