//! A company with an identity provider of its own, its administrator, and its people.

use std::sync::Arc;

use serde_json::json;
use tenantry_fake::{Fake, FakeConfig, Seed, SeedFile};
use tenantry_system::SystemRandom;
use tenantry_tests::steps::PASSWORD;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use url::Url;

use crate::answer::Answer;
use crate::browser::Browser;
use crate::site::Site;
use tenantry_tests::dns::Dns;

pub(crate) const CLIENT: &str = "tenantry-at-corp";
pub(crate) const SECRET: &str = "the-secret-of-tenantry-at-corp";
/// A client that the company's provider sends back to another address.
pub(crate) const OTHER_CLIENT: &str = "another-product-at-corp";
pub(crate) const DOMAIN: &str = "corp.example";
pub(crate) const RECORD: &str = "_tenantry-challenge.corp.example";
/// Who has an account at the company's provider: a colleague, one whose address is not verified, and one with an address
/// of somebody else's.
pub(crate) const BO: &str = "bo@corp.example";
pub(crate) const UNA: &str = "una@corp.example";
pub(crate) const EVE: &str = "eve@victim.example";

/// A product, a company with an identity provider of its own, and its administrator.
pub(crate) struct Corp {
    pub(crate) site: Site,
    pub(crate) dns: Dns,
    pub(crate) admin: Browser,
    /// Where the company's provider is.
    pub(crate) issuer: Url,
    /// The company's provider.
    pub(crate) company: Fake,
    _server: JoinSet<()>,
}

impl Corp {
    pub(crate) async fn new() -> Self {
        let dns = Dns::start().await;
        let site = Site::with(|settings| settings.dev_sso_dns = Some(dns.address)).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
        let user = |id: &str, email: &str, verified: bool| json!({ "user_id": id, "email": email, "email_verified": verified, "password": PASSWORD, "name": id });
        let file = json!({
            "clients": [{
                "name": "Tenantry",
                "client_id": CLIENT,
                "client_secret": SECRET,
                "callbacks": [site.identity.join("login/callback").unwrap()],
                "settings": { "grant_types": ["authorization_code"] },
            }, {
                "name": "Another product",
                "client_id": OTHER_CLIENT,
                "client_secret": SECRET,
                "callbacks": ["https://another.example/callback"],
                "settings": { "grant_types": ["authorization_code"] },
            }],
            "connections": [{ "name": "Username-Password-Authentication", "strategy": "auth0" }],
            "users": [user("auth0|bo", BO, true), user("auth0|una", UNA, false), user("auth0|eve", EVE, true)],
        });
        let config = FakeConfig {
            issuer: issuer.clone(),
            trial_days: 1,
            action_run_time: FakeConfig::ACTION_RUN_TIME,
            seed: Seed { file: Some(SeedFile::from_json(file).unwrap()), ..Seed::default() },
        };
        let fake = Fake::in_memory(config, site.clock.clone(), Arc::new(SystemRandom)).unwrap();
        let company = fake.clone();
        let mut server = JoinSet::new();
        server.spawn(async move {
            let () = fake.serve(listener, None, std::future::pending()).await;
        });
        let admin = site.administrator("ann@nowhere.example", "corp").await;
        Self { site, dns, admin, issuer, company, _server: server }
    }

    /// The same, with a connection that is set up and turned on.
    pub(crate) async fn connected() -> (Self, String) {
        let mut corp = Self::new().await;
        let id = corp.begins().await;
        corp.proves(&id).await;
        corp.enters(&id, SECRET).await.leads_to(&step(&id, "test"));
        corp.tests_as(&id, BO).await;
        corp.turns_on(&id).await;
        (corp, id)
    }

    pub(crate) async fn begins(&mut self) -> String {
        let begun = self.admin.post("/admin/sso", &[("kind", "oidc")]).await;
        let there = begun.is(303).location();
        assert!(there.query().unwrap().ends_with("step=domain"), "{there}");
        there.query_pairs().find(|(name, _)| name == "connection").unwrap().1.into_owned()
    }

