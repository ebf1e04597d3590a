//! Reading discovery documents from addresses that anybody may have entered.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use axum::Router;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use axum::routing::any;
use secrecy::SecretString;
use serde_json::{Value, json};
use tenantry_domain::{DiscoveryUrl, InvalidSamlMetadata, MetadataUrl};
use tenantry_oidc::{GuardedProbe, Names, Reach};
use tenantry_ports::{Discovered, DiscoveryProbe, DiscoveryProbeError};
use tokio::net::TcpListener;
use url::Url;

const PATH: &str = "/.well-known/openid-configuration";

/// Names that answer one thing after the other, and count how often they are asked.
struct Changing {
    answers: Vec<Vec<IpAddr>>,
    asked: AtomicUsize,
}

impl Changing {
    fn answering(answers: &[&[&str]]) -> Arc<Self> {
        let read = |texts: &&[&str]| texts.iter().map(|text| text.parse().unwrap()).collect();
        Arc::new(Self { answers: answers.iter().map(read).collect(), asked: AtomicUsize::new(0) })
    }
}

#[async_trait]
impl Names for Changing {
    async fn addresses(&self, _: &str) -> io::Result<Vec<IpAddr>> {
        let at = self.asked.fetch_add(1, Ordering::SeqCst).min(self.answers.len() - 1);
        Ok(self.answers[at].clone())
    }
}

/// An identity provider on this machine, which counts who comes.
struct Site {
    address: String,
    visits: Arc<AtomicUsize>,
}

impl Site {
    async fn saying(
        answer: impl Fn(&str) -> axum::response::Response + Clone + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
        let visits = Arc::new(AtomicUsize::new(0));
        let (count, issuer) = (Arc::clone(&visits), address.clone());
        let app = Router::new().fallback(any(move || {
            count.fetch_add(1, Ordering::SeqCst);
            let response = answer(&issuer);
            async move { response }
        }));
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { address, visits }
    }

    async fn with(document: impl Fn(&str) -> Value + Clone + Send + Sync + 'static) -> Self {
        Self::saying(move |issuer| document(issuer).to_string().into_response()).await
    }

    fn url(&self) -> DiscoveryUrl {
        DiscoveryUrl::for_development(&format!("{}{PATH}", self.address)).unwrap()
    }

    fn visits(&self) -> usize {
        self.visits.load(Ordering::SeqCst)
    }

    async fn read(&self) -> Result<String, DiscoveryProbeError> {
        let probe = GuardedProbe::new(Reach::AndThisMachine);
        probe.read(&self.url()).await.map(|discovered| discovered.issuer)
    }
}

fn document(issuer: &str) -> Value {
    json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/auth"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/jwks"),
        "response_types_supported": ["code", "id_token"],
        "id_token_signing_alg_values_supported": ["RS256", "HS256"],
        "claims_supported": ["sub", "email"],
    })
}

async fn internet(text: &str) -> Result<(), DiscoveryProbeError> {
    let url = DiscoveryUrl::for_development(text).unwrap();
    GuardedProbe::new(Reach::Internet).read(&url).await.map(|_| ())
}

#[tokio::test]
async fn reads_what_an_issuer_says_of_itself() {
    let site = Site::with(document).await;
    let probe = GuardedProbe::new(Reach::AndThisMachine);
    let discovered = probe.read(&site.url()).await.unwrap();
    assert_eq!((discovered.issuer, discovered.sends_email), (site.address, Some(true)));
}

#[tokio::test]
async fn s10_no_address_of_this_machine_or_its_network_is_asked_in_any_form() {
    let site = Site::with(document).await;
    let port = site.address.rsplit(':').next().unwrap().to_owned();
    for host in [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "0x7f.1",
        "127.0.0.1.",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "0.0.0.0",
        "10.0.0.1",
        "100.64.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "192.168.0.1",
        "198.18.0.1",
        "[fe80::1]",
        "[fd00:ec2::254]",
        "localhost",
    ] {
        for port in [&*format!(":{port}"), ""] {
            let Ok(url) = DiscoveryUrl::try_from(&*format!("https://{host}{port}")) else { continue };
            let outcome = GuardedProbe::new(Reach::Internet).read(&url).await;
            assert_eq!(outcome, Err(DiscoveryProbeError::Refused), "{host}{port}");
        }
    }
    assert_eq!(internet(&site.address).await, Err(DiscoveryProbeError::Refused));
    assert_eq!(site.visits(), 0);
}

#[tokio::test]
async fn s10_another_port_than_that_of_https_is_refused_also_on_the_internet() {
    let names = Changing::answering(&[&["8.8.8.8"]]);
    let probe = GuardedProbe::with_names(Reach::Internet, names);
    let url = DiscoveryUrl::try_from("https://login.acme.com:8443").unwrap();
    assert_eq!(probe.read(&url).await, Err(DiscoveryProbeError::Refused));
}

