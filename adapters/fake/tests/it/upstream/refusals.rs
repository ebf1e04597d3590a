//! Logins that come to nothing at the issuer or on the way back: the application hears why, and the logs tell more.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};
use tenantry_fake::{Fault, Malformed};

use super::{NAME, Pair, given};
use crate::browser::Browser;
use crate::support::{Answer, parameter};

impl Pair {
    /// The address that an issuer would send this login back to.
    async fn answers(&self, browser: &mut Browser, state: &str, fields: &[(&str, &str)]) -> Answer {
        let fields: Vec<_> = [("state", state)].iter().chain(fields).copied().collect();
        browser.get(&self.world, &format!("/login/callback?{}", crate::support::encode(&fields))).await
    }

    async fn no_accounts(&self) {
        assert_eq!(self.world.api("GET", "/users", Value::Null).await.json(), json!([]));
    }
}

#[tokio::test]
async fn what_the_issuer_refuses_is_told_in_its_own_words() {
    let pair = Pair::new().await;
    pair.connect(&json!({})).await;
    for (code, description, told) in [
        ("access_denied", Some("Bo may not"), ("access_denied", "Bo may not")),
        ("login_required", None, ("login_required", "login_required")),
        ("<script>", Some("a\r\nb"), ("access_denied", "ab")),
    ] {
        let mut browser = Browser::default();
        let state = given(&pair.leave(&mut browser, &[]).await, "state");
        let mut fields = vec![("error", code)];
        fields.extend(description.map(|text| ("error_description", text)));
        let answer = pair.answers(&mut browser, &state, &fields).await;
        assert_eq!(answer.refusal(), (told.0.to_owned(), told.1.to_owned()));
        assert_eq!(parameter(&answer.callback(), "state").as_deref(), Some("s1"));
        let entry = &pair.logs("f").await[0];
        assert_eq!((&entry["connection"], &entry["description"]), (&json!(NAME), &json!(told.1)));
        assert_eq!(entry["details"]["error"], json!({ "message": told.1, "oauthError": told.0 }));
    }
    pair.no_accounts().await;
}

#[tokio::test]
async fn a_wrong_secret_is_told_and_not_shown() {
    let pair = Pair::new().await;
    pair.connect(&json!({ "client_secret": "not this one" })).await;
    let (code, description) = pair.refusal().await;
    assert_eq!((code.as_str(), description.as_str()), ("invalid_request", "Unauthorized"));
    let entry = &pair.logs("f").await[0];
    assert_eq!(entry["details"]["error"]["oauthError"], "access_denied");
    assert!(!entry.to_string().contains("not this one"), "{entry}");
    pair.no_accounts().await;
}

#[tokio::test]
async fn an_issuer_that_fails_leaves_nobody_on_a_blank_page() {
    let pair = Pair::new().await;
    let connection = pair.connect(&json!({})).await;
    for (number, (fault, path, code)) in [
        (Fault::status(503), "/oauth/token", "temporarily_unavailable"),
        (Fault::cut(), "/oauth/token", "temporarily_unavailable"),
        (Fault::status(429), "/oauth/token", "temporarily_unavailable"),
        (Fault::malformed(Malformed::Html), "/oauth/token", "invalid_request"),
        (Fault::malformed(Malformed::TruncatedJson), "/oauth/token", "invalid_request"),
        (Fault::status(500), "/.well-known/jwks.json", "temporarily_unavailable"),
        (Fault::malformed(Malformed::WrongJson), "/.well-known/jwks.json", "invalid_request"),
    ]
    .into_iter()
    .enumerate()
    {
        let shown = format!("{fault:?} {path}");
        let method = if path == "/oauth/token" { "POST" } else { "GET" };
        let id = pair.issuer.fake.faults().add(fault.on(method, path));
        let (told, description) = pair.refusal().await;
        assert_eq!(told, code, "{shown}: {description}");
        assert!(!description.is_empty(), "{shown}");
        assert_eq!(pair.logs("f").await[0]["description"], description.as_str());
        pair.issuer.fake.faults().remove(id);
        // A failed fetch of keys is not repeated at once: another relying party has not failed yet.
        let algorithms = json!(["RS256", format!("none-{number}")]);
        pair.set_options(&connection, |all| {
            drop(all.insert("id_token_signed_response_algs".into(), algorithms));
        })
        .await;
    }
    pair.no_accounts().await;
    let answer = pair.log_in(&mut Browser::default(), &[]).await;
    assert!(parameter(&answer.callback(), "code").is_some(), "it works when nothing fails");
}

#[tokio::test]
async fn an_issuer_that_is_gone_is_told_before_anybody_leaves() {
    let pair = Pair::new().await;
    pair.plant("http://127.0.0.1:1/").await;
    let begun = Browser::default().get(&pair.world, &pair.world.authorize(&[("connection", NAME)])).await;
    let (code, description) = begun.refusal();
    assert_eq!(code, "temporarily_unavailable");
    assert!(description.ends_with("could not be used: there was no answer"), "{description}");
    assert_eq!(pair.logs("f").await[0]["details"]["error"]["message"], description.as_str());
}

#[tokio::test]
async fn an_issuer_that_is_too_slow_is_given_up() {
    let pair = Pair::new().await;
    pair.connect(&json!({})).await;
    pair.issuer.fake.faults().add(Fault::delay(Duration::from_mins(1)).on("POST", "/oauth/token"));
    let (code, _) = pair.refusal().await;
    assert_eq!(code, "temporarily_unavailable");
}

