//! The way to the identity provider and back.

use serde_json::json;

use super::{BO, CONSUMER, Corp, EMAIL, NAME, SUBJECT};
use crate::browser::Browser;
use crate::saml_idp::{Asked, Signed};

#[tokio::test]
async fn somebody_of_the_company_logs_in() {
    let corp = Corp::new().await;
    let mut browser = Browser::default();
    let request = corp.leave(&mut browser, &[]).await;
    let asked = Asked::of(&request);
    assert_eq!((asked.issuer.as_str(), asked.consumer.as_str()), ("urn:auth0:127.0.0.1:corp", CONSUMER));
    assert_eq!(asked.destination, corp.idp.sign_in_url().as_str());
    let answer = corp.come_back(&mut browser, &corp.idp.answer(&request, EMAIL)).await;
    let claims = corp.world.id_token(&answer.callback()).await;
    assert_eq!((&claims["sub"], &claims["email"]), (&json!(BO), &json!(EMAIL)));
    assert_eq!((&claims["email_verified"], &claims["name"]), (&json!(true), &json!("Bo Ek")));
    let user = corp.user(BO).await;
    let identity = json!({
        "connection": NAME, "user_id": format!("{NAME}|{SUBJECT}"), "provider": "samlp", "isSocial": false,
    });
    assert_eq!((&user["identities"], &user["given_name"]), (&json!([identity]), &json!("Bo")));
    assert_eq!(corp.claims().await["sub"], BO);
    assert_eq!(corp.user(BO).await["logins_count"], 2);
}

#[tokio::test]
async fn the_response_the_assertion_or_both_are_signed() {
    let corp = Corp::new().await;
    for signed in [Signed::Response, Signed::Assertion, Signed::Both] {
        corp.idp.changes(move |draft| draft.signed = signed);
        assert_eq!(corp.claims().await["sub"], BO, "{signed:?}");
    }
}
