//! The issuer's keys: which are used, and when they are fetched.

use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use serde_json::json;
use tenantry_oidc::{Endpoint, IdToken, OidcError, RelyingParty, ResponseFault, TokenRejected};

use crate::provider::{DISCOVERY, KEYS, NONCE, Provider, Reply, reason, with, without};
use crate::signing::{CURRENT, Key, NEXT, STRANGER};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;

async fn log_in(party: &RelyingParty, provider: &Provider, key: &Key) -> Result<IdToken, OidcError> {
    party.verify_id_token(&key.token(&provider.claims()), NONCE, None).await
}

fn nameless(key: &Key, provider: &Provider) -> String {
    key.token_with(&json!({ "alg": "RS256", "typ": "JWT" }), &provider.claims())
}

#[tokio::test]
async fn rp18_kid_absent_single_key() {
    let provider = Provider::start().await;
    let token = nameless(&CURRENT, &provider);
    assert!(provider.party().verify_id_token(&token, NONCE, None).await.is_ok());
    provider.publish(&[without(CURRENT.jwk(), "kid")]);
    assert!(provider.party().verify_id_token(&token, NONCE, None).await.is_ok());
    let forged = nameless(&STRANGER, &provider);
    assert_eq!(
        reason(provider.party().verify_id_token(&forged, NONCE, None).await),
        TokenRejected::Signature
    );
}

#[tokio::test]
async fn rp19_kid_absent_multiple_keys() {
    let provider = Provider::start().await;
    provider.publish(&[CURRENT.jwk(), NEXT.jwk()]);
    let refused = provider.party().verify_id_token(&nameless(&CURRENT, &provider), NONCE, None).await;
    assert_eq!(reason(refused), TokenRejected::AmbiguousKey);
    assert_eq!(provider.hits(KEYS), 1);
}

#[tokio::test]
async fn rp20_signing_key_rotation() {
    let provider = Provider::start().await;
    let party = provider.party();
    log_in(&party, &provider, &CURRENT).await.unwrap();
    provider.publish(&[NEXT.jwk()]);
    log_in(&party, &provider, &NEXT).await.unwrap();
    log_in(&party, &provider, &NEXT).await.unwrap();
    assert_eq!(provider.hits(KEYS), 2);
    assert_eq!(provider.hits(DISCOVERY), 1);
}

