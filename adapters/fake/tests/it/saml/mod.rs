//! Enterprise connections whose people log in at a SAML identity provider, on loopback.

mod connections;
mod logins;
mod refusals;
mod wrapping;

use std::sync::Arc;

use axum::http::StatusCode;
use serde_json::{Map, Value, json};
use url::Url;

use crate::browser::Browser;
use crate::saml_idp::{Person, Posted, SamlIdp};
use crate::support::{APP, Answer, ISSUER, World, form_request, segment};

const NAME: &str = "corp";
const EMAIL: &str = "bo@corp.example";
/// Bo's name at the identity provider.
const SUBJECT: &str = "b0-4711";
const BO: &str = "samlp|corp|b0-4711";
const CONSUMER: &str = "http://127.0.0.1:4400/login/callback?connection=corp";

/// The provider that is tested, and the company's.
struct Corp {
    world: World,
    idp: SamlIdp,
}

impl Corp {
    /// Both, without a connection between them.
    async fn apart() -> Self {
        let world = World::new();
        let people = vec![
            Person::new(SUBJECT, EMAIL, "Bo", "Ek"),
            Person::new("ev-4712", "eve@corp.example", "Eve", "Ek"),
        ];
        let idp = SamlIdp::start(Arc::clone(&world.clock) as _, people).await;
        Self { world, idp }
    }

    /// Both, and a connection that the application has.
    async fn new() -> Self {
        let corp = Self::apart().await;
        corp.connect(NAME, &json!({ "metadataXml": corp.idp.metadata_xml() })).await;
        corp
    }

    /// A connection of this name; answers its id.
    async fn connect(&self, name: &str, options: &Value) -> String {
        let answer = self.create(name, options).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        answer.json()["id"].as_str().unwrap().to_owned()
    }

    async fn create(&self, name: &str, options: &Value) -> Answer {
        let (application, _) = self.world.client(APP);
        let body = json!({
            "name": name, "strategy": "samlp", "options": options, "enabled_clients": [application],
        });
        self.world.api("POST", "/connections", body).await
    }

    /// Begins a login by a connection; answers the request at the identity provider.
    async fn leave(&self, browser: &mut Browser, more: &[(&str, &str)]) -> Url {
        let names_one = more.iter().any(|(name, _)| *name == "connection");
        let own = (!names_one).then_some(("connection", NAME));
        let more: Vec<_> = own.into_iter().chain(more.iter().copied()).collect();
        let answer = browser.get(&self.world, &self.world.authorize(&more)).await;
        assert_eq!(answer.status, StatusCode::FOUND, "{}", answer.body);
        assert!(answer.location.starts_with(self.idp.sign_in_url().as_str()), "{}", answer.location);
        answer.location.parse().unwrap()
    }

    /// Brings an answer back; the browser's cookies don't come with another site's form.
    async fn post(&self, posted: &Posted) -> Answer {
        let path = posted.action.as_str().strip_prefix(ISSUER).unwrap();
        let fields =
            [("SAMLResponse", posted.response.as_str()), ("RelayState", posted.relay_state.as_str())];
        self.world.send(form_request(&format!("/{path}"), &fields)).await
    }

    async fn come_back(&self, browser: &mut Browser, posted: &Posted) -> Answer {
        let hop = self.post(posted).await;
        assert_eq!(hop.status, StatusCode::FOUND, "{}", hop.body);
        browser.get(&self.world, &hop.location).await
    }

    /// A whole login of Bo; answers where it ended.
    async fn log_in(&self, more: &[(&str, &str)]) -> Answer {
        let mut browser = Browser::default();
        let request = self.leave(&mut browser, more).await;
        self.come_back(&mut browser, &self.idp.answer(&request, EMAIL)).await
    }

    /// Who is logged in when Bo logs in.
    async fn claims(&self) -> Map<String, Value> {
        self.world.id_token(&self.log_in(&[]).await.callback()).await
    }

    /// What Bo's login ends with.
    async fn refusal(&self) -> (String, String) {
        self.log_in(&[]).await.refusal()
    }

    async fn user(&self, id: &str) -> Value {
        self.world.api("GET", &format!("/users/{}", segment(id)), Value::Null).await.json()
    }
}
