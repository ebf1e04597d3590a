//! Logout tokens, one of them honest.

use serde_json::{Value, json};
use tenantry_oidc::{LoggedOut, OidcError, TokenRejected};

use crate::provider::{CLIENT_ID, NONCE, NOW, Provider, reason, with, without};
use crate::signing::{CURRENT, STRANGER, hs256, unsigned};

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

async fn verdict(provider: &Provider, claims: Value) -> Result<LoggedOut, OidcError> {
    provider.party().verify_logout_token(&CURRENT.token(&claims)).await
}

async fn refused(provider: &Provider, claims: Value) -> TokenRejected {
    reason(verdict(provider, claims).await)
}

#[tokio::test]
async fn rp45_valid() {
    let provider = Provider::start().await;
    let claims = provider.logout_claims();
    let subject = Some("auth0|66f1c0ffee1234567890abcd".to_owned());
    let session_id = Some("session-1".to_owned());

    let both = verdict(&provider, claims.clone()).await.unwrap();
    assert_eq!(both, LoggedOut { session_id: session_id.clone(), subject: subject.clone() });
    let by_session = verdict(&provider, without(claims.clone(), "sub")).await.unwrap();
    assert_eq!(by_session, LoggedOut { session_id, subject: None });
    let by_subject = verdict(&provider, without(claims.clone(), "sid")).await.unwrap();
    assert_eq!(by_subject, LoggedOut { session_id: None, subject });

    for typ in ["logout+jwt", "JWT"] {
        let token = CURRENT.token_with(&json!({ "alg": "RS256", "typ": typ, "kid": CURRENT.id }), &claims);
        assert!(provider.party().verify_logout_token(&token).await.is_ok(), "{typ}");
    }
}

#[tokio::test]
async fn rp45_late_but_not_expired() {
    let provider = Provider::start().await;
    let claims = with(with(provider.logout_claims(), "iat", NOW - 3600), "exp", NOW + 1);
    assert!(verdict(&provider, claims).await.is_ok());
}

#[tokio::test]
async fn rp45_alg_none() {
    let provider = Provider::start().await;
    let header = json!({ "alg": "none", "kid": CURRENT.id }).to_string();
    let token = format!("{}.", unsigned(&header, &provider.logout_claims().to_string()));
    assert_eq!(reason(provider.party().verify_logout_token(&token).await), TokenRejected::Algorithm);
}

#[tokio::test]
async fn rp45_wrong_alg_or_signature() {
    let provider = Provider::start().await;
    let (party, claims) = (provider.party(), provider.logout_claims());
    let symmetric =
        hs256(CURRENT.public_pem().as_bytes(), &json!({ "alg": "HS256", "kid": CURRENT.id }), &claims);
    assert_eq!(reason(party.verify_logout_token(&symmetric).await), TokenRejected::Algorithm);
    assert_eq!(reason(party.verify_logout_token(&CURRENT.ps256(&claims)).await), TokenRejected::Algorithm);
    let forged = STRANGER.token_with(&json!({ "alg": "RS256", "kid": CURRENT.id }), &claims);
    assert_eq!(reason(party.verify_logout_token(&forged).await), TokenRejected::Signature);
}

#[tokio::test]
async fn rp45_no_event_or_wrong_event() {
    let provider = Provider::start().await;
    let claims = provider.logout_claims();
    assert_eq!(refused(&provider, without(claims.clone(), "events")).await, TokenRejected::NoLogoutEvent);
    for events in [
        json!({}),
        json!({ "http://schemas.openid.net/event/other": {} }),
        json!({ EVENT: true }),
        json!({ EVENT: null }),
        json!([EVENT]),
        json!(EVENT),
        json!(null),
    ] {
        let claims = with(claims.clone(), "events", events.clone());
        assert_eq!(refused(&provider, claims).await, TokenRejected::NoLogoutEvent, "{events}");
    }
}

#[tokio::test]
async fn rp45_with_nonce() {
    let provider = Provider::start().await;
    for nonce in [json!(NONCE), json!(""), json!(null)] {
        let claims = with(provider.logout_claims(), "nonce", nonce);
        assert_eq!(refused(&provider, claims).await, TokenRejected::NonceInLogoutToken);
    }
}

#[tokio::test]
async fn rp45_wrong_aud_or_iss() {
    let provider = Provider::start().await;
    let claims = provider.logout_claims();
    for audience in [json!("another-client"), json!([CLIENT_ID, "another-client"])] {
        assert_eq!(refused(&provider, with(claims.clone(), "aud", audience)).await, TokenRejected::Audience);
    }
    let foreign = with(claims, "iss", "https://evil.example/");
    assert_eq!(refused(&provider, foreign).await, TokenRejected::Issuer);
}

#[tokio::test]
async fn rp45_required_claims() {
    let provider = Provider::start().await;
    let claims = provider.logout_claims();
    for claim in ["iss", "aud", "iat", "exp", "jti"] {
        assert_eq!(refused(&provider, without(claims.clone(), claim)).await, TokenRejected::Missing(claim));
    }
    let nobody = without(without(claims.clone(), "sid"), "sub");
    assert_eq!(refused(&provider, nobody).await, TokenRejected::NobodyLoggedOut);
    for claim in ["sid", "sub", "jti"] {
        for value in [json!(""), json!(7), json!(null)] {
            let claims = with(claims.clone(), claim, value);
            assert_eq!(refused(&provider, claims).await, TokenRejected::Claim(claim));
        }
    }
}

#[tokio::test]
async fn rp45_times() {
    let provider = Provider::start().await;
    let claims = with(provider.logout_claims(), "iat", NOW - 300);
    assert!(verdict(&provider, with(claims.clone(), "exp", NOW - 59)).await.is_ok());
    assert_eq!(refused(&provider, with(claims.clone(), "exp", NOW - 61)).await, TokenRejected::Expired);
    assert_eq!(refused(&provider, with(claims, "iat", NOW + 61)).await, TokenRejected::IssuedInFuture);
}

#[tokio::test]
async fn rp43_other_tokens_are_no_logout_tokens() {
    let provider = Provider::start().await;
    let with_id = with(provider.claims(), "jti", "1");
    assert_eq!(refused(&provider, with_id.clone()).await, TokenRejected::NonceInLogoutToken);
    assert_eq!(refused(&provider, without(with_id, "nonce")).await, TokenRejected::NoLogoutEvent);
    for typ in ["at+jwt", "secevent+jwt"] {
        let header = json!({ "alg": "RS256", "typ": typ, "kid": CURRENT.id });
        let token = CURRENT.token_with(&header, &provider.logout_claims());
        assert_eq!(reason(provider.party().verify_logout_token(&token).await), TokenRejected::Type, "{typ}");
    }
}
