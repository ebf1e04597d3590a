//! A provider for one test: on a real port, with TLS and without, many side by side.

use std::sync::Arc;
use std::time::Duration;

use reqwest::{Certificate, Client};
use serde_json::{Value, json};
use tenantry_fake::{Fake, FakeAuth0, FakeConfig, Seed, Tls};
use tenantry_ports::Clock as _;
use tenantry_ports::testkit::{FixedClock, SeededRandom};
use tokio::net::TcpStream;

use crate::support::{clock, config};
use crate::wire::{client, token};

#[tokio::test]
async fn it_answers_until_it_is_dropped() {
    let fake = FakeAuth0::start().await.unwrap();
    let configuration = format!("{}.well-known/openid-configuration", fake.issuer());
    let answer: Value = client().get(&configuration).send().await.unwrap().json().await.unwrap();
    assert_eq!(answer["issuer"], fake.issuer().as_str());
    let domain = fake.domain().to_owned();
    assert_eq!(format!("http://{domain}/"), fake.issuer().as_str());
    let mut kept_open = TcpStream::connect(&domain).await.unwrap();
    drop(fake);
    let mut rest = Vec::new();
    let ended = tokio::io::AsyncReadExt::read_to_end(&mut kept_open, &mut rest);
    // Whether the machine says so by an end or by a reset does not matter.
    let _ = tokio::time::timeout(Duration::from_secs(5), ended).await.expect("connections end");
    assert!(TcpStream::connect(&domain).await.is_err(), "the port is closed");
}

#[tokio::test]
async fn over_tls_it_is_believed_by_those_who_trust_its_authority_alone() {
    let fake = FakeAuth0::builder().https().start().await.unwrap();
    let keys = format!("{}.well-known/jwks.json", fake.issuer());
    let refused = client().get(&keys).send().await.unwrap_err();
    assert!(refused.is_connect(), "{refused:?}");
    let authority = Certificate::from_pem(fake.authority().unwrap().as_bytes()).unwrap();
    let trusting = Client::builder().tls_certs_only([authority]).build().unwrap();
    let answer: Value = trusting.get(&keys).send().await.unwrap().json().await.unwrap();
    assert_eq!(answer["keys"][0]["kty"], "RSA");
    let port = fake.issuer().port().unwrap();
    let by_name = trusting.get(format!("https://localhost:{port}/.well-known/jwks.json")).send().await;
    assert!(by_name.unwrap().status().is_success());
    let other = FakeAuth0::builder().https().start().await.unwrap();
    assert!(trusting.get(other.issuer().as_str()).send().await.is_err(), "each has an authority of its own");
}

#[tokio::test]
async fn its_clock_is_its_own() {
    let base = Arc::new(FixedClock::at("2026-03-02T10:00:00.000Z"));
    let fake = FakeAuth0::builder().clock(base.clone()).start().await.unwrap();
    let client = client();
    let token = token(&client, &fake).await;
    let users = format!("{}api/v2/users", fake.issuer());
    let status = async || client.get(&users).bearer_auth(&token).send().await.unwrap().status().as_u16();
    assert_eq!(status().await, 200);
    fake.clock().advance(Duration::from_hours(24));
    assert_eq!(status().await, 401, "the token has expired");
    assert_eq!(base.now().to_string(), "2026-03-02T10:00:00.000Z", "the clock below it has not moved");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_live_side_by_side() {
    let client = client();
    let starts = (0..100).map(|_| tokio::spawn(FakeAuth0::start()));
    let mut fakes = Vec::new();
    for start in starts.collect::<Vec<_>>() {
        fakes.push(start.await.unwrap().unwrap());
    }
    let credentials = |fake: &Fake| fake.client(tenantry_fake::MANAGEMENT_CLIENT).unwrap();
    let mut ids: Vec<String> = fakes.iter().map(|fake| credentials(fake).client_id).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 100, "each has ids of its own");
    for fake in &fakes {
        let configuration = format!("{}.well-known/openid-configuration", fake.issuer());
        let answer: Value = client.get(configuration).send().await.unwrap().json().await.unwrap();
        assert_eq!(answer["issuer"], fake.issuer().as_str());
    }
    let (one, other) = (&fakes[0], &fakes[1]);
    let token = token(&client, one).await;
    let body = json!({ "connection": "Username-Password-Authentication", "email": "ann@example.com", "password": "correct Horse 1" });
    let create = |fake: &FakeAuth0| {
        client.post(format!("{}api/v2/users", fake.issuer())).bearer_auth(&token).json(&body).send()
    };
    assert_eq!(create(one).await.unwrap().status(), 201);
    assert_eq!(create(other).await.unwrap().status(), 401, "a token of one is nothing to another");
    let domains: Vec<String> = fakes.iter().map(|fake| fake.domain().to_owned()).collect();
    drop(fakes);
    tokio::time::sleep(Duration::from_millis(200)).await;
    for domain in domains {
        assert!(TcpStream::connect(&domain).await.is_err(), "{domain} is closed");
    }
}

#[tokio::test]
async fn over_tls_a_server_proves_the_address_that_it_is_reached_at() {
    let listener = tokio::net::TcpListener::bind("127.0.0.2:0").await.unwrap();
    let address = tenantry_fake::address_of(&listener, true).unwrap();
    let tls = Tls::own(None).unwrap();
    tls.add_name(address.host_str().unwrap()).unwrap();
    let config = FakeConfig { issuer: address.clone(), ..config(Seed::empty()) };
    let fake = Fake::in_memory(config, clock(), Arc::new(SeededRandom::new(1))).unwrap();
    let authority = Certificate::from_pem(tls.authority().unwrap().as_bytes()).unwrap();
    let server = tokio::spawn(fake.serve(listener, Some(tls), std::future::pending()));
    let client = Client::builder().tls_certs_only([authority]).timeout(Duration::from_secs(10));
    let discovery = address.join(".well-known/openid-configuration").unwrap();
    let answer = client.build().unwrap().get(discovery).send().await.unwrap();
    let answer: Value = answer.json().await.unwrap();
    assert_eq!(answer["issuer"], address.as_str());
    server.abort();
}