#[tokio::test]
async fn a_token_that_cannot_be_believed_lets_nobody_in() {
    let pair = Pair::new().await;
    let connection = pair.connect(&json!({})).await;
    // Too old, and from the future.
    pair.world.clock.advance(Duration::from_hours(1));
    let (code, description) = pair.refusal().await;
    assert_eq!(code, "invalid_request");
    assert_eq!(description, "the token was refused: it was issued too long ago");
    pair.issuer.clock.advance(Duration::from_hours(2));
    assert_eq!(pair.refusal().await.1, "the token was refused: it was issued in the future");
    pair.world.clock.advance(Duration::from_hours(1));
    // For another issuer.
    pair.set_options(&connection, |options| {
        options.remove("discovery_url");
        options.insert("issuer".into(), json!("http://127.0.0.1:1/"));
    })
    .await;
    assert_eq!(pair.refusal().await.1, "the token was refused: it comes from another issuer");
    pair.no_accounts().await;
}

#[tokio::test]
async fn a_code_of_another_login_is_worth_nothing() {
    let pair = Pair::new().await;
    let connection = pair.connect(&json!({})).await;
    let code_of_another = async || {
        let request = pair.leave(&mut Browser::default(), &[]).await;
        let answer = pair.log_in_at_issuer(&request).await;
        parameter(&answer.location.parse().unwrap(), "code").unwrap()
    };
    let mut browser = Browser::default();
    let state = given(&pair.leave(&mut browser, &[]).await, "state");
    let code = code_of_another().await;
    let (told, description) = pair.answers(&mut browser, &state, &[("code", &code)]).await.refusal();
    assert_eq!((told.as_str(), description.as_str()), ("invalid_request", "Failed to verify code verifier"));

    let off = json!({ "pkce": "disabled" });
    pair.set_options(&connection, |options| drop(options.insert("connection_settings".into(), off))).await;
    let state = given(&pair.leave(&mut browser, &[]).await, "state");
    let code = code_of_another().await;
    let (_, description) = pair.answers(&mut browser, &state, &[("code", &code)]).await.refusal();
    assert_eq!(description, "the token was refused: its nonce belongs to another login");
    pair.no_accounts().await;
}

#[tokio::test]
async fn only_the_browser_that_left_comes_back_and_only_once() {
    let pair = Pair::new().await;
    pair.connect(&json!({})).await;
    let mut browser = Browser::default();
    let request = pair.leave(&mut browser, &[]).await;
    let answer = pair.log_in_at_issuer(&request).await;
    let stranger = pair.come_back(&mut Browser::default(), &answer).await;
    assert_eq!(stranger.status, StatusCode::BAD_REQUEST);
    assert!(stranger.body.contains("Go back to"), "there is a way on");
    let state = given(&request, "state");
    for wrong in ["", "x", &format!("{}x", &state[..state.len() - 1]), state.split('.').next().unwrap()] {
        let refused = pair.answers(&mut browser, wrong, &[("code", "c")]).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
    let twice = pair.answers(&mut browser, &state, &[("code", "a"), ("code", "b")]).await;
    assert_eq!(twice.status, StatusCode::BAD_REQUEST);
    let back = pair.come_back(&mut browser, &answer).await;
    assert!(parameter(&back.callback(), "code").is_some(), "{}", back.location);
    assert_eq!(pair.come_back(&mut browser, &answer).await.status, StatusCode::BAD_REQUEST, "a replay");
}

#[tokio::test]
async fn an_answer_of_another_issuer_is_not_exchanged() {
    let pair = Pair::new().await;
    pair.connect(&json!({})).await;
    let mut browser = Browser::default();
    let state = given(&pair.leave(&mut browser, &[]).await, "state");
    let fields = [("code", "c"), ("iss", "https://evil.example/")];
    let (code, description) = pair.answers(&mut browser, &state, &fields).await.refusal();
    assert_eq!(code, "invalid_request");
    assert_eq!(description, "the answer comes from another issuer than the one that was asked");
    assert!(!pair.issuer.fake.requests().iter().any(|call| call.path == "/oauth/token"));
}

#[tokio::test]
async fn what_this_provider_can_not_do_is_said_at_once() {
    for (options, says) in [
        (json!({ "token_endpoint_auth_method": "private_key_jwt" }), "private_key_jwt"),
        (json!({ "id_token_signed_response_algs": ["ES256"] }), "ES256"),
    ] {
        let pair = Pair::new().await;
        pair.connect(&options).await;
        let begun = Browser::default().get(&pair.world, &pair.world.authorize(&[("connection", NAME)])).await;
        let (code, description) = begun.refusal();
        assert_eq!(code, "invalid_request");
        assert!(description.contains(says), "{description}");
    }
}

#[tokio::test]
async fn a_connection_that_goes_meanwhile_ends_the_login() {
    let pair = Pair::new().await;
    let connection = pair.connect(&json!({})).await;
    let mut browser = Browser::default();
    let request = pair.leave(&mut browser, &[]).await;
    let answer = pair.log_in_at_issuer(&request).await;
    pair.world.api("DELETE", &format!("/connections/{connection}"), Value::Null).await;
    let (code, description) = pair.come_back(&mut browser, &answer).await.refusal();
    assert_eq!((code.as_str(), description.as_str()), ("invalid_request", "the connection was not found"));
}
