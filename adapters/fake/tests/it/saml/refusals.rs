//! Answers that are not believed, each for one reason.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::json;

use super::{BO, CONSUMER, Corp, EMAIL, NAME};
use crate::browser::Browser;
use crate::saml_idp::{Draft, Key, Signed};
use crate::support::form_request;

fn denied(reason: &str) -> (String, String) {
    ("access_denied".to_owned(), reason.to_owned())
}

#[tokio::test]
async fn what_is_wrong_about_an_answer_is_told() {
    let corp = Corp::new().await;
    let recipient = format!("Recipient is invalid. Configured: {CONSUMER}");
    let issuer = format!("Issuer is invalid. Configured: {}", corp.idp.entity_id());
    let cases: [(fn(&mut Draft), &str); 14] = [
        (|draft| draft.signed = Signed::Nothing, "neither the response nor the assertion are signed"),
        (
            |draft| draft.audience = "urn:auth0:127.0.0.1:other".to_owned(),
            "Audience is invalid. Configured: urn:auth0:127.0.0.1:corp",
        ),
        (|draft| draft.recipient = "https://evil.example/".to_owned(), &recipient),
        (
            |draft| draft.destination = "https://evil.example/".to_owned(),
            "Destination endpoint https://evil.example/ did not match http://127.0.0.1:4400/login/callback?connection=corp",
        ),
        (|draft| draft.issuer = "https://other.example/metadata".to_owned(), &issuer),
        (|draft| draft.in_response_to.0 = Some("_another".to_owned()), NO_ANSWER),
        (|draft| draft.in_response_to.1 = Some("_another".to_owned()), NO_ANSWER),
        (|draft| draft.in_response_to = (None, None), NO_ANSWER),
        (|draft| draft.not_on_or_after = draft.at - Duration::from_secs(60), "assertion has expired."),
        (|draft| draft.not_before = draft.at + Duration::from_millis(60_001), "assertion is not yet valid."),
        (|draft| draft.name_id.clear(), "the assertion names nobody"),
        (|draft| draft.name_id = "a".repeat(257), "the assertion names nobody"),
        (
            |draft| draft.status = "urn:oasis:names:tc:SAML:2.0:status:Responder".to_owned(),
            "The identity provider let nobody in: urn:oasis:names:tc:SAML:2.0:status:Responder",
        ),
        (
            |draft| {
                draft.status = "urn:oasis:names:tc:SAML:2.0:status:Requester".to_owned();
                draft.message = Some("Bo is on leave".to_owned());
            },
            "Bo is on leave",
        ),
    ];
    for (change, reason) in cases {
        corp.idp.changes(change);
        assert_eq!(corp.refusal().await, denied(reason));
    }
    assert_eq!(corp.user(BO).await["statusCode"], 404, "nobody came in");
    let logs = corp.world.api("GET", "/logs?per_page=100", json!(null)).await.json();
    let failed: Vec<_> = logs.as_array().unwrap().iter().filter(|entry| entry["type"] == "f").collect();
    assert_eq!((failed.len(), &failed[0]["connection"]), (cases.len(), &json!(NAME)));
}

const NO_ANSWER: &str = "InResponseTo is invalid: this is no answer to the request that was sent";

#[tokio::test]
async fn clocks_may_be_a_minute_apart() {
    let corp = Corp::new().await;
    corp.idp.changes(|draft| {
        draft.not_before = draft.at + Duration::from_secs(60);
        draft.not_on_or_after = draft.at - Duration::from_millis(59_999);
    });
    assert_eq!(corp.claims().await["sub"], BO);
}

#[tokio::test]
async fn an_answer_is_used_once() {
    let corp = Corp::new().await;
    let mut browser = Browser::default();
    let request = corp.leave(&mut browser, &[]).await;
    let posted = corp.idp.answer(&request, EMAIL);
    let answer = corp.come_back(&mut browser, &posted).await;
    assert_eq!(corp.world.id_token(&answer.callback()).await["sub"], BO);
    let again = corp.post(&posted).await;
    assert_eq!(again.status, StatusCode::BAD_REQUEST);
    assert!(again.body.contains("This login has ended"), "{}", again.body);
    // Whoever has got hold of it brings it to a login of their own.
    let mut thief = Browser::default();
    let request = corp.leave(&mut thief, &[]).await;
    let own = corp.idp.answer(&request, "eve@corp.example");
    let stolen = crate::saml_idp::Posted { response: posted.response, ..own };
    assert_eq!(corp.come_back(&mut thief, &stolen).await.refusal(), denied(NO_ANSWER));
}

#[tokio::test]
async fn an_answer_belongs_to_one_connection() {
    let corp = Corp::new().await;
    corp.connect("other", &json!({ "metadataXml": corp.idp.metadata_xml() })).await;
    let mut browser = Browser::default();
    let request = corp.leave(&mut browser, &[]).await;
    let mut posted = corp.idp.answer(&request, EMAIL);
    posted.action.set_query(Some("connection=other"));
    let answer = corp.come_back(&mut browser, &posted).await;
    assert_eq!(answer.refusal(), denied("the response was sent to the connection other"));

    let mut browser = Browser::default();
    let of_corp = corp.idp.answer(&corp.leave(&mut Browser::default(), &[]).await, EMAIL);
    let request = corp.leave(&mut browser, &[("connection", "other")]).await;
    let own = corp.idp.answer(&request, EMAIL);
    let swapped = crate::saml_idp::Posted { response: of_corp.response, ..own };
    let (_, reason) = corp.come_back(&mut browser, &swapped).await.refusal();
    assert!(reason.starts_with("Destination endpoint "), "{reason}");
}

#[tokio::test]
async fn a_login_that_began_elsewhere_is_refused() {
    let corp = Corp::new().await;
    let request = corp.leave(&mut Browser::default(), &[]).await;
    let posted = corp.idp.answer(&request, EMAIL);
    for relay_state in ["", "https://app.example/home"] {
        let fields = [("SAMLResponse", posted.response.as_str()), ("RelayState", relay_state)];
        let answer = corp.world.send(form_request("/login/callback?connection=corp", &fields)).await;
        let words = "IdP-Initiated login is not enabled for connection \"corp\".";
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        let body = answer.body.replace("&#34;", "\"").replace("&quot;", "\"");
        assert!(body.contains(words), "{body}");
    }
    let twice = [("SAMLResponse", posted.response.as_str()), ("SAMLResponse", "x"), ("RelayState", "a.b")];
    let answer = corp.world.send(form_request("/login/callback?connection=corp", &twice)).await;
    assert!(answer.body.contains("SAMLResponse stands there twice"), "{}", answer.body);
}

#[tokio::test]
async fn what_is_no_response_is_none() {
    let corp = Corp::new().await;
    for text in ["", "<r/>", "not <xml", "<samlp:Response xmlns:samlp='urn:example'/>"] {
        corp.idp.rewrites(move |_| text.to_owned());
        assert_eq!(corp.refusal().await, denied("XML is not a valid saml response"), "{text}");
    }
}

#[tokio::test]
async fn s16_only_the_connections_own_certificates_count() {
    let corp = Corp::new().await;
    corp.idp.changes(|draft| draft.key = Key::of_a_stranger(draft.at.plus_days(100)));
    for signed in [Signed::Assertion, Signed::Response] {
        corp.idp.changes(move |draft| {
            draft.key = Key::of_a_stranger(draft.at.plus_days(100));
            draft.signed = signed;
        });
        let (code, reason) = corp.refusal().await;
        assert_eq!(code, "access_denied");
        assert_eq!(reason, "Signature check errors: signature value verification failed", "{signed:?}");
    }
}
