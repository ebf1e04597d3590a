//! Refreshed tokens: about the login that they continue, or about nobody's.

use std::sync::Arc;

use secrecy::ExposeSecret;
use serde_json::{Value, json};
use tenantry_oidc::{
    ClientAuthentication, IdToken, OidcError, Refreshed, RelyingParty, ResponseFault, TokenRejected,
};

use crate::provider::{CLIENT_ID, CLIENT_SECRET, NONCE, NOW, Provider, Reply, TOKEN, reason, with, without};
use crate::signing::{CURRENT, STRANGER};

const REFRESH_TOKEN: &str = "the-refresh-token";

/// A login an hour ago, to be refreshed now.
struct Login {
    provider: Provider,
    party: Arc<RelyingParty>,
    first: IdToken,
}

impl Login {
    async fn begin(changes: &[(&str, Value)]) -> Self {
        let provider = Provider::start().await;
        let party = provider.party();
        let claims =
            changes.iter().fold(provider.claims(), |claims, (name, value)| with(claims, name, value.clone()));
        let first = party.verify_id_token(&CURRENT.token(&claims), NONCE, None).await.unwrap();
        provider.clock.advance(3600);
        Self { provider, party, first }
    }

    /// The claims of an honest refreshed token: without the nonce, as the standard has it.
    fn claims(&self) -> Value {
        without(self.provider.claims(), "nonce")
    }

    async fn refresh(&self, reply: Reply) -> Result<Refreshed, OidcError> {
        self.provider.reply(TOKEN, reply);
        self.party.refresh(&REFRESH_TOKEN.into(), &self.first, ClientAuthentication::Post).await
    }

    async fn refresh_with(&self, token: &str) -> Result<Refreshed, OidcError> {
        self.refresh(Reply::json(&with(self.provider.tokens(&CURRENT), "id_token", token))).await
    }

    async fn refused(&self, claims: &Value) -> TokenRejected {
        reason(self.refresh_with(&CURRENT.token(claims)).await)
    }
}

#[tokio::test]
async fn rp41_a_refreshed_token_of_the_same_login() {
    let login = Login::begin(&[]).await;
    let refreshed = login.refresh_with(&CURRENT.token(&login.claims())).await.unwrap();
    let token = refreshed.id_token.unwrap();
    assert_eq!((&token.subject, &token.nonce), (&login.first.subject, &login.first.nonce));
    assert_eq!(token.issued_at.as_seconds(), NOW + 3600);
    assert_eq!(token.claims["email"], "ana@acme.example");
    assert_eq!(refreshed.access_token.expose_secret(), "the-access-token");
    let requests = login.provider.requests();
    let (_, form) = requests.iter().rfind(|(path, _)| path == TOKEN).unwrap();
    let sent: Vec<_> = url::form_urlencoded::parse(form.as_bytes()).into_owned().collect();
    let sent: Vec<_> = sent.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(
        sent,
        [
            ("grant_type", "refresh_token"),
            ("refresh_token", REFRESH_TOKEN),
            ("client_id", CLIENT_ID),
            ("client_secret", CLIENT_SECRET),
        ]
    );

    let with_nonce = with(login.claims(), "nonce", NONCE);
    assert!(login.refresh_with(&CURRENT.token(&with_nonce)).await.is_ok());
    // An issuer need not give a new ID token, and then nothing new is said about anybody.
    let silent = without(login.provider.tokens(&CURRENT), "id_token");
    let silent = with(silent, "refresh_token", "the-next-one");
    let refreshed = login.refresh(Reply::json(&silent)).await.unwrap();
    assert_eq!(refreshed.id_token, None);
    assert_eq!(refreshed.refresh_token.unwrap().expose_secret(), "the-next-one");
}

#[tokio::test]
async fn rp41_refresh_token_invalid_sub() {
    let login = Login::begin(&[]).await;
    let claims = login.claims();
    assert_eq!(
        login.refused(&with(claims.clone(), "sub", "auth0|other")).await,
        TokenRejected::OtherLogin("sub")
    );
    assert_eq!(login.refused(&without(claims.clone(), "sub")).await, TokenRejected::Missing("sub"));
    let other_case = login.first.subject.to_uppercase();
    assert_eq!(login.refused(&with(claims, "sub", other_case)).await, TokenRejected::OtherLogin("sub"));
}