#[tokio::test]
async fn s10_a_name_that_leads_inside_is_refused_also_when_another_of_its_addresses_does_not() {
    for answer in [&["127.0.0.1"][..], &["8.8.8.8", "10.0.0.1"], &["::1", "8.8.8.8"], &[]] {
        let names = Changing::answering(&[answer]);
        let probe = GuardedProbe::with_names(Reach::Internet, names.clone());
        let url = DiscoveryUrl::try_from("https://login.acme.com").unwrap();
        assert_eq!(probe.read(&url).await, Err(DiscoveryProbeError::Refused), "{answer:?}");
        assert_eq!(names.asked.load(Ordering::SeqCst), 1);
    }
}

/// A name that is outside when it is looked at and inside when it is used: it is used as it was looked at. The name below
/// stands for a site of this machine; its second answer would lead away from it.
#[tokio::test]
async fn s10_a_dns_answer_that_changes_between_the_look_and_the_use_is_used_as_it_was_looked_at() {
    let site = Site::saying(|_| {
        let mut named = document("http://login.localhost:1");
        named["issuer"] = json!("elsewhere");
        named.to_string().into_response()
    })
    .await;
    let port = site.address.rsplit(':').next().unwrap();
    let names = Changing::answering(&[&["127.0.0.1"], &["10.255.255.1"]]);
    let probe = GuardedProbe::with_names(Reach::AndThisMachine, names.clone());
    let url = DiscoveryUrl::for_development(&format!("http://localhost:{port}")).unwrap();
    assert_eq!(probe.read(&url).await, Err(DiscoveryProbeError::OtherIssuer("elsewhere".to_owned())));
    assert_eq!((site.visits(), names.asked.load(Ordering::SeqCst)), (1, 1));
    let later = probe.read(&url).await;
    assert_eq!(later, Err(DiscoveryProbeError::Refused), "the second answer is looked at too");
    assert_eq!(site.visits(), 1);
}

#[tokio::test]
async fn s10_a_redirect_is_not_followed() {
    let inside = Site::with(document).await;
    let there = inside.address.clone();
    let site = Site::saying(move |_| Redirect::temporary(&there).into_response()).await;
    assert_eq!(site.read().await, Err(DiscoveryProbeError::Refused));
    assert_eq!((site.visits(), inside.visits()), (1, 0));
}

#[tokio::test]
async fn s10_a_document_without_an_end_is_left() {
    let site = Site::saying(|issuer| {
        let mut large = document(issuer);
        large["filling"] = json!("x".repeat(300 * 1024));
        large.to_string().into_response()
    })
    .await;
    assert_eq!(site.read().await, Err(DiscoveryProbeError::Refused));
}

#[tokio::test]
async fn rp23_an_issuer_is_the_one_that_stands_where_it_was_read() {
    for other in
        ["https://evil.example", "https://login.microsoftonline.com/{tenantid}/v2.0", "", "HTTP://127.0.0.1"]
    {
        let site = Site::with(move |issuer| {
            let mut document = document(issuer);
            document["issuer"] = json!(other);
            document
        })
        .await;
        assert_eq!(site.read().await, Err(DiscoveryProbeError::OtherIssuer(other.to_owned())), "{other}");
    }
    let with_slash = Site::with(|issuer| {
        let mut document = document(issuer);
        document["issuer"] = json!(format!("{issuer}/"));
        document
    })
    .await;
    assert_eq!(with_slash.read().await, Ok(format!("{}/", with_slash.address)));
}

#[tokio::test]
async fn adv02_no_endpoint_of_the_document_leads_inside() {
    for endpoint in ["authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"] {
        for address in [
            "http://login.acme.com/x",
            "https://10.0.0.1/x",
            "https://169.254.169.254/latest",
            "https://u:p@acme.com/",
            "https://intranet/x",
            "https://[::ffff:10.0.0.1]/x",
            "file:///etc/passwd",
            "x",
        ] {
            let site = Site::with(move |issuer| {
                let mut document = document(issuer);
                document[endpoint] = json!(address);
                document
            })
            .await;
            let outcome = site.read().await;
            assert!(
                matches!(outcome, Err(DiscoveryProbeError::Endpoint(_))),
                "{endpoint} {address}: {outcome:?}"
            );
        }
    }
}

#[tokio::test]
async fn adv02_no_name_in_the_document_leads_inside() {
    let public: &[&str] = &["93.184.215.14"];
    for (inside, is_right) in
        [(public, true), (&["10.0.0.7"], false), (&["93.184.215.14", "10.0.0.7"], false)]
    {
        let site = Site::with(|issuer| {
            let mut document = document(issuer);
            document["jwks_uri"] = json!("https://keys.acme.com/jwks");
            document
        })
        .await;
        let probe = GuardedProbe::with_names(Reach::AndThisMachine, Changing::answering(&[inside]));
        let outcome = probe.read(&site.url()).await;
        let is_refused = matches!(outcome, Err(DiscoveryProbeError::Endpoint("place for its keys")));
        assert_eq!(is_refused, !is_right, "{inside:?}: {outcome:?}");
    }
}

