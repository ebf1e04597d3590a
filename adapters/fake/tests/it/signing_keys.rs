//! The signing keys: what is published of them, and their rotation.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::authn::{tokens, world};
use crate::browser::Browser;
use crate::support::World;
use axum::http::StatusCode;

async fn kids(world: &World) -> Vec<String> {
    let jwks = world.get("/.well-known/jwks.json").await.json();
    jwks["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

fn kid(token: &Value) -> String {
    jsonwebtoken::decode_header(token.as_str().unwrap()).unwrap().kid.unwrap()
}

#[tokio::test]
async fn every_key_is_published_with_its_certificate() {
    let world = world();
    let jwks = world.get("/.well-known/jwks.json").await.json();
    for key in jwks["keys"].as_array().unwrap() {
        let certificate = STANDARD.decode(key["x5c"][0].as_str().unwrap()).unwrap();
        let modulus = URL_SAFE_NO_PAD.decode(key["n"].as_str().unwrap()).unwrap();
        assert!(certificate.windows(modulus.len()).any(|part| part == modulus), "it is of this key");
        let thumbprint =
            aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY, &certificate);
        assert_eq!(key["x5t"], URL_SAFE_NO_PAD.encode(thumbprint));
        let signature_key = jsonwebtoken::DecodingKey::from_rsa_components(
            key["n"].as_str().unwrap(),
            key["e"].as_str().unwrap(),
        );
        assert!(signature_key.is_ok());
    }
    assert_eq!(jwks, world.get("/.well-known/jwks.json").await.json(), "the same each time");
}

#[tokio::test]
async fn the_announced_key_signs_after_a_rotation_and_the_old_one_is_believed_until_revoked() {
    let world = world();
    let before = kids(&world).await;
    let mut browser = Browser::default();
    browser.sign_up(&world, "ann@example.com").await;
    let old = tokens(&world, &mut browser, &[]).await["id_token"].clone();
    assert_eq!(kid(&old), before[0]);
    let management = world.management_token(None).await;
    world.fake.rotate_signing_key().await.unwrap();
    let new = tokens(&world, &mut browser, &[]).await["id_token"].clone();
    assert_eq!(kid(&new), before[1], "clients knew it already");
    assert_eq!(kids(&world).await.len(), 3);
    let keys = world.api_with(&management, "GET", "/keys/signing", Value::Null).await;
    assert_eq!(keys.status, StatusCode::OK, "a token of the old key");
    let keys = keys.json();
    assert_eq!(
        (&keys[0]["next"], &keys[1]["current"], &keys[2]["previous"]),
        (&json!(true), &json!(true), &json!(true))
    );
    assert_eq!(
        (keys[1]["kid"].as_str(), keys[2]["kid"].as_str()),
        (Some(before[1].as_str()), Some(before[0].as_str()))
    );
    assert!(keys[2]["cert"].as_str().unwrap().starts_with("-----BEGIN CERTIFICATE-----\r\n"));
    assert_eq!(keys[2]["current_until"], "2026-03-02T10:00:00.000Z");
    let path = format!("/keys/signing/{}/revoke", before[0]);
    assert_eq!(world.api("PUT", &path, Value::Null).await.status, StatusCode::OK);
    assert_eq!(
        world.api_with(&management, "GET", "/keys/signing", Value::Null).await.status,
        StatusCode::UNAUTHORIZED
    );
    assert!(!kids(&world).await.contains(&before[0]));
    let hint = format!("/oidc/logout?id_token_hint={}", old.as_str().unwrap());
    assert_eq!(browser.get(&world, &hint).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn keys_of_a_directory_outlive_the_process_through_a_rotation() {
    let directory = tempfile::tempdir().unwrap();
    let first = World::open(directory.path(), 1);
    first.fake.rotate_signing_key().await.unwrap();
    let (kids_before, jwks) = (kids(&first).await, first.get("/.well-known/jwks.json").await.json());
    drop(first);
    let second = World::open(directory.path(), 2);
    assert_eq!(kids(&second).await, kids_before);
    assert_eq!(second.get("/.well-known/jwks.json").await.json(), jwks);
}
