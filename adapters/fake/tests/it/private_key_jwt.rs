//! Applications that prove themselves by what they have signed, in place of a secret.

use std::sync::LazyLock;
use std::time::Duration;

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair as _, RsaKeyPair};
use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use tenantry_fake::{Seed, SeedFile};

use crate::support::{APP, Answer, CALLBACK, CHALLENGE, ISSUER, World, form_request, seed, seed_with_scopes};

/// A key pair in PEM: the private half and the public one.
static KEY: LazyLock<(String, String)> = LazyLock::new(|| {
    let pem = |label: &str, der: &[u8]| {
        format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", STANDARD.encode(der))
    };
    let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let private: Pkcs8V1Der<'_> = pair.as_der().unwrap();
    let public: PublicKeyX509Der<'_> = pair.public_key().as_der().unwrap();
    (pem("PRIVATE KEY", private.as_ref()), pem("PUBLIC KEY", public.as_ref()))
});
const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const API: &str = "https://things.example/";
const NOW: i64 = 1_772_445_600;
const SCOPES: &str =
    "create:client_credentials read:client_credentials update:client_credentials delete:client_credentials";

fn assertion(client_id: &str, jti: &str) -> String {
    let claims = json!({ "iss": client_id, "sub": client_id, "aud": ISSUER, "iat": NOW, "exp": NOW + 120, "jti": jti });
    let key = EncodingKey::from_rsa_pem(KEY.0.as_bytes()).unwrap();
    jsonwebtoken::encode(&Header::new(Algorithm::RS256), &claims, &key).unwrap()
}

async fn post(world: &World, path: &str, assertion: &str, more: &[(&str, &str)]) -> Answer {
    let mut fields = vec![("client_assertion", assertion), ("client_assertion_type", TYPE)];
    fields.extend_from_slice(more);
    world.send(form_request(path, &fields)).await
}

/// A program that may call an API, and has a key.
async fn program(world: &World) -> Value {
    let api = json!({ "identifier": API, "name": "Things", "scopes": [{ "value": "read:things" }] });
    assert_eq!(world.api("POST", "/resource-servers", api).await.status, StatusCode::CREATED);
    let key = json!({ "credential_type": "public_key", "name": "First", "pem": KEY.1 });
    let body = json!({
        "name": "Program",
        "app_type": "non_interactive",
        "grant_types": ["client_credentials"],
        "client_authentication_methods": { "private_key_jwt": { "credentials": [key] } },
    });
    let client = world.api("POST", "/clients", body).await;
    assert_eq!(client.status, StatusCode::CREATED, "{}", client.body);
    let client = client.json();
    let grant = json!({ "client_id": client["client_id"], "audience": API, "scope": ["read:things"] });
    assert_eq!(world.api("POST", "/client-grants", grant).await.status, StatusCode::CREATED);
    client
}

const GRANT: [(&str, &str); 2] = [("grant_type", "client_credentials"), ("audience", API)];

fn refused(why: &str) -> Value {
    let description = format!("Failed client authentication: {why}");
    json!({ "error": "invalid_client", "error_description": description })
}