#[tokio::test]
async fn says_what_a_provider_lacks() {
    for (member, value) in [
        ("response_types_supported", json!(["id_token"])),
        ("id_token_signing_alg_values_supported", json!(["HS256", "none"])),
        ("token_endpoint", Value::Null),
    ] {
        let site = Site::with(move |issuer| {
            let mut document = document(issuer);
            document[member] = value.clone();
            document
        })
        .await;
        let outcome = site.read().await;
        assert!(matches!(outcome, Err(DiscoveryProbeError::Unsupported(_))), "{member}: {outcome:?}");
    }
    for answer in ["<html>", "[]", "{}", ""] {
        let site = Site::saying(move |_| answer.into_response()).await;
        assert!(matches!(site.read().await, Err(DiscoveryProbeError::NotADocument(_))), "{answer}");
    }
    let gone = Site::saying(|_| StatusCode::NOT_FOUND.into_response()).await;
    assert!(matches!(gone.read().await, Err(DiscoveryProbeError::NotADocument(_))));
}

#[tokio::test]
async fn metadata_of_another_encoding_are_not_guessed_at() {
    let site = Site::saying(|_| b"<EntityDescriptor entityID=\"caf\xe9\"/>".to_vec().into_response()).await;
    let url = MetadataUrl::for_development(&format!("{}/metadata", site.address)).unwrap();
    let refused = GuardedProbe::new(Reach::AndThisMachine).read_metadata(&url).await;
    let why = InvalidSamlMetadata::Encoding;
    assert!(matches!(refused, Err(DiscoveryProbeError::NoMetadata(found)) if found == why), "{refused:?}");
}

/// A provider whose token endpoint is at this address.
fn exchanging_at(address: &str) -> Discovered {
    let token_endpoint = Url::parse(&format!("{address}/token")).unwrap();
    Discovered { issuer: address.to_owned(), token_endpoint, sends_email: None }
}

async fn is_refused(reach: Reach, provider: &Discovered) -> bool {
    let (client, callback) =
        ("client".try_into().unwrap(), Url::parse("https://us.example/callback").unwrap());
    let secret = SecretString::from("se cret");
    GuardedProbe::new(reach).refuses_client(provider, &client, &secret, &callback).await
}

#[tokio::test]
async fn a_client_is_refused_only_by_an_answer_that_says_so() {
    for (status, body, expected) in [
        (401, r#"{"error":"invalid_client"}"#, true),
        (400, r#"{"error":"invalid_client"}"#, true),
        (401, r#"{"error":"access_denied","error_description":"Unauthorized"}"#, true),
        (401, r#"{"error":"unauthorized_client"}"#, true),
        (400, r#"{"error":"unauthorized_client"}"#, false),
        (400, r#"{"error":"invalid_grant"}"#, false),
        (401, r#"{"error":"invalid_grant"}"#, false),
        (400, r#"{"error":"invalid_request"}"#, false),
        (403, r#"{"error":"invalid_client"}"#, false),
        (500, r#"{"error":"invalid_client"}"#, false),
        (200, r#"{"access_token":"a","token_type":"Bearer"}"#, false),
        (401, "invalid_client", false),
    ] {
        let status = StatusCode::from_u16(status).unwrap();
        let site = Site::saying(move |_| (status, body).into_response()).await;
        let refused = is_refused(Reach::AndThisMachine, &exchanging_at(&site.address)).await;
        assert_eq!(refused, expected, "{status} {body}");
        assert_eq!(site.visits(), if expected { 2 } else { 1 }, "{status} {body}");
    }
}

/// A client that is registered for one way of showing its secret is not known by the other.
#[tokio::test]
async fn a_client_that_shows_its_secret_in_a_header_is_known_by_that() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let app = Router::new().fallback(any(|headers: axum::http::HeaderMap, form: String| async move {
        assert!(
            form.contains("grant_type=authorization_code") && form.contains("redirect_uri=https%3A%2F%2Fus")
        );
        // "client:se+cret", as in a form.
        let is_known =
            headers.get("authorization").is_some_and(|value| value == "Basic Y2xpZW50OnNlK2NyZXQ=");
        let (status, error) = if is_known { (400, "invalid_grant") } else { (401, "invalid_client") };
        (StatusCode::from_u16(status).unwrap(), json!({ "error": error }).to_string())
    }));
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    assert!(!is_refused(Reach::AndThisMachine, &exchanging_at(&address)).await);
}

#[tokio::test]
async fn s10_a_secret_goes_to_no_address_inside_and_nowhere_else_than_asked() {
    let inside =
        Site::saying(|_| (StatusCode::UNAUTHORIZED, r#"{"error":"invalid_client"}"#).into_response());
    let inside = inside.await;
    assert!(!is_refused(Reach::Internet, &exchanging_at(&inside.address)).await);
    let there = inside.address.clone();
    let site = Site::saying(move |_| Redirect::temporary(&there).into_response()).await;
    assert!(!is_refused(Reach::AndThisMachine, &exchanging_at(&site.address)).await);
    assert_eq!((site.visits(), inside.visits()), (1, 0));
}