#[tokio::test]
async fn rp20_rotation_of_a_key_without_a_name() {
    let provider = Provider::start().await;
    let party = provider.party();
    let verify = async |key: &Key| party.verify_id_token(&nameless(key, &provider), NONCE, None).await;
    verify(&CURRENT).await.unwrap();
    provider.publish(&[without(NEXT.jwk(), "kid")]);
    verify(&NEXT).await.unwrap();
    assert_eq!(provider.hits(KEYS), 2);
    // Whoever has no key of the issuer causes no more fetches than with made up names.
    for _ in 0..100 {
        assert_eq!(reason(verify(&STRANGER).await), TokenRejected::Signature);
    }
    verify(&NEXT).await.unwrap();
    assert_eq!(provider.hits(KEYS), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rp20_rotation_under_load_takes_one_fetch() {
    let provider = Arc::new(Provider::start().await);
    let party = provider.party();
    log_in(&party, &provider, &CURRENT).await.unwrap();
    let keys = json!({ "keys": [CURRENT.jwk(), NEXT.jwk()] });
    provider.reply(KEYS, Reply::json(&keys).after(Duration::from_millis(100)));

    let verdicts = crowd(&party, &provider, &NEXT).await;
    assert!(verdicts.iter().all(Result::is_ok));
    assert_eq!(provider.hits(KEYS), 2);
}

#[tokio::test]
async fn rp21_unknown_kids_cause_one_fetch_a_minute() {
    let provider = Provider::start().await;
    let party = provider.party();
    log_in(&party, &provider, &CURRENT).await.unwrap();
    let claims = provider.claims();
    let unknown =
        |n: u32| STRANGER.token_with(&json!({ "alg": "RS256", "kid": format!("unknown-{n}") }), &claims);

    for n in 0..1000 {
        assert_eq!(reason(party.verify_id_token(&unknown(n), NONCE, None).await), TokenRejected::UnknownKey);
        if n % 100 == 0 {
            log_in(&party, &provider, &CURRENT).await.unwrap();
        }
    }
    assert_eq!(provider.hits(KEYS), 2);

    provider.clock.advance(MINUTE - 1);
    assert_eq!(reason(party.verify_id_token(&unknown(0), NONCE, None).await), TokenRejected::UnknownKey);
    assert_eq!(provider.hits(KEYS), 2);
    provider.clock.advance(1);
    assert_eq!(reason(party.verify_id_token(&unknown(0), NONCE, None).await), TokenRejected::UnknownKey);
    assert_eq!(provider.hits(KEYS), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rp21_good_logins_do_not_wait_for_the_search() {
    let provider = Arc::new(Provider::start().await);
    let party = provider.party();
    log_in(&party, &provider, &CURRENT).await.unwrap();
    provider.reply(KEYS, Reply::json(&json!({ "keys": [CURRENT.jwk()] })).after(Duration::from_secs(5)));

    let searching = {
        let (party, provider) = (Arc::clone(&party), Arc::clone(&provider));
        tokio::spawn(async move { log_in(&party, &provider, &STRANGER).await })
    };
    while provider.hits(KEYS) < 2 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let good = tokio::time::timeout(Duration::from_secs(2), log_in(&party, &provider, &CURRENT)).await;
    assert!(good.expect("waited for the search").is_ok());
    assert!(!searching.is_finished());
    searching.abort();
}

#[tokio::test]
async fn rp21_hanging_up_does_not_get_around_the_pause() {
    let provider = Provider::start().await;
    let party = provider.party();
    log_in(&party, &provider, &CURRENT).await.unwrap();
    provider.reply(KEYS, Reply::json(&json!({ "keys": [CURRENT.jwk()] })).after(Duration::from_millis(100)));
    for _ in 0..20 {
        let attempt = log_in(&party, &provider, &STRANGER);
        let _ = tokio::time::timeout(Duration::from_millis(20), attempt).await;
    }
    assert_eq!(provider.hits(KEYS), 2);
}

#[tokio::test]
async fn rp22_keys_that_are_never_used() {
    let provider = Provider::start().await;
    let weak = with(STRANGER.jwk(), "n", STRANGER.jwk()["n"].as_str().unwrap()[..171].to_owned());
    let others = [
        json!({ "kty": "oct", "kid": "oct", "k": "c2VjcmV0" }),
        with(with(STRANGER.jwk(), "use", "enc"), "kid", "enc"),
        with(with(STRANGER.jwk(), "alg", "RSA-OAEP"), "kid", "oaep"),
        with(weak, "kid", "weak"),
        with(STRANGER.jwk(), "kid", "twice"),
        with(NEXT.jwk(), "kid", "twice"),
    ];
    provider.publish(&[&[CURRENT.jwk()], others.as_slice()].concat());
    let party = provider.party();
    log_in(&party, &provider, &CURRENT).await.unwrap();
    for kid in ["oct", "enc", "oaep", "weak", "twice"] {
        let token = STRANGER.token_with(&json!({ "alg": "RS256", "kid": kid }), &provider.claims());
        assert_eq!(
            reason(party.verify_id_token(&token, NONCE, None).await),
            TokenRejected::UnknownKey,
            "{kid}"
        );
    }
    // None of them is counted either: a token without a key id still means the one usable key.
    party.verify_id_token(&nameless(&CURRENT, &provider), NONCE, None).await.unwrap();
}

#[tokio::test]
async fn a_withdrawn_key_is_forgotten_within_an_hour() {
    let provider = Provider::start().await;
    let party = provider.party();
    log_in(&party, &provider, &CURRENT).await.unwrap();
    provider.publish(&[NEXT.jwk()]);
    provider.clock.advance(HOUR - 1);
    log_in(&party, &provider, &CURRENT).await.unwrap();
    provider.clock.advance(1);
    assert_eq!(reason(log_in(&party, &provider, &CURRENT).await), TokenRejected::UnknownKey);
}

#[tokio::test]
async fn f04_keys_endpoint_down() {
    let provider = Provider::start().await;
    let party = provider.party();
    log_in(&party, &provider, &CURRENT).await.unwrap();
    for down in
        [Reply::text(503, ""), Reply::html(), Reply::text(429, ""), Reply::text(404, ""), Reply::endless()]
    {
        provider.reply(KEYS, down);
        provider.clock.advance(4 * HOUR);
        log_in(&party, &provider, &CURRENT).await.unwrap();
    }
    provider.reply(KEYS, Reply::text(503, ""));
    provider.clock.advance(2 * MINUTE);
    assert!(matches!(log_in(&party, &provider, &NEXT).await, Err(OidcError::Unavailable(_))));

    provider.clock.advance(4 * HOUR - 2 * MINUTE - 1);
    log_in(&party, &provider, &CURRENT).await.unwrap();
    provider.clock.advance(1);
    assert!(matches!(log_in(&party, &provider, &CURRENT).await, Err(OidcError::Unavailable(_))));

    provider.publish(&[CURRENT.jwk()]);
    log_in(&party, &provider, &CURRENT).await.unwrap();
}

#[tokio::test]
async fn f04_a_failing_endpoint_is_asked_once_a_minute() {
    let provider = Provider::start().await;
    let party = provider.party();
    log_in(&party, &provider, &CURRENT).await.unwrap();
    provider.reply(KEYS, Reply::text(503, ""));
    provider.clock.advance(2 * HOUR);
    for _ in 0..10 {
        log_in(&party, &provider, &CURRENT).await.unwrap();
    }
    assert_eq!(provider.hits(KEYS), 2);
    provider.clock.advance(MINUTE);
    log_in(&party, &provider, &CURRENT).await.unwrap();
    assert_eq!(provider.hits(KEYS), 3);
}

#[tokio::test]
async fn f05_a_clock_set_back_neither_keeps_nor_loses_keys() {
    let provider = Provider::start().await;
    let party = provider.party();
    assert_eq!(reason(log_in(&party, &provider, &STRANGER).await), TokenRejected::UnknownKey);
    provider.clock.advance(-HOUR);
    provider.publish(&[NEXT.jwk()]);
    // Keys from a future that never came aren't fresh, and its pause doesn't keep new ones away.
    assert_eq!(reason(log_in(&party, &provider, &CURRENT).await), TokenRejected::UnknownKey);
    log_in(&party, &provider, &NEXT).await.unwrap();
    provider.reply(KEYS, Reply::text(503, ""));
    provider.clock.advance(-HOUR);
    log_in(&party, &provider, &NEXT).await.unwrap();
}

#[tokio::test]
async fn the_first_fetch_that_fails_is_repeated_by_the_next_login() {
    let provider = Provider::start().await;
    let party = provider.party();
    provider.reply(KEYS, Reply::text(503, ""));
    assert!(matches!(log_in(&party, &provider, &CURRENT).await, Err(OidcError::Unavailable(_))));
    provider.reply(KEYS, Reply::html());
    assert!(matches!(
        log_in(&party, &provider, &CURRENT).await,
        Err(OidcError::InvalidResponse { endpoint: Endpoint::Keys, fault: ResponseFault::Malformed })
    ));
    provider.publish(&[CURRENT.jwk()]);
    log_in(&party, &provider, &CURRENT).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_crowd_shares_the_first_fetch() {
    let provider = Arc::new(Provider::start().await);
    let party = provider.party();
    let slow = Duration::from_millis(100);
    provider.reply(DISCOVERY, Reply::json(&provider.document()).after(slow));
    provider.reply(KEYS, Reply::json(&json!({ "keys": [CURRENT.jwk()] })).after(slow));
    assert!(crowd(&party, &provider, &CURRENT).await.iter().all(Result::is_ok));
    assert_eq!((provider.hits(DISCOVERY), provider.hits(KEYS)), (1, 1));
}

/// A hundred logins at once.
async fn crowd(
    party: &Arc<RelyingParty>,
    provider: &Arc<Provider>,
    key: &'static Key,
) -> Vec<Result<IdToken, OidcError>> {
    let token = key.token(&provider.claims());
    let logins = (0..100).map(|_| {
        let (party, token) = (Arc::clone(party), token.clone());
        tokio::spawn(async move { party.verify_id_token(&token, NONCE, None).await })
    });
    join_all(logins).await.into_iter().map(Result::unwrap).collect()
}
