//! Claims that are read with an access token.

use serde_json::{Map, Value, json};
use tenantry_oidc::{Endpoint, OidcError, ResponseFault, TokenRejected, with_userinfo};

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
async fn rp37_claims_of_somebody_else_or_of_nobody_are_not_believed() {
    let provider = provider().await;
    for claims in [
        json!({ "sub": "auth0|other" }),
        json!({ "email": "ana@acme.example" }),
        json!({ "sub": "AUTH0|66f1c0ffee1234567890abcd" }),
    ] {
        let refused = ask(&provider, Reply::json(&claims)).await;
        assert!(matches!(refused, Err(OidcError::Rejected(TokenRejected::OtherSubject))), "{refused:?}");
    }
}

#[tokio::test]
async fn rp38_an_address_that_the_two_do_not_agree_on_is_not_verified() {
    let provider = provider().await;
    let object = |value: &Value| value.as_object().unwrap().clone();
    let (ana, eve) = ("ana@acme.example", "eve@acme.example");
    for (id_token, userinfo, email, verified) in [
        (json!({ "email": ana, "email_verified": true }), json!({}), ana, json!(true)),
        (json!({ "email": ana, "email_verified": true }), json!({ "email": ana }), ana, json!(true)),
        (json!({ "email": ana }), json!({ "email": ana, "email_verified": true }), ana, json!(true)),
        (json!({}), json!({ "email": eve, "email_verified": true }), eve, json!(true)),
        // The one that was asked last is believed when it says less.
        (
            json!({ "email": ana, "email_verified": true }),
            json!({ "email": ana, "email_verified": false }),
            ana,
            json!(false),
        ),
        (json!({ "email": ana, "email_verified": true }), json!({ "email": eve }), eve, json!(null)),
        (
            json!({ "email": ana, "email_verified": true }),
            json!({ "email": eve, "email_verified": true }),
            eve,
            json!(null),
        ),
        (
            json!({ "email": ana, "email_verified": true }),
            json!({ "email": "ANA@acme.example" }),
            "ANA@acme.example",
            json!(null),
        ),
        (json!({ "email": ana }), json!({ "email_verified": true }), ana, json!(null)),
        (json!({ "email_verified": true }), json!({ "email": eve }), eve, json!(null)),
    ] {
        let userinfo = with(userinfo, "sub", SUBJECT);
        let asked = ask(&provider, Reply::json(&userinfo)).await.unwrap().unwrap();
        let claims = with_userinfo(object(&with(id_token.clone(), "sub", SUBJECT)), asked);
        assert_eq!(claims["email"], email, "{id_token} {userinfo}");
        let found = claims.get("email_verified").cloned().unwrap_or_default();
        assert_eq!(found, verified, "{id_token} {userinfo}");
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