#[tokio::test]
async fn a_program_gets_a_token_for_an_assertion_once() {
    let world = World::with(seed_with_scopes(SCOPES));
    let client = program(&world).await;
    let (id, secret) = (client["client_id"].as_str().unwrap(), client["client_secret"].as_str().unwrap());
    let shown = &client["client_authentication_methods"]["private_key_jwt"]["credentials"][0];
    assert_eq!((&shown["name"], &shown["alg"]), (&json!("First"), &json!("RS256")));
    let read = world.api("GET", &format!("/clients/{id}"), Value::Null).await.json();
    let named = json!({ "private_key_jwt": { "credentials": [{ "id": shown["id"] }] } });
    assert_eq!(read["client_authentication_methods"], named);

    let first = assertion(id, "j1");
    let answer = post(&world, "/oauth/token", &first, &GRANT).await;
    assert_eq!(
        (answer.status, &answer.json()["scope"]),
        (StatusCode::OK, &json!("read:things")),
        "{}",
        answer.body
    );
    let again = post(&world, "/oauth/token", &first, &GRANT).await;
    let used = refused("the client assertion was used already");
    assert_eq!((again.status, again.json()), (StatusCode::UNAUTHORIZED, used));
    let second = assertion(id, "j2");
    let named = [("client_id", id), GRANT[0], GRANT[1]];
    assert_eq!(post(&world, "/oauth/token", &second, &named).await.status, StatusCode::OK);

    let by_secret = [("client_id", id), ("client_secret", secret), GRANT[0], GRANT[1]];
    let answer = world.send(form_request("/oauth/token", &by_secret)).await;
    assert_eq!((answer.status, &answer.json()["error"]), (StatusCode::UNAUTHORIZED, &json!("access_denied")));
    let logs = world.api("GET", "/logs?q=type:feccft", Value::Null).await.json();
    assert_eq!(logs[0]["description"], "Failed client authentication");
    assert_eq!(logs[0]["details"]["client_authentication_error"], "the client assertion was used already");
    assert_eq!(logs.as_array().unwrap().len(), 1, "{logs}");
    let asked =
        world.fake.requests().into_iter().rev().find(|call| call.status == 401 && call.client_id.is_some());
    assert_eq!(asked.unwrap().client_id.as_deref(), Some(id));
}

#[tokio::test]
async fn an_assertion_is_not_believed_where_it_is_not_meant() {
    let world = World::with(seed_with_scopes(SCOPES));
    let client = program(&world).await;
    let id = client["client_id"].as_str().unwrap();
    let (app, _) = world.client(APP);
    for (path, more) in
        [("/oauth/token", &GRANT[..]), ("/oauth/par", &[]), ("/oauth/revoke", &[("token", "v1.x")])]
    {
        let foreign = post(&world, path, &assertion(&app, path), more).await;
        let expected = refused("the client is not set up for private_key_jwt");
        assert_eq!((foreign.status, foreign.json()), (StatusCode::UNAUTHORIZED, expected), "{path}");
        let other = [&[("client_id", app.as_str())], more].concat();
        let other = post(&world, path, &assertion(id, path), &other).await;
        assert_eq!(other.status, StatusCode::UNAUTHORIZED, "{path}");
        let unknown = post(&world, path, &assertion("nobody", path), more).await;
        assert_eq!(
            (unknown.status, &unknown.json()["error"]),
            (StatusCode::UNAUTHORIZED, &json!("access_denied"))
        );
    }
    let of_type = |name: &'static str| {
        [&[("client_assertion", "a.b.c"), ("client_assertion_type", name)], &GRANT[..]].concat()
    };
    let answer = world.send(form_request("/oauth/token", &of_type("saml"))).await;
    assert_eq!(
        (answer.status, &answer.json()["error"]),
        (StatusCode::BAD_REQUEST, &json!("invalid_request"))
    );
    let without = [("client_assertion", "a.b.c"), GRANT[0], GRANT[1]];
    let answer = world.send(form_request("/oauth/token", &without)).await.json();
    assert_eq!(answer["error_description"], "Missing required parameter: client_assertion_type");
    world.clock.advance(Duration::from_mins(2));
    let late = post(&world, "/oauth/token", &assertion(id, "late"), &GRANT).await;
    assert_eq!(late.json(), refused("the client assertion has expired"));
}