#[tokio::test]
async fn rp41_refresh_token_invalid_issuer() {
    let login = Login::begin(&[]).await;
    let near = login.provider.issuer.trim_end_matches('/').to_owned();
    for issuer in [near, "https://evil.example/".to_owned()] {
        assert_eq!(login.refused(&with(login.claims(), "iss", issuer)).await, TokenRejected::Issuer);
    }
    assert_eq!(login.refused(&without(login.claims(), "iss")).await, TokenRejected::Missing("iss"));
}

#[tokio::test]
async fn rp41_another_audience_login_time_party_or_nonce() {
    let login = Login::begin(&[("auth_time", (NOW - 60).into()), ("azp", CLIENT_ID.into())]).await;
    let claims = with(with(login.claims(), "auth_time", NOW - 60), "azp", CLIENT_ID);
    assert!(login.refresh_with(&CURRENT.token(&claims)).await.is_ok());
    assert!(login.refresh_with(&CURRENT.token(&without(claims.clone(), "auth_time"))).await.is_ok());
    for (name, value, expected) in [
        ("aud", json!("another-client"), TokenRejected::Audience),
        ("aud", json!([CLIENT_ID, "another-client"]), TokenRejected::Audience),
        ("auth_time", json!(NOW - 59), TokenRejected::OtherLogin("auth_time")),
        ("auth_time", json!(NOW + 3600), TokenRejected::OtherLogin("auth_time")),
        ("azp", json!("another-client"), TokenRejected::AuthorizedParty),
        ("nonce", json!("another"), TokenRejected::OtherLogin("nonce")),
        ("nonce", json!(null), TokenRejected::OtherLogin("nonce")),
        // A token that was kept from before.
        ("iat", json!(NOW), TokenRejected::IssuedLongAgo),
        ("exp", json!(NOW), TokenRejected::Expired),
    ] {
        assert_eq!(
            login.refused(&with(claims.clone(), name, value.clone())).await,
            expected,
            "{name} {value}"
        );
    }
    assert_eq!(login.refused(&without(claims, "azp")).await, TokenRejected::OtherLogin("azp"));

    let login = Login::begin(&[]).await;
    let before = with(login.claims(), "auth_time", NOW);
    assert!(login.refresh_with(&CURRENT.token(&before)).await.is_ok());
    let after = with(login.claims(), "auth_time", NOW + 61);
    assert_eq!(login.refused(&after).await, TokenRejected::OtherLogin("auth_time"));
}

#[tokio::test]
async fn rp41_a_refreshed_token_is_verified_like_any_other() {
    let login = Login::begin(&[]).await;
    let forged = STRANGER.token_with(&json!({ "alg": "RS256", "kid": CURRENT.id }), &login.claims());
    assert_eq!(reason(login.refresh_with(&forged).await), TokenRejected::Signature);
    assert_eq!(login.refused(&login.provider.logout_claims()).await, TokenRejected::LogoutToken);
}

#[tokio::test]
async fn rp41_a_refusal_is_told_apart_and_repeats_no_secret() {
    let login = Login::begin(&[]).await;
    let error = json!({ "error": "invalid_grant", "error_description": format!("Unknown: {REFRESH_TOKEN}") });
    match login.refresh(Reply::json(&error).status(403)).await {
        Err(OidcError::Denied { error, description: None }) => assert_eq!(error, "invalid_grant"),
        other => panic!("{other:?}"),
    }
    let html = login.refresh(Reply::html()).await;
    assert!(
        matches!(html, Err(OidcError::InvalidResponse { fault: ResponseFault::Malformed, .. })),
        "{html:?}"
    );
    let down = login.refresh(Reply::text(503, "")).await;
    assert!(matches!(down, Err(OidcError::Unavailable(_))), "{down:?}");
}
