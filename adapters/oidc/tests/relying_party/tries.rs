//! Documents whose answers are bad now and then: who logs in does not notice, and nobody else is asked more than they can bear.

use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use serde_json::json;
use tenantry_oidc::{OidcError, TokenRejected};

use crate::provider::{DISCOVERY, KEYS, NONCE, Provider, Reply, TOKEN, reason};
use crate::signing::{CURRENT, NEXT, STRANGER};

/// Everything that another try may mend.
fn passing() -> [Reply; 6] {
    [
        Reply::text(503, ""),
        Reply::text(429, "").header("retry-after", "1"),
        Reply::text(429, ""),
        Reply::html(),
        Reply::broken_off(),
        Reply::text(200, "{\"issuer\": \"http://127"),
    ]
}

#[tokio::test]
async fn f01_f02_a_bad_answer_or_two_are_not_noticed() {
    let log_in = async |path: &str, first: Reply| {
        let provider = Provider::start().await;
        provider.first_reply(path, &[first, Reply::text(500, "")]);
        let token = CURRENT.token(&provider.claims());
        provider.party().verify_id_token(&token, NONCE, None).await.unwrap();
        assert_eq!(provider.hits(DISCOVERY) + provider.hits(KEYS), 4, "{path}");
    };
    let at = |path| passing().map(|first| log_in(path, first));
    join_all(at(DISCOVERY).into_iter().chain(at(KEYS))).await;
}

#[tokio::test]
async fn f01_three_bad_answers_are_an_outage() {
    for path in [DISCOVERY, KEYS] {
        let provider = Provider::start().await;
        provider.reply(path, Reply::text(503, ""));
        let token = CURRENT.token(&provider.claims());
        let verdict = provider.party().verify_id_token(&token, NONCE, None).await;
        assert!(matches!(verdict, Err(OidcError::Unavailable(_))), "{verdict:?}");
        assert_eq!(provider.hits(path), 3);
    }
}

#[tokio::test]
async fn f01_what_would_come_again_is_not_asked_for_again() {
    for decided in [
        Reply::text(404, ""),
        Reply::text(401, ""),
        Reply::text(302, "").header("location", "/evil"),
        // Longer than anybody waits for a page.
        Reply::text(429, "").header("retry-after", "60"),
        Reply::endless(),
        Reply::json(
            &json!({ "issuer": "https://evil.example/", "authorization_endpoint": "", "jwks_uri": "" }),
        ),
    ] {
        let provider = Provider::start().await;
        provider.reply(DISCOVERY, decided);
        assert!(provider.party().metadata().await.is_err());
        assert_eq!(provider.hits(DISCOVERY), 1);
    }
}

#[tokio::test]
async fn a_code_is_sent_once_whatever_comes_of_it() {
    for bad in passing() {
        let provider = Provider::start().await;
        provider.reply(TOKEN, bad);
        assert!(provider.party().exchange_code("the-code", "the-verifier").await.is_err());
        assert_eq!(provider.hits(TOKEN), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn f01_a_crowd_shares_the_tries() {
    let provider = Provider::start().await;
    let party = provider.party();
    for path in [DISCOVERY, KEYS] {
        // Long enough for everybody to be there.
        provider.first_reply(path, &[Reply::text(503, "").after(Duration::from_millis(200))]);
    }
    let token = CURRENT.token(&provider.claims());
    let logins = (0..100).map(|_| {
        let (party, token) = (Arc::clone(&party), token.clone());
        tokio::spawn(async move { party.verify_id_token(&token, NONCE, None).await })
    });
    assert!(join_all(logins).await.into_iter().all(|login| login.unwrap().is_ok()));
    assert_eq!((provider.hits(DISCOVERY), provider.hits(KEYS)), (2, 2));
}

#[tokio::test]
async fn rp20_f04_a_bad_answer_does_not_keep_a_new_key_away() {
    let provider = Provider::start().await;
    let party = provider.party();
    party.verify_id_token(&CURRENT.token(&provider.claims()), NONCE, None).await.unwrap();
    provider.publish(&[NEXT.jwk()]);
    provider.first_reply(KEYS, &[Reply::text(503, "")]);
    party.verify_id_token(&NEXT.token(&provider.claims()), NONCE, None).await.unwrap();
    assert_eq!(provider.hits(KEYS), 3);
}

#[tokio::test]
async fn rp21_unknown_kids_cause_one_search_a_minute_also_when_it_fails() {
    let provider = Provider::start().await;
    let party = provider.party();
    party.verify_id_token(&CURRENT.token(&provider.claims()), NONCE, None).await.unwrap();
    provider.reply(KEYS, Reply::text(503, ""));
    let unknown = |n: u32| {
        STRANGER.token_with(&json!({ "alg": "RS256", "kid": format!("unknown-{n}") }), &provider.claims())
    };
    for n in 0..100 {
        let verdict = party.verify_id_token(&unknown(n), NONCE, None).await;
        assert!(matches!(verdict, Err(OidcError::Unavailable(_))), "{verdict:?}");
    }
    assert_eq!(provider.hits(KEYS), 1 + 3, "one search, of three tries");
    provider.publish(&[CURRENT.jwk()]);
    provider.clock.advance(60);
    assert_eq!(reason(party.verify_id_token(&unknown(0), NONCE, None).await), TokenRejected::UnknownKey);
    assert_eq!(provider.hits(KEYS), 5);
}