#[tokio::test]
async fn a_credential_counts_while_the_client_names_it_and_it_has_not_expired() {
    let world = World::with(seed_with_scopes(SCOPES));
    let client = program(&world).await;
    let id = client["client_id"].as_str().unwrap();
    let credential =
        client["client_authentication_methods"]["private_key_jwt"]["credentials"][0]["id"].as_str();
    let path = format!("/clients/{id}/credentials/{}", credential.unwrap());
    let end = |end: Value| json!({ "expires_at": end });
    let expired = world.api("PATCH", &path, end(json!("2026-03-02T10:00:00.000Z"))).await.json();
    assert_eq!(expired["expires_at"], "2026-03-02T10:00:00.000Z");
    let answer = post(&world, "/oauth/token", &assertion(id, "j1"), &GRANT).await.json();
    assert_eq!(answer, refused("the client's credential has expired"));
    let endless = world.api("PATCH", &path, end(Value::Null)).await.json();
    assert!(endless.get("expires_at").is_none(), "{endless}");
    assert_eq!(post(&world, "/oauth/token", &assertion(id, "j1"), &GRANT).await.status, StatusCode::OK);
    let none = json!({ "client_authentication_methods": { "private_key_jwt": { "credentials": [] } } });
    assert_eq!(world.api("PATCH", &format!("/clients/{id}"), none).await.status, StatusCode::OK);
    let answer = post(&world, "/oauth/token", &assertion(id, "j2"), &GRANT).await.json();
    assert_eq!(answer, refused("no credential of the client has the 'kid' of the client assertion"));
    world.api("DELETE", &format!("/clients/{id}"), Value::Null).await;
    assert_eq!(world.api("GET", &path, Value::Null).await.json()["errorCode"], "inexistent_client");
}

#[tokio::test]
async fn a_seeded_application_pushes_its_request_and_gives_a_token_back() {
    let described = json!({ "clients": [{
        "client_id": "portal",
        "name": "Portal",
        "callbacks": [CALLBACK],
        "settings": { "client_authentication_methods": { "private_key_jwt": { "credentials": [
            { "credential_type": "public_key", "pem": KEY.1, "kid": "portal-key-1" },
        ] } } },
    }] });
    let file = SeedFile::from_json(described).unwrap();
    let world = World::with(Seed { file: Some(file), ..seed_with_scopes(SCOPES) });
    let request = [
        ("response_type", "code"),
        ("redirect_uri", CALLBACK),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    let pushed = post(&world, "/oauth/par", &assertion("portal", "p1"), &request).await;
    assert_eq!(pushed.status, StatusCode::CREATED, "{}", pushed.body);
    let given_back = [("token", "v1.nothing")];
    assert_eq!(
        post(&world, "/oauth/revoke", &assertion("portal", "p2"), &given_back).await.status,
        StatusCode::OK
    );
    let again = post(&world, "/oauth/revoke", &assertion("portal", "p1"), &given_back).await;
    assert_eq!(again.status, StatusCode::UNAUTHORIZED, "one use for all endpoints");
    let credentials = async || world.api("GET", "/clients/portal/credentials", Value::Null).await.body;
    let before = credentials().await;
    world.fake.reset().await.unwrap();
    assert!(before.contains("portal-key-1") && before == credentials().await, "{before}");
}

#[test]
fn a_seed_says_which_key_is_wrong() {
    let error = |change: &dyn Fn(&mut Value)| {
        let key = json!({ "credential_type": "public_key", "pem": KEY.1 });
        let mut client = json!({ "name": "Portal", "settings": {
            "client_authentication_methods": { "private_key_jwt": { "credentials": [key] } },
        } });
        change(&mut client);
        let file = SeedFile::from_json(json!({ "clients": [client] })).unwrap();
        World::try_with(Seed { file: Some(file), ..seed() }).err().map(|error| error.to_string())
    };
    assert_eq!(error(&|_| ()), None);
    let place = "clients[0].settings.client_authentication_methods";
    let wrong = error(&|client| {
        client["settings"]["client_authentication_methods"]["private_key_jwt"]["credentials"][0]["pem"] =
            json!("x");
    });
    let expected = "The pem must be an RSA public key of 2048 bits or more, or a certificate of one";
    assert_eq!(wrong, Some(format!("{place}.private_key_jwt.credentials[0]: {expected}")));
    let both = error(&|client| client["token_endpoint_auth_method"] = json!("client_secret_post"));
    assert_eq!(both, Some(format!("{place}: can't stand beside token_endpoint_auth_method")));
}
