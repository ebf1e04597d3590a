//! ID tokens that are wrong in one way each.

use std::time::Duration;

use serde_json::{Value, json};
use tenantry_oidc::{IdToken, OidcError, SigningAlgorithm, TokenRejected};

use crate::provider::{CLIENT_ID, CLIENT_SECRET, NONCE, NOW, Provider, reason, with, without};
use crate::signing::{CURRENT, STRANGER, es256, hs256, unsigned};

async fn verify(provider: &Provider, token: &str) -> Result<IdToken, OidcError> {
    provider.party().verify_id_token(token, NONCE, None).await
}

/// What becomes of a token with these claims and the provider's own signature.
async fn verdict(provider: &Provider, claims: Value) -> Result<IdToken, OidcError> {
    verify(provider, &CURRENT.token(&claims)).await
}

async fn refused(provider: &Provider, claims: Value) -> TokenRejected {
    reason(verdict(provider, claims).await)
}

fn header(alg: &str) -> Value {
    json!({ "alg": alg, "typ": "JWT", "kid": CURRENT.id })
}

#[tokio::test]
async fn rp02_invalid_iss() {
    let provider = Provider::start().await;
    let claims = provider.claims();
    assert_eq!(refused(&provider, without(claims.clone(), "iss")).await, TokenRejected::Missing("iss"));
    let near = provider.issuer.trim_end_matches('/').to_owned();
    for issuer in
        [json!("https://evil.example/"), json!(near), json!(provider.issuer.to_uppercase()), json!(7)]
    {
        assert_eq!(
            refused(&provider, with(claims.clone(), "iss", issuer.clone())).await,
            TokenRejected::Issuer,
            "{issuer}"
        );
    }
}

#[tokio::test]
async fn rp03_invalid_or_missing_aud() {
    let provider = Provider::start().await;
    let claims = provider.claims();
    assert_eq!(refused(&provider, without(claims.clone(), "aud")).await, TokenRejected::Missing("aud"));
    for audience in
        [json!("another-client"), json!(""), json!([]), json!(["another-client"]), json!(null), json!({})]
    {
        let claims = with(claims.clone(), "aud", audience.clone());
        assert_eq!(refused(&provider, claims).await, TokenRejected::Audience, "{audience}");
    }
}

#[tokio::test]
async fn rp04_aud_as_array() {
    let provider = Provider::start().await;
    let claims = with(provider.claims(), "aud", json!([CLIENT_ID]));
    assert!(verdict(&provider, claims).await.is_ok());
}

#[tokio::test]
async fn rp05_secondary_aud() {
    let provider = Provider::start().await;
    for audience in [json!([CLIENT_ID, "another-client"]), json!(["another-client", CLIENT_ID])] {
        let claims = with(provider.claims(), "aud", audience);
        let claims = with(claims, "azp", CLIENT_ID);
        assert_eq!(refused(&provider, claims).await, TokenRejected::Audience);
    }
}

#[tokio::test]
async fn rp06_azp_of_another_client() {
    let provider = Provider::start().await;
    let claims = provider.claims();
    assert!(verdict(&provider, with(claims.clone(), "azp", CLIENT_ID)).await.is_ok());
    for party in [json!("another-client"), json!(""), json!([CLIENT_ID]), json!(null)] {
        let claims = with(claims.clone(), "azp", party);
        assert_eq!(refused(&provider, claims).await, TokenRejected::AuthorizedParty);
    }
}

#[tokio::test]
async fn rp07_sub() {
    let provider = Provider::start().await;
    let claims = provider.claims();
    assert!(verdict(&provider, with(claims.clone(), "sub", "x".repeat(255))).await.is_ok());
    assert_eq!(refused(&provider, without(claims.clone(), "sub")).await, TokenRejected::Missing("sub"));
    for subject in [json!(""), json!(42), json!("x".repeat(256)), json!("ünï"), json!("a\u{0}b"), json!(null)]
    {
        let claims = with(claims.clone(), "sub", subject.clone());
        assert_eq!(refused(&provider, claims).await, TokenRejected::Claim("sub"), "{subject}");
    }
}

