//! Claims that are read with an access token.

use serde_json::{Map, Value, json};
use tenantry_oidc::{Endpoint, OidcError, ResponseFault, TokenRejected};

use crate::provider::{DISCOVERY, Provider, Reply, with};

const USERINFO: &str = "/userinfo";
const SUBJECT: &str = "auth0|66f1c0ffee1234567890abcd";

async fn provider() -> Provider {
    let provider = Provider::start().await;
    let document = with(provider.document(), "userinfo_endpoint", provider.url(USERINFO));
    provider.reply(DISCOVERY, Reply::json(&document));
    provider
}

async fn ask(provider: &Provider, reply: Reply) -> Result<Option<Map<String, Value>>, OidcError> {
    provider.reply(USERINFO, reply);
    provider.party().userinfo(&"the-access-token".into(), SUBJECT).await
}

#[tokio::test]
async fn claims_of_the_same_person_are_believed() {
    let provider = provider().await;
    let claims = ask(&provider, Reply::json(&json!({ "sub": SUBJECT, "department": "R&D" }))).await;
    assert_eq!(claims.unwrap().unwrap()["department"], "R&D");
    assert_eq!(provider.authorization(USERINFO), "Bearer the-access-token");
}

#[tokio::test]
async fn claims_of_somebody_else_or_of_nobody_are_not() {
    let provider = provider().await;
    for claims in [json!({ "sub": "auth0|other" }), json!({ "email": "ana@acme.example" })] {
        let refused = ask(&provider, Reply::json(&claims)).await;
        assert!(matches!(refused, Err(OidcError::Rejected(TokenRejected::OtherSubject))), "{refused:?}");
    }
}

#[tokio::test]
async fn wrong_answers_are_told_apart() {
    let provider = provider().await;
    for (reply, expected) in [
        (Reply::html(), ResponseFault::Malformed),
        (Reply::json(&json!([])), ResponseFault::Malformed),
        (Reply::text(401, ""), ResponseFault::Status(401)),
        (Reply::text(302, "").header("location", "/evil"), ResponseFault::Redirect),
    ] {
        match ask(&provider, reply).await {
            Err(OidcError::InvalidResponse { endpoint: Endpoint::Userinfo, fault }) => {
                assert_eq!(fault, expected);
            }
            other => panic!("not a wrong answer: {other:?}"),
        }
    }
}

#[tokio::test]
async fn an_issuer_without_the_endpoint_is_not_asked() {
    let provider = Provider::start().await;
    assert_eq!(ask(&provider, Reply::json(&json!({ "sub": SUBJECT }))).await.unwrap(), None);
    assert_eq!(provider.hits(USERINFO), 0);
}
