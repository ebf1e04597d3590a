//! The whole way: discovery, the browser's redirect, the exchange, the token.

use std::collections::HashMap;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::ExposeSecret;
use tenantry_oidc::{AuthorizationRequest, OidcError, Pkce};

use crate::provider::{CLIENT_ID, CLIENT_SECRET, DISCOVERY, KEYS, NONCE, Provider, Reply, TOKEN, with};
use crate::signing::CURRENT;

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

fn request<'a>(pkce: &'a Pkce, extra: &'a [(&'a str, &'a str)]) -> AuthorizationRequest<'a> {
    let scope = "openid profile email";
    AuthorizationRequest { state: "the-state", nonce: NONCE, code_challenge: pkce.challenge(), scope, extra }
}

#[tokio::test]
async fn rp01_valid_login() {
    let provider = Provider::start().await;
    let party = provider.party();
    provider.reply(TOKEN, Reply::json(&provider.tokens(&CURRENT)));

    let tokens = party.exchange_code("the-code", VERIFIER).await.unwrap();
    let id_token = party.verify_id_token(tokens.id_token.expose_secret(), NONCE, None).await.unwrap();

    assert_eq!(tokens.access_token.expose_secret(), "the-access-token");
    assert_eq!(tokens.expires_in, Some(Duration::from_hours(24)));
    assert_eq!(id_token.subject, "auth0|66f1c0ffee1234567890abcd");
    assert_eq!(id_token.session_id.as_deref(), Some("session-1"));
    assert_eq!(id_token.nonce, NONCE);
    assert_eq!(id_token.issued_at.until(id_token.expires_at), Duration::from_hours(10));
    assert_eq!(id_token.auth_time, None);
    assert_eq!(id_token.claims["email"], "ana@acme.example");
}

#[tokio::test]
async fn a_second_login_asks_for_nothing_but_tokens() {
    let provider = Provider::start().await;
    let party = provider.party();
    provider.reply(TOKEN, Reply::json(&provider.tokens(&CURRENT)));
    for _ in 0..2 {
        let tokens = party.exchange_code("the-code", VERIFIER).await.unwrap();
        party.verify_id_token(tokens.id_token.expose_secret(), NONCE, None).await.unwrap();
    }
    assert_eq!(provider.requests().len(), 4, "discovery and keys once, tokens twice");
    assert_eq!(provider.hits(KEYS), 1);
}

#[tokio::test]
async fn rp28_authorization_response_of_another_issuer() {
    let provider = Provider::start().await;
    let party = provider.party();
    assert!(party.check_response_issuer(Some(&provider.issuer)).await.is_ok());
    let near = provider.issuer.trim_end_matches('/');
    for issuer in ["https://evil.example/", near, &provider.issuer.to_uppercase(), ""] {
        let refused = party.check_response_issuer(Some(issuer)).await;
        assert!(matches!(refused, Err(OidcError::ResponseIssuer)), "{issuer}");
    }
}

#[tokio::test]
async fn rp29_authorization_response_without_the_advertised_issuer() {
    let provider = Provider::start().await;
    assert!(provider.party().check_response_issuer(None).await.is_ok());
    let advertised = with(provider.document(), "authorization_response_iss_parameter_supported", true);
    provider.reply(DISCOVERY, Reply::json(&advertised));
    let refused = provider.party().check_response_issuer(None).await;
    assert!(matches!(refused, Err(OidcError::ResponseIssuer)));
}

#[tokio::test]
async fn rp33_s256_and_the_verifier_stays_with_the_token_endpoint() {
    let provider = Provider::start().await;
    let party = provider.party();
    provider.reply(TOKEN, Reply::json(&provider.tokens(&CURRENT)));
    let pkce = Pkce::from_verifier(VERIFIER.to_owned());

    let url = party.authorization_url(&request(&pkce, &[])).await.unwrap();
    let asked: HashMap<_, _> = url.query_pairs().into_owned().collect();
    assert_eq!(url.path(), "/authorize");
    assert_eq!(asked["response_type"], "code");
    assert_eq!(asked["client_id"], CLIENT_ID);
    assert_eq!(asked["redirect_uri"], "https://product.example/auth/callback");
    assert_eq!(asked["scope"], "openid profile email");
    assert_eq!(asked["state"], "the-state");
    assert_eq!(asked["nonce"], NONCE);
    assert_eq!(asked["code_challenge_method"], "S256");
    assert!(!url.as_str().contains(VERIFIER) && !url.as_str().contains(CLIENT_SECRET));

    party.exchange_code("the-code", VERIFIER).await.unwrap();
    for (path, body) in provider.requests() {
        assert_eq!(body.contains(VERIFIER), path == TOKEN, "{path}");
        assert_eq!(body.contains(CLIENT_SECRET), path == TOKEN, "{path}");
        if path == TOKEN {
            let sent: HashMap<_, _> = url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
            assert_eq!(sent["grant_type"], "authorization_code");
            assert_eq!(sent["code"], "the-code");
            assert_eq!(sent["redirect_uri"], asked["redirect_uri"]);
            assert_eq!(sent["client_id"], CLIENT_ID);
            let hash =
                aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, sent["code_verifier"].as_bytes());
            assert_eq!(asked["code_challenge"], URL_SAFE_NO_PAD.encode(hash));
        }
    }
}

#[tokio::test]
async fn extra_parameters_are_added_and_never_replace_the_protocols_own() {
    let provider = Provider::start().await;
    let party = provider.party();
    let pkce = Pkce::from_verifier(VERIFIER.to_owned());

    let extra = [("organization", "org_1"), ("login_hint", "a b&state=x")];
    let url = party.authorization_url(&request(&pkce, &extra)).await.unwrap();
    let pairs: Vec<_> = url.query_pairs().into_owned().collect();
    assert!(pairs.contains(&("organization".to_owned(), "org_1".to_owned())));
    assert!(pairs.contains(&("login_hint".to_owned(), "a b&state=x".to_owned())));
    assert_eq!(pairs.iter().filter(|(name, _)| name == "state").count(), 1);

    for name in
        ["client_id", "redirect_uri", "state", "nonce", "code_challenge_method", "response_type", "scope"]
    {
        let refused = party.authorization_url(&request(&pkce, &[(name, "x")])).await;
        assert!(matches!(refused, Err(OidcError::ReservedParameter(refused)) if refused == name), "{name}");
    }
}

#[tokio::test]
async fn nothing_that_is_printed_holds_a_secret() {
    let provider = Provider::start().await;
    let party = provider.party();
    provider.reply(TOKEN, Reply::json(&provider.tokens(&CURRENT)));
    let tokens = party.exchange_code("the-code", VERIFIER).await.unwrap();
    let token = tokens.id_token.expose_secret();
    let id_token = party.verify_id_token(token, NONCE, None).await.unwrap();
    let refused = party.verify_id_token(token, "another", None).await.unwrap_err();

    let printed = format!("{party:?} {tokens:?} {id_token:?} {refused:?} {refused}");
    for secret in [CLIENT_SECRET, VERIFIER, NONCE, token, "the-access-token", "ana@acme.example", "auth0|"] {
        assert!(!printed.contains(secret), "{secret}");
    }
}