    /// Claims the domain, publishes the record that the page shows, and checks.
    pub(crate) async fn proves(&mut self, id: &str) {
        let fields = [("connection", id), ("domain", DOMAIN)];
        self.admin.post("/admin/sso/domain", &fields).await.leads_to(&step(id, "domain"));
        let page = self.admin.get(&step(id, "domain")).await;
        assert!(page.is(200).says(RECORD) && page.says("Waiting for the record"), "{}", page.summary());
        self.admin.post("/admin/sso/domain/check", &fields).await.leads_to(&step(id, "domain"));
        assert!(self.admin.get(&step(id, "domain")).await.says("The record is not there yet"));
        let value = page.body.split("tenantry-domain-verification=").nth(1).unwrap().get(..32).unwrap();
        self.dns.publish(RECORD, &format!("tenantry-domain-verification={value}"));
        self.admin.post("/admin/sso/domain/check", &fields).await.leads_to(&step(id, "domain"));
        assert!(self.admin.get(&step(id, "domain")).await.says("corp.example is proved to be yours."));
    }

    pub(crate) async fn enters(&mut self, id: &str, secret: &str) -> Answer {
        self.enters_client(id, CLIENT, secret).await
    }

    pub(crate) async fn enters_client(&mut self, id: &str, client: &str, secret: &str) -> Answer {
        let fields = [
            ("connection", id),
            ("discovery_url", self.issuer.as_str()),
            ("client_id", client),
            ("client_secret", secret),
        ];
        self.admin.post("/admin/sso/credentials", &fields).await
    }

    /// The administrator tries the connection with this account: the report.
    pub(crate) async fn tests_as(&mut self, id: &str, email: &str) -> Answer {
        let asked = self.admin.get(&format!("/admin/sso/test?connection={id}")).await;
        let page = self.admin.follow(asked).await;
        // The company's provider may know the browser already.
        if self.site.address.is_home_of(&page.url) {
            return page;
        }
        self.admin.at_the_company(&page, email).await
    }

    pub(crate) async fn turns_on(&mut self, id: &str) {
        let fields = [
            ("connection", id),
            ("display_name", "Corp staff"),
            ("auto_membership", "yes"),
            ("default_role", "Employee"),
            ("turn_on", "yes"),
        ];
        let there = format!("/admin/sso/connection?connection={id}");
        self.admin.post("/admin/sso/people", &fields).await.leads_to(&there);
        assert!(self.admin.get(&there).await.says("Corp staff is on."));
    }

    /// Somebody enters this address where organizations are looked up, and goes where that leads.
    pub(crate) async fn enters_address(&self, email: &str) -> (Browser, Answer) {
        let (mut browser, answer) = self.leaves_by_address(email).await;
        let page = browser.follow(answer).await;
        (browser, page)
    }

    /// The same, one hop.
    pub(crate) async fn leaves_by_address(&self, email: &str) -> (Browser, Answer) {
        let mut browser = self.site.browser();
        let page = browser.post("/orgprompt", &[("organization", email)]).await;
        let there = page.is(200).goes_on_to().expect("a page that goes on");
        let answer = browser.hop(&there).await;
        (browser, answer)
    }

    /// Somebody comes in through the company's provider, sent there by an address in the company's domain.
    pub(crate) async fn comes(&self, email: &str) -> (Browser, Answer) {
        let (mut browser, page) = self.enters_address(&format!("anybody@{DOMAIN}")).await;
        let end = browser.at_the_company(&page, email).await;
        (browser, end)
    }

    /// The page on the connection, as its administrator sees it.
    pub(crate) async fn connection(&mut self, id: &str) -> Answer {
        self.admin.get(&format!("/admin/sso/connection?connection={id}")).await
    }
}

impl Browser {
    /// Logs in on the page of the company's provider, and follows where that leads.
    pub(crate) async fn at_the_company(&mut self, page: &Answer, email: &str) -> Answer {
        assert!(!self.site.is_home_of(&page.url), "{}", page.summary());
        let answer = self.fill(page, &[("username", email), ("password", PASSWORD)]).await;
        self.follow(answer).await
    }
}

pub(crate) fn step(id: &str, step: &str) -> String {
    format!("/admin/sso/set-up?connection={id}&step={step}")
}

/// The number that a refused person is shown.
pub(crate) fn reference(page: &Answer) -> String {
    let text = page.text();
    let number =
        text.split("tell them the reference ").nth(1).unwrap_or_else(|| panic!("{}", page.summary()));
    number.split('.').next().unwrap().to_owned()
}
