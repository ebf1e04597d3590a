//! How connections are set up, and what of their options counts at a login.

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use tenantry_fake::{Clock as _, SeedFile};

use super::{BO, CONSUMER, Corp, EMAIL, NAME};
use crate::browser::Browser;
use crate::saml_idp::Key;
use crate::support::parameter;

impl Corp {
    async fn options(&self, id: &str) -> Value {
        self.world.api("GET", &format!("/connections/{id}"), Value::Null).await.json()["options"].clone()
    }
}

#[tokio::test]
async fn metadata_say_where_and_who() {
    let corp = Corp::apart().await;
    for (name, given) in [
        ("by-xml", json!({ "metadataXml": corp.idp.metadata_xml() })),
        (
            "by-url",
            json!({ "metadataUrl": corp.idp.metadata_url(), "signInEndpoint": "https://other.example/" }),
        ),
    ] {
        let id = corp.connect(name, &given).await;
        let options = corp.options(&id).await;
        assert_eq!(options["signInEndpoint"], corp.idp.sign_in_url().as_str());
        assert_eq!(options["idpEntityId"], corp.idp.entity_id());
        assert_eq!(options["subject"], json!({ "commonName": "idp.corp.example" }));
        assert_eq!(options["expires"], "2036-02-28T10:00:00.000Z");
        let lines = |text: &Value| text.as_str().unwrap().replace('\r', "");
        assert_eq!(lines(&options["signingCert"]), corp.idp.certificate());
        assert_eq!(lines(&options["cert"]), corp.idp.certificate());
        assert_eq!(options["thumbprints"][0].as_str().unwrap().len(), 40);
    }
}

#[tokio::test]
async fn a_connection_is_set_up_by_hand() {
    let corp = Corp::apart().await;
    let (sign_in, pem) = (corp.idp.sign_in_url(), corp.idp.certificate());
    let stranger = Key::of_a_stranger(corp.world.clock.now().plus_days(9)).certificate;
    let id =
        corp.connect(NAME, &json!({ "signInEndpoint": sign_in, "signingCert": STANDARD.encode(pem) })).await;
    assert_eq!(corp.claims().await["sub"], BO);
    for certificate in [pem.to_owned(), format!("{stranger}{pem}")] {
        let options = json!({ "signInEndpoint": sign_in, "signingCert": certificate });
        let path = format!("/connections/{id}");
        let answer = corp.world.api("PATCH", &path, json!({ "options": options })).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        assert_eq!(corp.claims().await["sub"], BO);
    }
    let options = json!({ "signInEndpoint": sign_in, "signingCert": stranger });
    corp.world.api("PATCH", &format!("/connections/{id}"), json!({ "options": options })).await;
    assert_eq!(corp.refusal().await.0, "access_denied");
}

#[tokio::test]
async fn options_that_lead_nowhere_are_refused() {
    let corp = Corp::apart().await;
    let sign_in = corp.idp.sign_in_url();
    let nowhere = corp.idp.metadata_url().join("/nothing").unwrap();
    let metadata = corp.idp.metadata_xml();
    let no_address = metadata.replace("HTTP-Redirect", "SOAP");
    let no_certificate = metadata.replace("use=\"signing\"", "use=\"encryption\"");
    for (options, words) in [
        (json!({}), "'Missing required property: signInEndpoint' on property options"),
        (
            json!({ "signInEndpoint": sign_in }),
            "'Missing required property: signingCert' on property options",
        ),
        (
            json!({ "signInEndpoint": sign_in, "signingCert": "aGVsbG8=" }),
            "'String is no certificate in PEM or in base64' on property options.signingCert",
        ),
        (json!({ "signInEndpoint": "ftp://corp.example/" }), "absolute-uri-or-empty: ftp://corp.example/"),
        (json!({ "metadataXml": "<a/>" }), "could not be used: it describes no identity provider"),
        (
            json!({ "metadataXml": format!("<!DOCTYPE a>{metadata}") }),
            "it is no XML, or declares a document type",
        ),
        (json!({ "metadataXml": no_address }), "it has no SingleSignOnService for HTTP-Redirect"),
        (json!({ "metadataXml": no_certificate }), "it has no signing certificate"),
        (json!({ "metadataUrl": nowhere }), "/nothing could not be used: the answer had status 404"),
        (json!({ "metadataUrl": corp.idp.sign_in_url() }), "could not be used: the answer had status 400"),
    ] {
        let answer = corp.create("lost", &options).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{options}: {}", answer.body);
        assert_eq!(answer.json()["errorCode"], "invalid_body");
        assert!(answer.json()["message"].as_str().unwrap().contains(words), "{options}: {}", answer.body);
    }
}

#[tokio::test]
async fn a_connection_of_a_seed_file_reads_its_metadata_at_the_first_login() {
    for option in ["metadataUrl", "metadataXml"] {
        let corp = Corp::apart().await;
        let value = match option {
            "metadataUrl" => corp.idp.metadata_url().to_string(),
            _ => corp.idp.metadata_xml(),
        };
        let file =
            json!({ "connections": [{ "name": NAME, "strategy": "samlp", "options": { option: value } }] });
        corp.world.fake.seed(&SeedFile::from_json(file).unwrap()).await.unwrap();
        assert_eq!(corp.claims().await["sub"], BO, "{option}");
        let id = corp.world.connection_id(NAME).await;
        assert_eq!(corp.options(&id).await["idpEntityId"], corp.idp.entity_id());
    }
}

