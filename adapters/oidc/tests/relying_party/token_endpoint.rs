//! Token endpoints that refuse, fail or answer nonsense.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tenantry_oidc::{
    ClientAuthentication, CodeExchange, Endpoint, Metadata, MetadataRejected, OidcError, RelyingParty,
    ResponseFault, SigningAlgorithm, TokenResponse, http_client,
};

use crate::provider::{CLIENT_SECRET, DISCOVERY, Provider, Reply, TOKEN, with, without};
use crate::signing::CURRENT;

const CODE: &str = "the-code-from-the-browser";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

async fn exchange(provider: &Provider, reply: Reply) -> Result<TokenResponse, OidcError> {
    provider.reply(TOKEN, reply);
    provider.party().exchange_code(CODE, VERIFIER).await
}

fn fault(outcome: Result<TokenResponse, OidcError>) -> ResponseFault {
    match outcome {
        Err(OidcError::InvalidResponse { endpoint: Endpoint::Token, fault }) => fault,
        other => panic!("not a wrong answer: {other:?}"),
    }
}

fn refusal(status: u16, error: &str, description: &str) -> Reply {
    Reply::json(&json!({ "error": error, "error_description": description })).status(status)
}

#[tokio::test]
async fn rp34_redirects_are_not_followed() {
    let provider = Provider::start().await;
    provider.reply("/evil", Reply::json(&provider.tokens(&CURRENT)));
    for status in [301, 302, 303, 307, 308] {
        let redirect = Reply::text(status, "").header("location", &provider.url("/evil"));
        assert_eq!(fault(exchange(&provider, redirect).await), ResponseFault::Redirect, "{status}");
    }
    assert_eq!(provider.hits("/evil"), 0);
}

#[tokio::test]
async fn rp35_no_id_token_or_html() {
    let provider = Provider::start().await;
    let tokens = provider.tokens(&CURRENT);
    let silent = Reply::json(&without(tokens.clone(), "id_token"));
    assert_eq!(fault(exchange(&provider, silent).await), ResponseFault::NoIdToken);
    for member in ["access_token", "token_type"] {
        let reply = Reply::json(&without(tokens.clone(), member));
        assert_eq!(fault(exchange(&provider, reply).await), ResponseFault::Malformed, "{member}");
    }
    for reply in [Reply::html(), Reply::text(200, ""), Reply::json(&json!([])), Reply::json(&json!({}))] {
        assert_eq!(fault(exchange(&provider, reply).await), ResponseFault::Malformed);
    }
    let twice = r#"{"access_token":"a","token_type":"Bearer","id_token":"b","id_token":"c"}"#;
    assert_eq!(fault(exchange(&provider, Reply::text(200, twice)).await), ResponseFault::Malformed);
    assert_eq!(fault(exchange(&provider, Reply::html().status(400)).await), ResponseFault::Status(400));
}

#[tokio::test]
async fn rp36_token_type_and_expires_in() {
    let provider = Provider::start().await;
    let tokens = provider.tokens(&CURRENT);
    for name in ["bearer", "BEARER", "bEaReR"] {
        let reply = Reply::json(&with(tokens.clone(), "token_type", name));
        assert!(exchange(&provider, reply).await.is_ok(), "{name}");
    }
    let dpop = Reply::json(&with(tokens.clone(), "token_type", "DPoP"));
    assert_eq!(fault(exchange(&provider, dpop).await), ResponseFault::TokenType);

    let timeless = Reply::json(&without(tokens.clone(), "expires_in"));
    assert_eq!(exchange(&provider, timeless).await.unwrap().expires_in, None);
    for (value, seconds) in [(json!("300"), Some(300)), (json!(0), Some(0)), (Value::Null, None)] {
        let tokens =
            exchange(&provider, Reply::json(&with(tokens.clone(), "expires_in", value))).await.unwrap();
        assert_eq!(tokens.expires_in, seconds.map(Duration::from_secs));
    }
    for negative in [json!(-1), json!("soon"), json!("NaN")] {
        let reply = Reply::json(&with(tokens.clone(), "expires_in", negative));
        assert_eq!(fault(exchange(&provider, reply).await), ResponseFault::Malformed);
    }
}

#[tokio::test]
async fn refusals_of_the_code_and_of_the_client_are_told_apart() {
    let provider = Provider::start().await;
    for (status, code) in
        [(403, "invalid_grant"), (400, "invalid_grant"), (401, "invalid_grant"), (400, "invalid_request")]
    {
        match exchange(&provider, refusal(status, code, "Invalid authorization code")).await {
            Err(OidcError::Denied { error, description }) => {
                assert_eq!(error, code);
                assert_eq!(description.as_deref(), Some("Invalid authorization code"));
            }
            other => panic!("{status} {code}: {other:?}"),
        }
    }
    for (status, code) in [
        (401, "access_denied"),
        (401, "invalid_client"),
        (400, "invalid_client"),
        (403, "unauthorized_client"),
    ] {
        let refused = exchange(&provider, refusal(status, code, "Unauthorized")).await;
        assert!(
            matches!(refused, Err(OidcError::ClientRefused { error, .. }) if error == code),
            "{status} {code}"
        );
    }
}

