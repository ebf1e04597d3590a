//! The way to the identity provider and back.

use std::time::Duration;

use reqwest::Client;
use reqwest::redirect::Policy;
use serde_json::json;
use tenantry_fake::Clock as _;

use super::{BO, CONSUMER, Corp, EMAIL, NAME, SUBJECT};
use crate::browser::Browser;
use crate::saml_idp::{Asked, Key, Person, Posted, SamlIdp, Signed};

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

#[tokio::test]
async fn a_browser_finds_the_way_by_the_pages_alone() {
    let corp = Corp::new().await;
    let mut browser = Browser::default();
    let request = corp.leave(&mut browser, &[]).await;
    let client = Client::builder().redirect(Policy::none()).timeout(Duration::from_secs(10)).build().unwrap();
    let page = client.get(request.clone()).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("name=\"username\"") && page.contains("name=\"password\""), "{page}");
    let fields = [("username", EMAIL), ("password", "anything")];
    let page = client.post(request).form(&fields).send().await.unwrap().text().await.unwrap();
    let field = |name: &str| {
        let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\"")).unwrap();
        rest.split_once('"').unwrap().0.to_owned()
    };
    assert!(page.contains(&format!("action=\"{CONSUMER}\"")), "{page}");
    let action = CONSUMER.parse().unwrap();
    let posted = Posted { action, response: field("SAMLResponse"), relay_state: field("RelayState") };
    let answer = corp.come_back(&mut browser, &posted).await;
    assert_eq!(corp.world.id_token(&answer.callback()).await["sub"], BO);
}

#[tokio::test]
async fn a_certificate_that_has_expired_is_believed_as_at_auth0() {
    let corp = Corp::apart().await;
    let expired = corp.world.clock.now() - Duration::from_hours(24);
    let people = vec![Person::new(SUBJECT, EMAIL, "Bo", "Ek")];
    let idp = SamlIdp::with_key(corp.world.clock.clone(), people, Key::of_the_company(expired)).await;
    let corp = Corp { idp, ..corp };
    corp.connect(NAME, &json!({ "metadataXml": corp.idp.metadata_xml() })).await;
    assert_eq!(corp.claims().await["sub"], BO);
}
