//! The pages of the hosted login that the product's own journeys never come to: each as it is reached, in both themes and
//! both widths.

use std::time::Duration;

use reqwest::Client;
use reqwest::redirect::Policy;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use tenantry_fake::{FakeAuth0, Fault, MessageKind, SeedFile};
use tenantry_tests::browser::Browser;
use url::Url;

const SEED: &str = r##"
prompts: { identifier_first: true }
clients:
  - { name: Portal, client_id: portal, callbacks: [https://app.example/callback], organization_usage: allow,
      initiate_login_uri: https://app.example/login, allowed_logout_urls: [https://app.example/] }
  - { name: Asks first, client_id: asks-first, callbacks: [https://app.example/callback],
      organization_usage: require, organization_require_behavior: pre_login_prompt,
      settings: { organization_discovery_methods: [email, organization_name] } }
  - { name: Asks later, client_id: asks-later, callbacks: [https://app.example/callback],
      organization_usage: allow, organization_require_behavior: post_login_prompt }
connections:
  - { name: acme-entra, strategy: oidc, display_name: Acme }
users:
  - { user_id: "auth0|ann", email: ann@acme.example, password: correct Horse 1 }
organizations:
  - name: acme
    id: org_acme000000000001
    display_name: Acme Inc
    branding: { colors: { primary: "#7a1f5c", page_background: "#f5e9f1" } }
    connections:
      - { connection: Username-Password-Authentication, assign_membership_on_login: true, is_signup_enabled: true }
      - acme-entra
    members: [ann@acme.example]
  - name: globex
    id: org_globex0000000001
    display_name: Globex
    connections: [Username-Password-Authentication]
    members: [ann@acme.example]
"##;

/// A provider, and somebody at their browser.
struct Scene {
    auth0: FakeAuth0,
    browser: Browser,
    faults: Vec<String>,
}

impl Scene {
    async fn new() -> Self {
        let seed = SeedFile::from_yaml(SEED).unwrap();
        let auth0 = FakeAuth0::builder().seed_file(seed).start().await.unwrap();
        Self { auth0, browser: Browser::start().await, faults: Vec::new() }
    }

    async fn opens(&self, path: &str) {
        self.browser.open(&self.auth0.issuer().join(path).unwrap()).await;
    }

    /// Begins a login for this application.
    async fn comes_from(&self, client: &str, more: &str) {
        let callback = "https%3A%2F%2Fapp.example%2Fcallback";
        let query = format!("client_id={client}&response_type=code&scope=openid&redirect_uri={callback}");
        self.opens(&format!("authorize?{query}&state=s{more}")).await;
    }

    async fn looks(&mut self, name: &str) {
        self.faults.extend(self.browser.inspect(&format!("hosted-{name}")).await);
    }

    async fn goes_on(&self) {
        self.browser.press_at("main button[name='action'][value='default']").await;
    }

    /// The link in the only message of this kind.
    fn mailed(&self, kind: MessageKind) -> Url {
        let mailbox = self.auth0.mailbox().unwrap();
        let link = mailbox.into_iter().find(|message| message.kind == kind).unwrap().link;
        link.parse().unwrap()
    }

    /// The answer of a POST to the Management API.
    async fn management(&self, path: &str, body: Value) -> Value {
        let issuer = self.auth0.issuer();
        let http = Client::builder().redirect(Policy::none()).timeout(Duration::from_secs(20)).build();
        let http = http.unwrap();
        let client = self.auth0.management().unwrap();
        let credentials = json!({
            "grant_type": "client_credentials",
            "client_id": client.client_id,
            "client_secret": client.client_secret.expose_secret(),
            "audience": format!("{issuer}api/v2/"),
        });
        let token = http.post(format!("{issuer}oauth/token")).json(&credentials).send().await.unwrap();
        let token: Value = token.json().await.unwrap();
        let request = http.post(format!("{issuer}api/v2/{path}")).json(&body);
        let answer = request.bearer_auth(token["access_token"].as_str().unwrap()).send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.json().await.unwrap()
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert!(self.faults.is_empty(), "{}", self.faults.concat());
        }
    }
}

#[tokio::test]
async fn pages_of_a_login_that_asks_who_it_is_first() {
    let mut scene = Scene::new().await;
    scene.comes_from("portal", "").await;
    scene.browser.arrives_at("/u/login/identifier").await;
    scene.looks("identifier").await;
    scene.goes_on().await;
    scene.browser.says("email address").await;
    scene.looks("identifier-empty").await;
    scene.browser.fill(&[("username", "ann@acme.example")]).await;
    scene.goes_on().await;
    scene.browser.arrives_at("/u/login/password").await;
    scene.looks("password").await;
    scene.browser.fill(&[("password", "wrong")]).await;
    scene.goes_on().await;
    scene.browser.says("Wrong email or password").await;
    scene.looks("password-wrong").await;

    scene.comes_from("portal", "&organization=org_acme000000000001&screen_hint=signup").await;
    scene.browser.arrives_at("/u/signup").await;
    scene.looks("organization-signup").await;
    scene.comes_from("portal", "&organization=org_acme000000000001").await;
    scene.looks("organization-login").await;
    scene.browser.press("Continue with Acme").await;
    scene.browser.arrives_at("/u/stand-in").await;
    scene.looks("stand-in").await;
}

#[tokio::test]
async fn pages_of_a_login_that_asks_for_an_organization() {
    let mut scene = Scene::new().await;
    scene.comes_from("asks-first", "").await;
    scene.browser.arrives_at("/u/organization").await;
    scene.looks("organization-prompt").await;
    scene.browser.fill(&[("organizationName", "nobody")]).await;
    scene.browser.press_at("form:has([name='organizationName']) button").await;
    scene.browser.find("[aria-invalid='true'][name='organizationName']").await;
    scene.looks("organization-prompt-unknown").await;

    scene.comes_from("asks-later", "").await;
    scene.browser.fill(&[("username", "ann@acme.example")]).await;
    scene.goes_on().await;
    scene.browser.fill(&[("password", "correct Horse 1")]).await;
    scene.goes_on().await;
    scene.browser.arrives_at("/u/organization/picker").await;
    scene.looks("organization-picker").await;
}

#[tokio::test]
async fn pages_of_a_forgotten_password() {
    let mut scene = Scene::new().await;
    scene.comes_from("portal", "").await;
    scene.browser.fill(&[("username", "ann@acme.example")]).await;
    scene.goes_on().await;
    scene.browser.press("Forgot password?").await;
    scene.browser.find("form[action^='/u/reset-password/request/']").await;
    scene.looks("forgot-password").await;
    scene.browser.fill(&[("email", "ann@acme.example")]).await;
    scene.goes_on().await;
    scene.browser.says("ann@acme.example").await;
    scene.looks("mail-sent").await;
    scene.browser.open(&scene.mailed(MessageKind::PasswordChange)).await;
    scene.browser.arrives_at("/u/reset-password").await;
    scene.looks("reset-password").await;
    scene.browser.open(&scene.auth0.issuer().join("u/reset-password?ticket=spent").unwrap()).await;
    scene.looks("reset-password-spent").await;
}

#[tokio::test]
async fn pages_of_an_enterprise_that_connects_its_own_provider() {
    let mut scene = Scene::new().await;
    let profile = json!({
        "name": "Enterprise",
        "description": "Bring the accounts that your people have.",
        "user_attributes": [{ "name": "email", "description": "Work address", "is_optional": false }],
    });
    let profile = scene.management("self-service-profiles", profile).await;
    let path = format!("self-service-profiles/{}/sso-ticket", profile["id"].as_str().unwrap());
    let ticket = json!({
        "connection_config": { "name": "globex-okta" },
        "enabled_clients": ["portal"],
        "enabled_organizations": [{ "organization_id": "org_globex0000000001" }],
        "domain_aliases_config": { "domain_verification": "optional" },
    });
    let ticket = scene.management(&path, ticket).await;
    scene.browser.open(&ticket["ticket"].as_str().unwrap().parse().unwrap()).await;
    scene.looks("self-service").await;
    scene.browser.press_at("main form button[type='submit']").await;
    scene.browser.find("[aria-invalid='true']").await;
    scene.looks("self-service-mistakes").await;
    scene.browser.evaluate("document.querySelector('[name=strategy]').value = 'okta'").await;
    scene.browser.fill(&[("address", "globex.okta.invalid"), ("client_id", "0oa1")]).await;
    scene.browser.fill(&[("client_secret", "not-a-secret")]).await;
    scene.browser.press_at("main form button[type='submit']").await;
    scene.browser.says("globex-okta").await;
    scene.looks("self-service-done").await;
}

#[tokio::test]
async fn pages_of_ends_and_of_whoever_looks_on() {
    let mut scene = Scene::new().await;
    scene.opens("authorize?client_id=nobody&response_type=code").await;
    scene.looks("error").await;
    scene.opens("oidc/logout").await;
    scene.looks("logout").await;
    let offer = json!({
        "inviter": { "name": "Ann" }, "invitee": { "email": "bo@acme.example" }, "client_id": "portal",
    });
    scene.management("organizations/org_acme000000000001/invitations", offer).await;
    scene.auth0.faults().add(Fault::status(503).on("GET", "/api/v2/users/*").times(3));
    scene.opens("").await;
    scene.browser.says("bo@acme.example").await;
    scene.looks("provider").await;
    let ticket = scene.mailed(MessageKind::Invitation);
    let ticket = ticket.query_pairs().find(|(name, _)| name == "invitation").unwrap().1.into_owned();
    scene.comes_from("portal", &format!("&organization=org_acme000000000001&invitation={ticket}")).await;
    scene.looks("invitation").await;
}