#[tokio::test]
async fn a_refusal_repeats_no_secret() {
    let provider = Provider::start().await;
    for secret in [CODE, VERIFIER, CLIENT_SECRET] {
        let refused =
            exchange(&provider, refusal(403, "invalid_grant", &format!("no: {secret}"))).await.unwrap_err();
        assert!(matches!(&refused, OidcError::Denied { description: None, .. }));
        let refused = exchange(&provider, refusal(403, secret, "")).await.unwrap_err();
        assert!(!format!("{refused:?} {refused}").contains(secret));
    }
    let refused = exchange(&provider, refusal(403, "invalid_grant", &"a\r\n\u{1b}b".repeat(500))).await;
    match refused {
        Err(OidcError::Denied { description: Some(text), .. }) => {
            assert!(text.len() <= 300 && !text.chars().any(char::is_control));
        }
        other => panic!("{other:?}"),
    }
    let forged = exchange(&provider, refusal(403, "<script>", "")).await;
    assert_eq!(fault(forged), ResponseFault::Status(403));
}

#[tokio::test]
async fn f01_too_many_requests() {
    let provider = Provider::start().await;
    let reply = refusal(429, "too_many_requests", "slow down").header("retry-after", "7");
    let limited = exchange(&provider, reply).await;
    let wait = Some(Duration::from_secs(7));
    assert!(matches!(limited, Err(OidcError::RateLimited { retry_after }) if retry_after == wait));
    let limited = exchange(&provider, Reply::text(429, "")).await;
    assert!(matches!(limited, Err(OidcError::RateLimited { retry_after: None })));
}

#[tokio::test]
async fn f02_failures_of_the_endpoint() {
    let provider = Provider::start().await;
    for status in [500, 502, 503, 504] {
        let failed = exchange(&provider, Reply::html().status(status)).await;
        assert!(matches!(failed, Err(OidcError::Unavailable(_))), "{status}");
    }
    let failed = exchange(&provider, Reply::broken_off()).await;
    assert!(matches!(failed, Err(OidcError::Unavailable(_))), "{failed:?}");
    for large in [Reply::endless(), Reply::text(200, &" ".repeat(256 * 1024 + 1))] {
        assert_eq!(fault(exchange(&provider, large).await), ResponseFault::TooLarge);
    }
}

#[tokio::test]
async fn f02_a_provider_that_is_gone_or_stalls() {
    let provider = Provider::start().await;
    provider.reply(TOKEN, Reply::json(&provider.tokens(&CURRENT)).after(Duration::from_secs(30)));
    let impatient =
        reqwest::Client::builder().timeout(Duration::from_millis(200)).no_proxy().build().unwrap();
    let clock = Arc::clone(&provider.clock);
    let party = RelyingParty::new(provider.registration(), clock, impatient);
    assert!(matches!(party.exchange_code(CODE, VERIFIER).await, Err(OidcError::Unavailable(_))));

    let mut registration = provider.registration();
    registration.issuer = "http://127.0.0.1:1/".try_into().unwrap();
    let party = RelyingParty::new(registration, Arc::clone(&provider.clock) as _, http_client().unwrap());
    assert!(matches!(party.metadata().await, Err(OidcError::Unavailable(_))));
}

#[tokio::test]
async fn each_way_to_prove_who_we_are_sends_the_secret_in_one_place_or_in_none() {
    for (authentication, in_form, in_header) in [
        (ClientAuthentication::Post, true, ""),
        (
            ClientAuthentication::Basic,
            false,
            "Basic dGhlLWNsaWVudDp0aGUtdmVyeS1zZWNyZXQtb2YtdGhlLWNsaWVudA==",
        ),
        (ClientAuthentication::None, false, ""),
    ] {
        let provider = Provider::start().await;
        provider.reply(TOKEN, Reply::json(&provider.tokens(&CURRENT)));
        let exchange = CodeExchange { code: CODE, code_verifier: None, authentication };
        provider.party().exchange(&exchange).await.unwrap();
        let (_, form) = provider.requests().pop().unwrap();
        assert_eq!(form.contains(CLIENT_SECRET), in_form, "{form}");
        assert_eq!(form.contains("client_id="), authentication != ClientAuthentication::Basic, "{form}");
        assert!(!form.contains("code_verifier"), "{form}");
        assert_eq!(provider.authorization(TOKEN), in_header);
    }
}

#[tokio::test]
async fn an_issuer_whose_endpoints_are_known_is_not_asked_for_them() {
    let provider = Provider::start().await;
    provider.reply(TOKEN, Reply::json(&provider.tokens(&CURRENT)));
    let party = |document: &Value| {
        let registration = provider.registration();
        let metadata = Metadata::parse(document.to_string().as_bytes(), &registration.issuer).unwrap();
        let (clock, http) = (provider.clock.clone(), http_client().unwrap());
        RelyingParty::with_algorithms(registration, vec![SigningAlgorithm::Rs256], clock, http)
            .with_metadata(metadata)
    };
    assert!(party(&provider.document()).exchange_code(CODE, VERIFIER).await.is_ok());
    assert_eq!(provider.hits(DISCOVERY), 0);
    let refused = party(&without(provider.document(), "token_endpoint")).exchange_code(CODE, VERIFIER).await;
    assert!(matches!(refused, Err(OidcError::Metadata(MetadataRejected::NoTokenEndpoint))), "{refused:?}");
}
