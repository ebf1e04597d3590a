//! What the provider has answered survives a restart, and a `kill -9`.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use crate::browser::Browser;
use crate::support::{APP, M2M, PASSWORD, World, clock, config, parameter, seed};
use axum::http::StatusCode;
use serde_json::{Value, json};
use tenantry_fake::{Fake, SeedClient};
use tenantry_ports::testkit::SeededRandom;

#[tokio::test]
async fn everything_is_there_after_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let mut browser = Browser::default();
    let (clients, keys, acme, code, page) = {
        let world = World::open(directory.path(), 1);
        let signed_in = browser.sign_up(&world, "ann@example.com").await;
        let acme = world.organization("acme").await;
        let page = browser.begin(&world, &[("prompt", "login")]).await;
        let keys = world.get("/.well-known/jwks.json").await.body;
        (
            (world.client(APP), world.client(M2M)),
            keys,
            acme,
            parameter(&signed_in.callback(), "code").unwrap(),
            page,
        )
    };
    let world = World::open(directory.path(), 2);
    assert_eq!((world.client(APP), world.client(M2M)), clients);
    assert_eq!(world.get("/.well-known/jwks.json").await.body, keys);
    assert_eq!(world.redeem(&code).await.status, StatusCode::OK, "a code on its way");
    let done = browser.post(&world, &page, &[("username", "ann@example.com"), ("password", PASSWORD)]).await;
    assert!(parameter(&done.callback(), "code").is_some(), "a login on its way");
    let silent = browser.get(&world, &world.authorize(&[("prompt", "none")])).await;
    assert!(parameter(&silent.callback(), "code").is_some(), "a session");
    let found = world.api("GET", &format!("/organizations/{acme}"), Value::Null).await.json();
    assert_eq!(found["metadata"]["subscription"], "team;2027-03-02T10:00:00.000Z;active");
}

#[tokio::test]
async fn a_restart_takes_on_what_the_configuration_changed() {
    let directory = tempfile::tempdir().unwrap();
    let before = World::open(directory.path(), 1);
    let (client, roles) = (before.client(APP), before.api("GET", "/roles", Value::Null).await.json());
    drop(before);
    let mut config = config(seed());
    config.issuer = "http://127.0.0.1:5500/".parse().unwrap();
    let app: &mut SeedClient = config.seed.clients.iter_mut().find(|client| client.name == APP).unwrap();
    app.callbacks = vec!["http://127.0.0.1:3001/cb".to_owned()];
    app.client_secret = Some("chosen".into());
    let clock = clock();
    let fake = Fake::open(directory.path(), config, clock.clone(), std::sync::Arc::new(SeededRandom::new(2)))
        .unwrap();
    let world = World { router: fake.router(), fake, clock };
    assert_eq!(world.client(APP), (client.0, "chosen".to_owned()), "the id is kept, a given secret is taken");
    let old = world.get(&world.authorize(&[])).await;
    assert_eq!(old.status, StatusCode::FORBIDDEN, "the old callback is gone");
    let new = world.get(&world.authorize(&[("redirect_uri", "http://127.0.0.1:3001/cb")])).await;
    assert!(new.location.starts_with("/u/login"), "{}", new.location);
    // The grant for the Management API has moved with the issuer.
    let audience = "http://127.0.0.1:5500/api/v2/";
    let fields = [("grant_type", "client_credentials"), ("audience", audience)];
    let token = world.token(M2M, &fields).await.json();
    let token = token["access_token"].as_str().unwrap();
    assert_eq!(
        world.api_with(token, "GET", "/roles", Value::Null).await.json(),
        roles,
        "roles keep their ids"
    );
}

#[tokio::test]
async fn two_providers_share_nothing() {
    let (one, other) = (World::new(), World::new());
    one.user("ann@example.com").await;
    let found = other.api("GET", "/users-by-email?email=ann@example.com", Value::Null).await.json();
    assert_eq!(found, json!([]));
}

/// Set for the process that is killed.
const VICTIM: &str = "TENANTRY_FAKE_VICTIM_DIRECTORY";

/// What has been acknowledged when the process dies is there; what has not is there wholly or not at all.
#[tokio::test]
async fn acknowledged_writes_survive_a_kill() {
    if let Ok(directory) = std::env::var(VICTIM) {
        return be_killed(directory.as_ref()).await;
    }
    let directory = tempfile::tempdir().unwrap();
    let mut acknowledged = Vec::new();
    for round in 0..3 {
        let mut victim = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "persistence::acknowledged_writes_survive_a_kill", "--nocapture"])
            .env(VICTIM, directory.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(victim.stdout.take().unwrap()).lines().map_while(Result::ok);
        let written = lines.filter_map(|line| Some(line.split_once("made ")?.1.to_owned()));
        acknowledged.extend(written.take(5 + round * 7));
        victim.kill().unwrap();
        victim.wait().unwrap();
    }
    assert_eq!(acknowledged.len(), 5 + 12 + 19);
    let world = World::open(directory.path(), 99);
    for name in &acknowledged {
        let path = format!("/organizations/name/{name}");
        let found = world.api("GET", &path, Value::Null).await;
        assert_eq!(found.status, StatusCode::OK, "{name} was acknowledged");
    }
    let all = world.api("GET", "/organizations?per_page=100", Value::Null).await.json();
    for organization in all.as_array().unwrap() {
        let path = format!("/organizations/{}/members", organization["id"].as_str().unwrap());
        let members = world.api("GET", &path, Value::Null).await.json();
        assert_eq!(members.as_array().unwrap().len(), 0);
        assert!(organization["metadata"]["subscription"].is_string(), "whole: {organization}");
    }
}

#[expect(clippy::print_stdout, reason = "the parent reads it")]
async fn be_killed(directory: &std::path::Path) {
    let start = std::process::id();
    let world = World::open(directory, u64::from(start));
    for number in 0.. {
        let name = format!("acme-{start}-{number}");
        world.organization(&name).await;
        println!("made {name}");
    }
}
