//! Discovery documents that are wrong, late, or change their mind.

use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use tenantry_oidc::{
    Endpoint, Metadata, MetadataRejected, OidcError, RelyingParty, ResponseFault, http_client,
};

use crate::log::Log;
use crate::provider::{DISCOVERY, Provider, Reply, TOKEN, with};
use crate::signing::CURRENT;

#[tokio::test]
async fn rp23_discovery_issuer_mismatch() {
    let provider = Provider::start().await;
    let party = provider.party();
    let issuer = &provider.issuer;
    for other in [
        issuer.trim_end_matches('/').to_owned(),
        format!("{issuer}/"),
        issuer.replace("http", "HTTP"),
        issuer.replace("127.0.0.1", "localhost"),
        format!("{issuer}{{tenantid}}"),
        "https://evil.example/".to_owned(),
        String::new(),
    ] {
        provider.reply(DISCOVERY, Reply::json(&with(provider.document(), "issuer", other.clone())));
        let refused = party.metadata().await;
        assert!(matches!(refused, Err(OidcError::Metadata(MetadataRejected::Issuer))), "{other}");
    }
    provider.reply(DISCOVERY, Reply::json(&provider.document()));
    assert!(party.metadata().await.is_ok());
}

#[tokio::test]
async fn rp24_endpoints_are_kept_once_read() {
    let provider = Provider::start().await;
    let party = provider.party();
    provider.reply(TOKEN, Reply::json(&provider.tokens(&CURRENT)));
    let before = party.metadata().await.unwrap().clone();

    let moved = with(provider.document(), "token_endpoint", provider.url("/evil"));
    provider.reply(DISCOVERY, Reply::json(&moved));
    party.exchange_code("the-code", "the-verifier").await.unwrap();
    assert_eq!(provider.hits(DISCOVERY), 1);
    provider.clock.advance(30 * 24 * 60 * 60);
    party.exchange_code("the-code", "the-verifier").await.unwrap();

    assert_eq!(party.metadata().await.unwrap(), &before);
    assert_eq!((provider.hits(TOKEN), provider.hits("/evil")), (2, 0));
}

#[tokio::test]
async fn rp24_a_change_of_endpoints_is_refused_and_logged() {
    let provider = Provider::start().await;
    provider.reply(TOKEN, Reply::json(&provider.tokens(&CURRENT)));
    let document = provider.document();
    for (served, said) in [
        (Reply::json(&document), None),
        (
            Reply::json(&with(document.clone(), "token_endpoint", provider.url("/evil"))),
            Some("other endpoints"),
        ),
        (Reply::json(&with(document.clone(), "jwks_uri", provider.url("/evil"))), Some("other endpoints")),
        (Reply::json(&with(document.clone(), "token_endpoint", "http://idp.example/x")), Some("is refused")),
        (Reply::json(&with(document.clone(), "issuer", "https://evil.example/")), Some("is refused")),
        (Reply::html(), Some("is refused")),
        // One that is down has changed nothing.
        (Reply::text(503, ""), None),
    ] {
        provider.reply(DISCOVERY, Reply::json(&document));
        let party = provider.party();
        let before = party.metadata().await.unwrap().clone();
        let log = Log::open();
        provider.reply(DISCOVERY, served);
        provider.clock.advance(3600);
        let hits = provider.hits(DISCOVERY);
        for _ in 0..10 {
            party.exchange_code("the-code", "the-verifier").await.unwrap();
        }
        log.has_settled(|| provider.hits(DISCOVERY) == hits + 1, said).await;
        assert_eq!(party.metadata().await.unwrap(), &before);
        assert_eq!((provider.hits("/evil"), provider.hits(DISCOVERY)), (0, hits + 1));
    }
}

#[tokio::test]
async fn rp24_given_endpoints_are_not_looked_at_again() {
    let provider = Provider::start().await;
    let registration = provider.registration();
    let metadata = Metadata::parse(provider.document().to_string().as_bytes(), &registration.issuer).unwrap();
    let clock = Arc::clone(&provider.clock);
    let party = RelyingParty::new(registration, clock, http_client().unwrap()).with_metadata(metadata);
    provider.clock.advance(24 * 3600);
    party.metadata().await.unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(provider.hits(DISCOVERY), 0);
}

#[tokio::test]
async fn rp24_endpoints_outside_https_and_loopback() {
    let provider = Provider::start().await;
    for endpoint in ["authorization_endpoint", "token_endpoint", "jwks_uri", "end_session_endpoint"] {
        for url in
            ["http://idp.example/x", "http://10.0.0.1/x", "ftp://127.0.0.1/x", "javascript:alert(1)", "/x"]
        {
            provider.reply(DISCOVERY, Reply::json(&with(provider.document(), endpoint, url)));
            let party = provider.party();
            let refused = party.metadata().await;
            assert!(
                matches!(refused, Err(OidcError::Metadata(MetadataRejected::Endpoint(name))) if name == endpoint),
                "{endpoint} {url}"
            );
        }
    }
}

#[tokio::test]
async fn a_document_that_fails_is_asked_for_again() {
    let provider = Provider::start().await;
    let party = provider.party();
    provider.reply(DISCOVERY, Reply::html());
    assert!(matches!(party.metadata().await, Err(OidcError::Metadata(MetadataRejected::Malformed))));
    provider.reply(DISCOVERY, Reply::text(500, ""));
    assert!(matches!(party.metadata().await, Err(OidcError::Unavailable(_))));
    for (status, fault) in [(302, ResponseFault::Redirect), (404, ResponseFault::Status(404))] {
        provider
            .reply(DISCOVERY, Reply::json(&provider.document()).status(status).header("location", "/evil"));
        let refused = party.metadata().await;
        assert!(
            matches!(refused, Err(OidcError::InvalidResponse { endpoint: Endpoint::Discovery, fault: found }) if found == fault)
        );
    }
    provider.reply(DISCOVERY, Reply::json(&provider.document()));
    assert!(party.metadata().await.is_ok());
    assert_eq!(provider.hits("/evil"), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_crowd_shares_the_failure_too() {
    let provider = Provider::start().await;
    let party = provider.party();
    provider.reply(DISCOVERY, Reply::text(503, "").after(Duration::from_millis(200)));
    let asked = (0..100).map(|_| {
        let party = Arc::clone(&party);
        tokio::spawn(async move { party.metadata().await.err() })
    });
    for outcome in join_all(asked).await {
        assert!(matches!(outcome.unwrap(), Some(OidcError::Unavailable(_))));
    }
    // Three tries, for all of them together.
    assert_eq!(provider.hits(DISCOVERY), 3);
}
