//! An organization's own identity provider that speaks SAML, connected by a program.

use serde_json::{Value, json};
use tenantry_tests::saml::SamlIdp;

use super::program::Program;
use super::sso::{CONNECTIONS, begun, path};
use crate::sso::corp::BO;
use crate::sso::saml::SamlCorp;

/// The company, its administrator's program, and where the credentials of a connection that it has begun are.
async fn begun_by_saml() -> (SamlCorp, Program, String) {
    let here = SamlCorp::new().await;
    let mut ann = Program::of(here.corp.admin.clone()).await;
    let made = ann.post(CONNECTIONS, &json!({ "kind": "saml" })).await.is(201).json();
    let id = made["id"].as_str().unwrap();
    assert_eq!(made["registration"]["entity_id"], format!("urn:tenantry:corp-{id}"));
    (here, ann, format!("{}/credentials", path(id)))
}

#[tokio::test]
async fn a_program_connects_a_provider_by_its_metadata_or_their_address() {
    let (here, mut ann, credentials) = begun_by_saml().await;
    let by_address = json!({ "protocol": "saml", "metadata_url": here.idp.metadata_url() });
    let entered = ann.put(&credentials, &by_address).await.is(200).json()["credentials"].clone();
    assert_eq!(
        (&entered["protocol"], &entered["issuer"], &entered["sign_in_url"]),
        (&json!("saml"), &json!(here.idp.entity_id()), &json!(here.idp.sign_in_url()))
    );
    assert_eq!(entered["certificate_fingerprints"].as_array().unwrap().len(), 1, "{entered}");
    assert!(entered["certificate_expires_at"].is_string() && entered.get("client_id").is_none(), "{entered}");
    assert_eq!(entered["metadata_valid_until"], Value::Null);
    // Of both, the metadata themselves count.
    let both = json!({ "protocol": "saml", "metadata": here.idp.metadata_xml(), "metadata_url": "https://127.0.0.1:1" });
    assert_eq!(ann.put(&credentials, &both).await.is(200).json()["credentials"], entered);
}

#[tokio::test]
async fn what_is_wrong_about_metadata_is_said_of_the_field_that_they_came_in() {
    let (here, mut ann, credentials) = begun_by_saml().await;
    for (field, value) in [
        ("metadata_url", json!("")),
        ("metadata_url", json!("http://idp.example/metadata")),
        ("metadata_url", json!("https://idp.example/metadata#here")),
        ("metadata", json!("")),
        ("metadata", json!("<a/>")),
        ("metadata", json!(1)),
        ("discovery_url", json!(here.corp.issuer)),
        ("client_id", json!("us")),
        ("client_secret", json!("s")),
        ("secret_expires_at", json!("2027-06-30T00:00:00Z")),
    ] {
        let mut sent = json!({ "protocol": "saml" });
        if !field.starts_with("metadata") {
            sent["metadata"] = json!(here.idp.metadata_xml());
        }
        sent[field] = value;
        ann.put(&credentials, &sent).await.is_problem(422, "invalid_field", Some(field));
    }
    let nothing = json!({ "protocol": "saml" });
    ann.put(&credentials, &nothing).await.is_problem(422, "invalid_field", Some("metadata_url"));
    // Nothing answers there, or something else than metadata.
    for nothing in ["http://127.0.0.1:1/metadata", here.corp.issuer.as_str()] {
        let sent = json!({ "protocol": "saml", "metadata_url": nothing });
        ann.put(&credentials, &sent).await.is_problem(422, "discovery_refused", Some("metadata_url"));
    }
    let until =
        |end: &str| here.idp.metadata_xml().replace("entityID=", &format!("validUntil=\"{end}\" entityID="));
    let over = json!({ "protocol": "saml", "metadata": until("2026-01-01T00:00:00Z") });
    ann.put(&credentials, &over).await.is_problem(422, "metadata_expired", Some("metadata"));
    let by_oidc = super::sso::credentials(&here.corp);
    ann.put(&credentials, &by_oidc).await.is_problem(422, "other_protocol", Some("protocol"));
    let shown = ann.get(credentials.trim_end_matches("/credentials")).await.is(200).json();
    assert_eq!(shown["credentials"], Value::Null, "and nothing was entered");
    let soon = json!({ "protocol": "saml", "metadata": until("2026-01-20T00:00:00Z") });
    let entered = ann.put(&credentials, &soon).await.is(200).json()["credentials"].clone();
    assert_eq!(entered["metadata_valid_until"], "2026-01-20T00:00:00.000Z");
    let (_corp, mut ann, id) = begun().await;
    let sent = json!({ "protocol": "saml", "metadata": here.idp.metadata_xml() });
    let refused = ann.put(&format!("{}/credentials", path(&id)), &sent).await;
    refused.is_problem(422, "other_protocol", Some("protocol"));
}

#[tokio::test]
async fn s08_another_provider_is_another_connection_once_people_have_come() {
    let (here, id) = SamlCorp::connected().await;
    let (_, end) = here.comes(BO).await;
    assert_eq!(end.url.path(), "/home", "{}", end.summary());
    let other = SamlIdp::start(here.corp.site.clock.clone(), Vec::new()).await;
    let mut ann = Program::of(here.corp.admin.clone()).await;
    for (field, value) in
        [("metadata_url", json!(other.metadata_url())), ("metadata", json!(other.metadata_xml()))]
    {
        let mut sent = json!({ "protocol": "saml" });
        sent[field] = value;
        let refused = ann.put(&format!("{}/credentials", path(&id)), &sent).await;
        refused.is_problem(409, "issuer_in_use", Some(field));
    }
}