#[tokio::test]
async fn rp08_iat() {
    let provider = Provider::start().await;
    let claims = provider.claims();
    assert_eq!(refused(&provider, without(claims.clone(), "iat")).await, TokenRejected::Missing("iat"));
    assert_eq!(refused(&provider, with(claims.clone(), "iat", "now")).await, TokenRejected::Claim("iat"));
    for (seconds, expected) in [
        (60, None),
        (61, Some(TokenRejected::IssuedInFuture)),
        (-600, None),
        (-601, Some(TokenRejected::IssuedLongAgo)),
    ] {
        let verdict = verdict(&provider, with(claims.clone(), "iat", NOW + seconds)).await;
        assert_eq!(verdict.is_err().then(|| reason(verdict)), expected, "{seconds}");
    }
}

#[tokio::test]
async fn rp09_exp() {
    let provider = Provider::start().await;
    let claims = with(provider.claims(), "iat", NOW - 300);
    assert!(verdict(&provider, with(claims.clone(), "exp", NOW - 59)).await.is_ok());
    assert!(verdict(&provider, with(claims.clone(), "exp", 1_799_999_940.5)).await.is_ok());
    assert_eq!(refused(&provider, with(claims.clone(), "exp", NOW - 60)).await, TokenRejected::Expired);
    assert_eq!(refused(&provider, with(claims, "exp", NOW - 61)).await, TokenRejected::Expired);
}

#[tokio::test]
async fn rp10_missing_or_malformed_exp() {
    let provider = Provider::start().await;
    let claims = provider.claims();
    assert_eq!(refused(&provider, without(claims.clone(), "exp")).await, TokenRejected::Missing("exp"));
    for never in [json!("never"), json!("9999999999"), json!(null), json!(true), json!([NOW + 60])] {
        assert_eq!(refused(&provider, with(claims.clone(), "exp", never)).await, TokenRejected::Claim("exp"));
    }
}

#[tokio::test]
async fn rp11_nbf() {
    let provider = Provider::start().await;
    let claims = provider.claims();
    assert!(verdict(&provider, with(claims.clone(), "nbf", NOW + 60)).await.is_ok());
    assert_eq!(refused(&provider, with(claims.clone(), "nbf", NOW + 61)).await, TokenRejected::NotYetValid);
    for text in [json!((NOW + 61).to_string()), json!(NOW.to_string()), json!(null)] {
        assert_eq!(refused(&provider, with(claims.clone(), "nbf", text)).await, TokenRejected::Claim("nbf"));
    }
}

#[tokio::test]
async fn rp12_nonce() {
    let provider = Provider::start().await;
    let claims = provider.claims();
    assert_eq!(refused(&provider, without(claims.clone(), "nonce")).await, TokenRejected::Missing("nonce"));
    for nonce in [&NONCE[1..], &NONCE.to_uppercase(), &format!("{NONCE}x")] {
        assert_eq!(refused(&provider, with(claims.clone(), "nonce", nonce)).await, TokenRejected::Nonce);
    }
    let empty = CURRENT.token(&with(claims.clone(), "nonce", ""));
    assert_eq!(
        reason(provider.party().verify_id_token(&empty, "", None).await),
        TokenRejected::Claim("nonce")
    );
    assert_eq!(refused(&provider, with(claims, "nonce", 7)).await, TokenRejected::Claim("nonce"));
}

#[tokio::test]
async fn rp13_invalid_sig_rs256() {
    let provider = Provider::start().await;
    let token = CURRENT.token(&provider.claims());
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let strangers = STRANGER.token_with(&header("RS256"), &provider.claims());
    let other_claims = with(provider.claims(), "sub", "someone-else");
    let grafted =
        format!("{}.{signature}", unsigned(&header("RS256").to_string(), &other_claims.to_string()));
    let first = if signature.starts_with('A') { "B" } else { "A" };
    let flipped = format!("{signed}.{first}{}", &signature[1..]);
    let shortened = format!("{signed}.{}", &signature[..signature.len() - 4]);
    for forged in [strangers, grafted, flipped, shortened, format!("{signed}."), format!("{token}=")] {
        assert_eq!(reason(verify(&provider, &forged).await), TokenRejected::Signature);
    }
}

