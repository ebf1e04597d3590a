//! What is wrong at an issuer, as the product hears it: told apart by what the wire says of it.

use axum::http::StatusCode;
use serde_json::json;
use tenantry_domain::ConnectionName;
use tenantry_fake::{Fault, Malformed, Tls};
use tenantry_ports::{
    Callback, IdentityProvider as _, IdentityProviderError, Login, LoginAttempt, UpstreamFault,
};
use tokio::net::TcpListener;

use super::{NAME, Pair, given};
use crate::browser::Browser;
use crate::contract::{attempt, provider};
use crate::support::{Answer, encode, parameter};

impl Pair {
    fn attempt(&self) -> LoginAttempt {
        let connection = Some(ConnectionName::try_from(NAME).unwrap());
        LoginAttempt { connection, ..attempt(&self.world, None) }
    }

    /// What the product makes of the end of a login that it sent through the connection.
    async fn heard(&self, answer: &Answer) -> Result<Login, IdentityProviderError> {
        let callback = answer.callback();
        let callback = match parameter(&callback, "code") {
            Some(code) => Callback::Code { code: code.into(), issuer: None },
            None => Callback::Error {
                error: parameter(&callback, "error").unwrap(),
                description: parameter(&callback, "error_description"),
                issuer: None,
            },
        };
        provider(&self.world).redeem(&callback, &self.attempt()).await
    }

    async fn fault(&self, answer: &Answer) -> (UpstreamFault, String) {
        match self.heard(answer).await {
            Err(IdentityProviderError::Upstream { fault, description, .. }) => (fault, description.unwrap()),
            other => panic!("{other:?}"),
        }
    }

    async fn fault_of_login(&self) -> UpstreamFault {
        self.fault(&self.log_in(&mut Browser::default(), &[]).await).await.0
    }

    async fn begun(&self) -> Answer {
        Browser::default().get(&self.world, &self.world.authorize(&[("connection", NAME)])).await
    }
}

#[tokio::test]
async fn a_login_says_through_which_connection_it_came() {
    let pair = Pair::new().await;
    pair.connect(&json!({})).await;
    let login = pair.heard(&pair.log_in(&mut Browser::default(), &[]).await).await.unwrap();
    assert_eq!(login.connection.unwrap().as_str(), NAME);
    assert!(login.federated);
}

#[tokio::test]
async fn s09_a_connection_that_is_gone_meanwhile_is_no_fault_of_the_issuer() {
    let pair = Pair::new().await;
    let connection = pair.connect(&json!({})).await;
    let mut browser = Browser::default();
    let request = pair.leave(&mut browser, &[]).await;
    let answer = pair.log_in_at_issuer(&request).await;
    let deleted = pair.world.api("DELETE", &format!("/connections/{connection}"), json!(null)).await;
    assert_eq!(deleted.status, StatusCode::ACCEPTED);
    let heard = pair.heard(&pair.come_back(&mut browser, &answer).await).await;
    assert!(matches!(heard, Err(IdentityProviderError::Denied { .. })), "{heard:?}");
}

#[tokio::test]
async fn who_gives_up_or_may_not_has_cancelled() {
    let pair = Pair::new().await;
    pair.connect(&json!({})).await;
    let mut browser = Browser::default();
    let state = given(&pair.leave(&mut browser, &[]).await, "state");
    let fields = [
        ("state", &*state),
        ("error", "access_denied"),
        ("error_description", "End-User aborted interaction"),
    ];
    let answer = browser.get(&pair.world, &format!("/login/callback?{}", encode(&fields))).await;
    let told = pair.fault(&answer).await;
    assert_eq!(told, (UpstreamFault::Cancelled, "End-User aborted interaction".to_owned()));
}

#[tokio::test]
async fn a_wrong_secret_and_a_spoiled_answer_are_two_things() {
    let pair = Pair::new().await;
    let connection = pair.connect(&json!({ "client_secret": "not this one" })).await;
    assert_eq!(pair.fault_of_login().await, UpstreamFault::WrongClient);
    let secret = json!(super::SECRET);
    pair.set_options(&connection, |options| drop(options.insert("client_secret".into(), secret))).await;
    let faults = pair.issuer.fake.faults();
    for (fault, told) in [
        (Fault::status(503), UpstreamFault::Unreachable),
        (Fault::cut(), UpstreamFault::Unreachable),
        (Fault::malformed(Malformed::Html), UpstreamFault::NotAnswered),
    ] {
        faults.add(fault.on("POST", "/oauth/token"));
        assert_eq!(pair.fault_of_login().await, told);
        faults.clear();
    }
    // A token of yesterday.
    pair.world.clock.advance(std::time::Duration::from_hours(1));
    assert_eq!(pair.fault_of_login().await, UpstreamFault::NotAnswered);
}

#[tokio::test]
async fn an_issuer_without_a_certificate_to_trust_is_not_one_that_is_away() {
    let pair = Pair::new().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("https://{}/", listener.local_addr().unwrap());
    let (served, tls) = (pair.issuer.fake.clone(), Tls::own(None).unwrap());
    tokio::spawn(async move { served.serve(listener, Some(tls), std::future::pending()).await });
    pair.plant(&address).await;
    let (fault, said) = pair.fault(&pair.begun().await).await;
    assert_eq!(fault, UpstreamFault::Certificate, "{said}");

    let refused = pair
        .world
        .api("POST", "/connections", {
            let discovery = format!("{address}.well-known/openid-configuration");
            let options = json!({ "client_id": "a", "discovery_url": discovery });
            json!({ "name": "another", "strategy": "oidc", "options": options })
        })
        .await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert!(refused.body.contains("certificate"), "{}", refused.body);

    let pair = Pair::new().await;
    pair.plant("http://127.0.0.1:1/").await;
    assert_eq!(pair.fault(&pair.begun().await).await.0, UpstreamFault::Unreachable);
}
