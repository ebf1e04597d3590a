//! Enterprise connections whose people log in at another issuer: a second provider, on loopback.

mod logins;
mod profiles;
mod refusals;
mod told_apart;

use std::sync::Arc;

use axum::http::StatusCode;
use serde_json::{Map, Value, json};
use tenantry_fake::{Fake, FakeConfig, Seed, SeedFile};
use tenantry_ports::testkit::SeededRandom;
use tokio::net::TcpListener;
use url::Url;

use crate::browser::Browser;
use crate::support::{Answer, ISSUER, PASSWORD, World, clock, config, parameter};

const CLIENT_ID: &str = "tenantry-at-acme";
const SECRET: &str = "the secret of tenantry & co";
const NAME: &str = "acme";
const EMAIL: &str = "bo@acme.example";
/// Bo's `sub` at the issuer.
const SUBJECT: &str = "auth0|bo";
const BO: &str = "oidc|acme|auth0|bo";

/// The provider that is tested, and the enterprise's issuer.
struct Pair {
    world: World,
    issuer: World,
    /// The issuer's address, with a slash at the end.
    address: String,
}

impl Pair {
    async fn new() -> Self {
        Self::with(crate::support::seed()).await
    }

    async fn with(seed: Seed) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/", listener.local_addr().unwrap());
        let file = format!(
            "clients:\n\
             - name: Tenantry\n  client_id: {CLIENT_ID}\n  client_secret: '{SECRET}'\n  \
               callbacks: ['{ISSUER}login/callback']\n  \
               settings: {{ grant_types: [authorization_code, implicit] }}\n\
             connections:\n\
             - name: Username-Password-Authentication\n  strategy: auth0\n\
             users:\n\
             - user_id: {SUBJECT}\n  email: {EMAIL}\n  email_verified: true\n  password: {PASSWORD}\n  name: Bo Ek\n  \
               given_name: Bo\n"
        );
        let seed_of_issuer = Seed { file: Some(SeedFile::from_yaml(&file).unwrap()), ..Seed::default() };
        let config = FakeConfig { issuer: address.parse().unwrap(), ..config(seed_of_issuer) };
        let clock = clock();
        let fake = Fake::in_memory(config, clock.clone(), Arc::new(SeededRandom::new(11))).unwrap();
        let served = fake.clone();
        tokio::spawn(async move { served.serve(listener, None, std::future::pending()).await });
        let issuer = World { router: fake.router(), fake, clock };
        Self { world: World::with(seed), issuer, address }
    }

    /// A connection to the issuer by code, which the application has; answers its id.
    async fn connect(&self, more: &Value) -> String {
        let mut options = json!({
            "type": "back_channel",
            "client_id": CLIENT_ID,
            "client_secret": SECRET,
            "discovery_url": format!("{}.well-known/openid-configuration", self.address),
        });
        options.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.connect_by("oidc", options).await
    }

    async fn connect_by(&self, strategy: &str, mut options: Value) -> String {
        options.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        let (application, _) = self.world.client(crate::support::APP);
        let body = json!({
            "name": NAME, "strategy": strategy, "options": options, "enabled_clients": [application],
        });
        let answer = self.world.api("POST", "/connections", body).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        answer.json()["id"].as_str().unwrap().to_owned()
    }

    /// A connection by code that nobody has asked an issuer for yet, as a seed file makes them.
    async fn plant(&self, issuer: &str) {
        let file = format!(
            "connections:\n\
             - name: {NAME}\n  strategy: oidc\n  options:\n    type: back_channel\n    client_id: {CLIENT_ID}\n    \
               client_secret: '{SECRET}'\n    discovery_url: '{issuer}.well-known/openid-configuration'\n"
        );
        self.world.fake.seed(&SeedFile::from_yaml(&file).unwrap()).await.unwrap();
    }

    /// An organization that takes logins from the connection; answers its id.
    async fn organization(&self, connection: &str, takes_everybody: bool) -> String {
        let organization = self.world.organization("acme-inc").await;
        let body = json!({
            "connection_id": connection,
            "assign_membership_on_login": takes_everybody,
            "show_as_button": true,
        });
        let path = format!("/organizations/{organization}/enabled_connections");
        let answer = self.world.api("POST", &path, body).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        organization
    }

    /// Begins a login by the connection; answers the authorization request at the issuer.
    async fn leave(&self, browser: &mut Browser, more: &[(&str, &str)]) -> Url {
        let more: Vec<_> = [("connection", NAME)].iter().chain(more).copied().collect();
        self.sent(&browser.get(&self.world, &self.world.authorize(&more)).await)
    }

    /// The authorization request that a browser is sent to the issuer with.
    fn sent(&self, answer: &Answer) -> Url {
        assert_eq!(answer.status, StatusCode::FOUND, "{}", answer.body);
        assert!(answer.location.starts_with(&self.address), "{}", answer.location);
        answer.location.parse().unwrap()
    }

    /// Logs in at the issuer; answers what it sends the browser back with.
    async fn log_in_at_issuer(&self, request: &Url) -> Answer {
        let mut browser = Browser::default();
        let page = browser.get(&self.issuer, &path_of(request)).await;
        assert!(page.location.starts_with("/u/login?"), "{} {}", page.location, page.body);
        browser.post(&self.issuer, &page.location, &[("username", EMAIL), ("password", PASSWORD)]).await
    }

    /// From the issuer's redirect to the application's callback.
    async fn come_back(&self, browser: &mut Browser, answer: &Answer) -> Answer {
        let back = answer.location.strip_prefix(ISSUER);
        let back = back.unwrap_or_else(|| panic!("{} {}", answer.location, answer.body));
        browser.get(&self.world, &format!("/{back}")).await
    }

    /// A whole login of Bo; answers where it ended.
    async fn log_in(&self, browser: &mut Browser, more: &[(&str, &str)]) -> Answer {
        let request = self.leave(browser, more).await;
        let answer = self.log_in_at_issuer(&request).await;
        self.come_back(browser, &answer).await
    }

    /// What somebody's login ends with who is new to this browser.
    async fn refusal(&self) -> (String, String) {
        self.log_in(&mut Browser::default(), &[]).await.refusal()
    }

    async fn id_token(&self, answer: &Answer) -> Map<String, Value> {
        self.world.id_token(&answer.callback()).await
    }

    async fn user(&self, id: &str) -> Value {
        self.world.api("GET", &format!("/users/{}", crate::support::segment(id)), Value::Null).await.json()
    }

    /// The log entries of this type, the latest first.
    async fn logs(&self, kind: &str) -> Vec<Value> {
        let logs = self.world.api("GET", "/logs?per_page=100", Value::Null).await.json();
        let logs = logs.as_array().unwrap().iter().filter(|entry| entry["type"] == kind).cloned();
        let mut logs: Vec<Value> = logs.collect();
        logs.sort_by_key(|entry| std::cmp::Reverse(entry["log_id"].as_str().unwrap().to_owned()));
        logs
    }

    async fn set_options(&self, connection: &str, change: impl FnOnce(&mut Map<String, Value>)) {
        let path = format!("/connections/{connection}");
        let mut options = self.world.api("GET", &path, Value::Null).await.json()["options"].clone();
        change(options.as_object_mut().unwrap());
        let answer = self.world.api("PATCH", &path, json!({ "options": options })).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    }
}

fn path_of(url: &Url) -> String {
    format!("{}?{}", url.path(), url.query().unwrap_or_default())
}

/// A parameter that must be there.
fn given(url: &Url, name: &str) -> String {
    parameter(url, name).unwrap_or_else(|| panic!("no {name} in {url}"))
}