#[tokio::test]
async fn rp13_invalid_sig_es256() {
    let provider = Provider::start().await;
    let (token, key) = es256(&provider.claims());
    provider.publish(&[CURRENT.jwk(), key]);
    assert_eq!(reason(verify(&provider, &token).await), TokenRejected::Algorithm);
}

#[tokio::test]
async fn rp14_alg_none() {
    let provider = Provider::start().await;
    let claims = provider.claims();
    let signature = CURRENT.token(&claims).rsplit_once('.').unwrap().1.to_owned();
    for alg in [
        json!("none"),
        json!("None"),
        json!("nOnE"),
        json!(""),
        json!("rs256"),
        json!(null),
        json!(["RS256"]),
    ] {
        let header = with(header("RS256"), "alg", alg.clone()).to_string();
        for signature in ["", &signature] {
            let token = format!("{}.{signature}", unsigned(&header, &claims.to_string()));
            assert_eq!(reason(verify(&provider, &token).await), TokenRejected::Algorithm, "{alg}");
        }
    }
    let nameless = CURRENT.token_with(&json!({ "kid": CURRENT.id }), &claims);
    assert_eq!(reason(verify(&provider, &nameless).await), TokenRejected::Algorithm);
}

#[tokio::test]
async fn rp15_hs256_with_what_everybody_knows() {
    let provider = Provider::start().await;
    let claims = provider.claims();
    let pem = CURRENT.public_pem();
    for secret in [pem.as_bytes(), pem.trim_end().as_bytes(), CLIENT_SECRET.as_bytes(), b""] {
        let token = hs256(secret, &header("HS256"), &claims);
        assert_eq!(reason(verify(&provider, &token).await), TokenRejected::Algorithm);
        // The name of the pinned algorithm doesn't make a MAC a signature.
        let disguised = hs256(secret, &header("RS256"), &claims);
        assert_eq!(reason(verify(&provider, &disguised).await), TokenRejected::Signature);
    }
}

#[tokio::test]
async fn rp16_algorithms_are_pinned() {
    let provider = Provider::start().await;
    let claims = provider.claims();
    // Genuine signatures by the provider's own key, which says nothing about algorithms, nor does discovery forbid it.
    provider.publish(&[without(CURRENT.jwk(), "alg")]);
    for token in [CURRENT.ps256(&claims), CURRENT.rs512(&claims)] {
        assert_eq!(reason(verify(&provider, &token).await), TokenRejected::Algorithm);
    }
    let other = provider.party_accepting(SigningAlgorithm::Ps256);
    assert!(other.verify_id_token(&CURRENT.ps256(&claims), NONCE, None).await.is_ok());
    let refused = other.verify_id_token(&CURRENT.token(&claims), NONCE, None).await;
    assert_eq!(reason(refused), TokenRejected::Algorithm);
}

#[tokio::test]
async fn rp17_keys_in_the_header() {
    let provider = Provider::start().await;
    let url = provider.url("/evil");
    for (name, value) in
        [("jku", json!(url)), ("x5u", json!(url)), ("jwk", STRANGER.jwk()), ("crit", json!(["exp"]))]
    {
        let token = STRANGER.token_with(&with(header("RS256"), name, value.clone()), &provider.claims());
        assert_eq!(reason(verify(&provider, &token).await), TokenRejected::Header(name));
        // Refused even when the signature is genuine.
        let genuine = CURRENT.token_with(&with(header("RS256"), name, value), &provider.claims());
        assert_eq!(reason(verify(&provider, &genuine).await), TokenRejected::Header(name));
    }
    assert!(provider.requests().is_empty(), "{:?}", provider.requests());
}