#[tokio::test]
async fn an_address_of_the_companys_domain_leads_there() {
    let corp = Corp::apart().await;
    let options = json!({ "metadataXml": corp.idp.metadata_xml(), "domain_aliases": ["corp.example"] });
    corp.connect(NAME, &options).await;
    let prompts = json!({ "identifier_first": true });
    assert_eq!(corp.world.api("PATCH", "/prompts", prompts).await.status, StatusCode::OK);
    let mut browser = Browser::default();
    let page = browser.begin(&corp.world, &[]).await;
    let mut answer = browser.post(&corp.world, &page, &[("username", EMAIL)]).await;
    for _ in 0..3 {
        if answer.location.starts_with(corp.idp.sign_in_url().as_str()) {
            break;
        }
        answer = browser.get(&corp.world, &answer.location.clone()).await;
    }
    let posted = corp.idp.answer(&answer.location.parse().unwrap(), EMAIL);
    let answer = corp.come_back(&mut browser, &posted).await;
    assert_eq!(corp.world.id_token(&answer.callback()).await["sub"], BO);
}

#[tokio::test]
async fn an_organization_takes_logins_from_it() {
    let corp = Corp::apart().await;
    let connection = corp.connect(NAME, &json!({ "metadataXml": corp.idp.metadata_xml() })).await;
    let organization = corp.world.organization("corp-inc").await;
    let body = json!({ "connection_id": connection, "assign_membership_on_login": true });
    let path = format!("/organizations/{organization}/enabled_connections");
    assert_eq!(corp.world.api("POST", &path, body).await.status, StatusCode::CREATED);
    let answer = corp.log_in(&[("organization", &organization)]).await;
    let claims = corp.world.id_token(&answer.callback()).await;
    assert_eq!((&claims["sub"], &claims["org_id"]), (&json!(BO), &json!(organization)));
}

#[tokio::test]
async fn the_options_say_who_somebody_is() {
    let corp = Corp::apart().await;
    let options = json!({
        "metadataXml": corp.idp.metadata_xml(),
        "user_id_attribute": "employee",
        "entityId": "https://tenantry.example/saml",
        "fieldsMap": { "email": "mail", "family_name": ["none", "sn"] },
    });
    corp.connect(NAME, &options).await;
    corp.idp.changes(|draft| {
        let given =
            [("employee", "4711"), ("mail", "bo.ek@corp.example"), ("sn", "Eklund"), ("name", "Bo E.")];
        draft.attributes = given.map(|(name, value)| (name.to_owned(), vec![value.to_owned()])).into();
    });
    let claims = corp.claims().await;
    assert_eq!((&claims["sub"], &claims["email"]), (&json!("samlp|corp|4711"), &json!("bo.ek@corp.example")));
    assert_eq!((&claims["family_name"], &claims["name"]), (&json!("Eklund"), &json!("Bo E.")));
    assert_eq!(claims["email_verified"], false, "nobody has said that it is");
    corp.idp.is_honest();
    assert_eq!(corp.refusal().await.1, "the assertion names nobody", "without the attribute");
}

#[tokio::test]
async fn the_service_provider_describes_itself() {
    let corp = Corp::new().await;
    let answer = corp.world.get("/samlp/metadata?connection=corp").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.body.contains("entityID=\"urn:auth0:127.0.0.1:corp\""), "{}", answer.body);
    assert!(answer.body.contains(&format!("HTTP-POST\" Location=\"{CONSUMER}\"")), "{}", answer.body);
    let keys = corp.world.get("/.well-known/jwks.json").await.json();
    assert!(answer.body.contains(keys["keys"][0]["x5c"][0].as_str().unwrap()));
    for path in ["/samlp/metadata", "/samlp/metadata?connection=acme-entra", "/samlp/metadata?connection=x"] {
        assert_eq!(corp.world.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn a_request_is_signed_when_the_options_say_so() {
    let corp = Corp::apart().await;
    let options = json!({ "metadataXml": corp.idp.metadata_xml(), "signSAMLRequest": true });
    corp.connect(NAME, &options).await;
    let mut browser = Browser::default();
    let request = corp.leave(&mut browser, &[]).await;
    let (signed, _) = request.query().unwrap().split_once("&Signature=").unwrap();
    let method = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
    assert_eq!(parameter(&request, "SigAlg").as_deref(), Some(method));
    let signature = STANDARD.decode(parameter(&request, "Signature").unwrap()).unwrap();
    let key = corp.world.get("/.well-known/jwks.json").await.json()["keys"][0].clone();
    let part = |name: &str| URL_SAFE_NO_PAD.decode(key[name].as_str().unwrap()).unwrap();
    RsaPublicKeyComponents { n: part("n"), e: part("e") }
        .verify(&RSA_PKCS1_2048_8192_SHA256, signed.as_bytes(), &signature)
        .unwrap();
    let answer = corp.come_back(&mut browser, &corp.idp.answer(&request, EMAIL)).await;
    assert_eq!(corp.world.id_token(&answer.callback()).await["sub"], BO);
}