#[tokio::test]
async fn rp40_duplicate_members_and_giants() {
    let provider = Provider::start().await;
    let (header, claims) = (header("RS256").to_string(), provider.claims().to_string());
    let twice = |object: &str, member: &str| format!("{},{member}}}", object.strip_suffix('}').unwrap());
    assert!(verify(&provider, &CURRENT.token_of_texts(&header, &claims)).await.is_ok());
    for payload in [twice(&claims, r#""sub":"admin""#), twice(&claims, r#""\u0073ub":"admin""#)] {
        let token = CURRENT.token_of_texts(&header, &payload);
        assert_eq!(reason(verify(&provider, &token).await), TokenRejected::DuplicateMember);
    }
    let token = CURRENT.token_of_texts(&twice(&header, r#""alg":"RS256""#), &claims);
    assert_eq!(reason(verify(&provider, &token).await), TokenRejected::DuplicateMember);

    let large = |size: usize| CURRENT.token(&with(provider.claims(), "padding", "x".repeat(size)));
    assert!(verify(&provider, &large(40 * 1024)).await.is_ok());
    for size in [64 * 1024, 1024 * 1024] {
        assert_eq!(reason(verify(&provider, &large(size)).await), TokenRejected::TooLarge);
    }
}

#[tokio::test]
async fn what_is_no_token_is_refused() {
    let provider = Provider::start().await;
    let token = CURRENT.token(&provider.claims());
    let (header, rest) = token.split_once('.').unwrap();
    for text in [
        "",
        ".",
        "..",
        "...",
        "a.b.c",
        header,
        &format!("{header}=.{rest}"),
        &format!("é.{rest}"),
        "W10.e30.x",
    ] {
        assert_eq!(reason(verify(&provider, text).await), TokenRejected::Malformed, "{text}");
    }
    assert!(verify(&provider, &format!("{token}.")).await.is_err());
    assert!(verify(&provider, &format!("{token}.{rest}")).await.is_err());
    let array = CURRENT.token(&json!([provider.claims()]));
    assert_eq!(reason(verify(&provider, &array).await), TokenRejected::Malformed);
    let numbered = CURRENT.token_with(&json!({ "alg": "RS256", "kid": 7 }), &provider.claims());
    assert_eq!(reason(verify(&provider, &numbered).await), TokenRejected::Malformed);
}

#[tokio::test]
async fn rp43_other_tokens_are_no_id_tokens() {
    let provider = Provider::start().await;
    let claims = provider.claims();
    for typ in [json!("at+jwt"), json!("logout+jwt"), json!("JWTx"), json!(""), json!(null), json!(["JWT"])] {
        let token = CURRENT.token_with(&with(header("RS256"), "typ", typ.clone()), &claims);
        assert_eq!(reason(verify(&provider, &token).await), TokenRejected::Type, "{typ}");
    }
    for header in [without(header("RS256"), "typ"), with(header("RS256"), "typ", "jwt")] {
        assert!(verify(&provider, &CURRENT.token_with(&header, &claims)).await.is_ok(), "{header}");
    }

    assert_eq!(refused(&provider, provider.logout_claims()).await, TokenRejected::LogoutToken);
    let with_nonce = with(provider.logout_claims(), "nonce", NONCE);
    assert_eq!(refused(&provider, with_nonce).await, TokenRejected::LogoutToken);

    let access = with(without(claims.clone(), "nonce"), "azp", CLIENT_ID);
    assert_eq!(refused(&provider, access.clone()).await, TokenRejected::Missing("nonce"));
    let for_an_api = with(access, "aud", json!(["https://api.example/", provider.url("/userinfo")]));
    assert_eq!(refused(&provider, for_an_api).await, TokenRejected::Audience);
}

#[tokio::test]
async fn rp44_auth_time() {
    let provider = Provider::start().await;
    let party = provider.party();
    let hour = Some(Duration::from_hours(1));
    let claims = provider.claims();
    let at = |seconds: i64| CURRENT.token(&with(claims.clone(), "auth_time", NOW + seconds));

    let accepted = party.verify_id_token(&at(-3600), NONCE, hour).await.unwrap();
    assert_eq!(accepted.auth_time.unwrap().as_seconds(), NOW - 3600);
    assert!(party.verify_id_token(&at(-3660), NONCE, hour).await.is_ok());
    let refused = party.verify_id_token(&at(-3661), NONCE, hour).await;
    assert_eq!(reason(refused), TokenRejected::AuthenticationTooOld);
    assert!(party.verify_id_token(&at(-3661), NONCE, None).await.is_ok());
    assert!(party.verify_id_token(&at(-3661), NONCE, Some(Duration::MAX)).await.is_ok());

    let silent = CURRENT.token(&claims);
    assert_eq!(
        reason(party.verify_id_token(&silent, NONCE, hour).await),
        TokenRejected::Missing("auth_time")
    );
    assert_eq!(reason(party.verify_id_token(&at(61), NONCE, None).await), TokenRejected::Claim("auth_time"));
    let text = CURRENT.token(&with(claims.clone(), "auth_time", "now"));
    assert_eq!(reason(party.verify_id_token(&text, NONCE, None).await), TokenRejected::Claim("auth_time"));
}

#[tokio::test]
async fn rp44_acr() {
    let provider = Provider::start().await;
    let claims = provider.claims();
    let verdict = async |acr: Value| {
        let token = verdict(&provider, with(claims.clone(), "acr", acr)).await.unwrap();
        token.require_acr(&["urn:mfa", "urn:hardware"])
    };
    assert_eq!(verdict(json!("urn:mfa")).await, Ok(()));
    assert_eq!(verdict(json!("urn:hardware")).await, Ok(()));
    for weak in ["0", "", "URN:MFA", "urn:mfa urn:hardware"] {
        assert_eq!(verdict(json!(weak)).await, Err(TokenRejected::AuthenticationTooWeak), "{weak}");
    }
    for odd in [json!(null), json!(["urn:mfa"]), json!(1)] {
        assert_eq!(verdict(odd).await, Err(TokenRejected::Claim("acr")));
    }
    let silent = verify(&provider, &CURRENT.token(&claims)).await.unwrap();
    assert_eq!(silent.require_acr(&["urn:mfa"]), Err(TokenRejected::Missing("acr")));
}

#[tokio::test]
async fn sid_is_a_text_when_it_is_there() {
    let provider = Provider::start().await;
    let without = verdict(&provider, without(provider.claims(), "sid")).await.unwrap();
    assert_eq!(without.session_id, None);
    for sid in [json!(7), json!(""), json!(null)] {
        let claims = with(provider.claims(), "sid", sid);
        assert_eq!(refused(&provider, claims).await, TokenRejected::Claim("sid"));
    }
}

#[tokio::test]
async fn f05_a_clock_that_jumps_gives_no_negative_lifetime() {
    let provider = Provider::start().await;
    let party = provider.party();
    let token = CURRENT.token(&provider.claims());
    for (jump, expected) in [
        (-59, None),
        (-61, Some(TokenRejected::IssuedInFuture)),
        (-3600, Some(TokenRejected::IssuedInFuture)),
        (59, None),
        (61, None),
        (3600, Some(TokenRejected::IssuedLongAgo)),
    ] {
        provider.clock.advance(jump);
        let verdict = party.verify_id_token(&token, NONCE, None).await;
        match expected {
            Some(expected) => assert_eq!(reason(verdict), expected, "{jump}"),
            None => assert!(verdict.unwrap().expires_at > provider_now(), "{jump}"),
        }
        provider.clock.advance(-jump);
    }
    // Within the skew allowed for both ends, `exp` could lie before `iat`.
    let claims = with(with(provider.claims(), "iat", NOW + 50), "exp", NOW - 50);
    assert_eq!(refused(&provider, claims).await, TokenRejected::Lifetime);
    let claims = with(with(provider.claims(), "iat", NOW), "exp", NOW);
    assert_eq!(refused(&provider, claims).await, TokenRejected::Lifetime);
}

fn provider_now() -> tenantry_domain::Timestamp {
    tenantry_domain::Timestamp::from_seconds(NOW)
}
