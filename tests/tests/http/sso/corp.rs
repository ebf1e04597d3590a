//! A company with an identity provider of its own, its administrator, and its people.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tenantry_fake::{Fake, FakeConfig, Seed, SeedFile};
use tenantry_ports::testkit::FixedClock;
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

/// What a form says that was asked about.
pub(crate) const CONFIRMED: (&str, &str) = ("confirmed", "yes");

/// A product, a company with an identity provider of its own, and its administrator.
pub(crate) struct Corp {
    pub(crate) site: Site,
    pub(crate) dns: Dns,
    pub(crate) admin: Browser,
    /// What the administrator proves.
    pub(crate) domain: &'static str,
    /// Where the company's provider is.
    pub(crate) issuer: Url,
    /// The company's provider.
    pub(crate) company: Company,
    /// Another organization's, where there is one.
    pub(crate) others: Option<Company>,
}

/// An identity provider of a company, in front of which we are registered.
pub(crate) struct Company {
    pub(crate) fake: Fake,
    pub(crate) issuer: Url,
    callback: Url,
    _server: JoinSet<()>,
}

impl Company {
    /// One that has these people, and is to send them back to this product's provider.
    pub(crate) async fn start(site: &Site, people: &[(&str, &str, bool)]) -> Self {
        Self::before(&site.identity, site.clock.clone(), people).await
    }

    /// The same before the provider at `identity`.
    pub(crate) async fn before(
        identity: &Url,
        clock: Arc<FixedClock>,
        people: &[(&str, &str, bool)],
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
        let config = FakeConfig {
            issuer: issuer.clone(),
            trial_days: 1,
            action_run_time: FakeConfig::ACTION_RUN_TIME,
            seed: Seed::default(),
        };
        let fake = Fake::in_memory(config, clock, Arc::new(SystemRandom)).unwrap();
        let mut server = JoinSet::new();
        server.spawn(fake.serve(listener, None, std::future::pending::<()>()));
        let callback = identity.join("login/callback").unwrap();
        let company = Self { fake, issuer, callback, _server: server };
        company.registers(CLIENT, SECRET).await;
        company.knows_another_product().await;
        for (id, email, is_verified) in people {
            company.has(id, email, *is_verified).await;
        }
        company
    }

    /// We are registered there as this client, too; or have this secret from now on.
    pub(crate) async fn registers(&self, client: &str, secret: &str) {
        self.plant(json!({
            "clients": [{
                "name": client,
                "client_id": client,
                "client_secret": secret,
                "callbacks": [self.callback],
                "settings": { "grant_types": ["authorization_code"] },
            }],
            "connections": [{ "name": "Username-Password-Authentication", "strategy": "auth0" }],
        }))
        .await;
    }

    /// The company has another product, to whose address its people are sent back.
    async fn knows_another_product(&self) {
        self.plant(json!({
            "clients": [{
                "name": "Another product",
                "client_id": OTHER_CLIENT,
                "client_secret": SECRET,
                "callbacks": ["https://another.example/callback"],
                "settings": { "grant_types": ["authorization_code"] },
            }],
        }))
        .await;
    }

    /// Whom the company calls `id` has this address from now on.
    pub(crate) async fn has(&self, id: &str, email: &str, is_verified: bool) {
        let user = json!({
            "user_id": format!("auth0|{id}"),
            "email": email,
            "email_verified": is_verified,
            "password": PASSWORD,
            "name": id,
        });
        self.plant(json!({ "users": [user] })).await;
    }

    async fn plant(&self, file: Value) {
        self.fake.seed(&SeedFile::from_json(file).unwrap()).await.unwrap();
    }
}

impl Corp {
    pub(crate) async fn new() -> Self {
        let dns = Dns::start().await;
        let site = Site::with(|settings| {
            settings.dev_sso_dns = Some(dns.address);
            // What was troubled answers at once when the trouble is over.
            settings.limits.open_for = Duration::ZERO;
        })
        .await;
        let company =
            Company::start(&site, &[("bo", BO, true), ("una", UNA, false), ("eve", EVE, true)]).await;
        let issuer = company.issuer.clone();
        let admin = site.administrator("ann@nowhere.example", "corp").await;
        Self { site, dns, admin, domain: DOMAIN, issuer, company, others: None }
    }

    /// The same, with a connection that is set up and turned on.
    pub(crate) async fn connected() -> (Self, String) {
        let mut corp = Self::new().await;
        let id = corp.connects(BO).await;
        (corp, id)
    }

    /// The whole set-up, tested with this account.
    pub(crate) async fn connects(&mut self, email: &str) -> String {
        let id = self.begins().await;
        self.proves(&id).await;
        self.enters(&id, SECRET).await.leads_to(&step(&id, "test"));
        self.tests_as(&id, email).await;
        self.turns_on(&id).await;
        id
    }

    /// From now on it is the administrator of this organization who acts, for this domain; answers who did.
    pub(crate) async fn acts_for(&mut self, organization: &str, domain: &'static str) -> Browser {
        self.domain = domain;
        let admin = self.site.administrator(&format!("dee@{organization}.example"), organization).await;
        std::mem::replace(&mut self.admin, admin)
    }

    pub(crate) async fn begins(&mut self) -> String {
        let begun = self.admin.post("/admin/sso", &[("kind", "oidc")]).await;
        let there = begun.is(303).location();
        assert!(there.query().unwrap().ends_with("step=domain"), "{there}");
        there.query_pairs().find(|(name, _)| name == "connection").unwrap().1.into_owned()
    }

    /// Claims the domain, publishes the record that the page shows, and checks.
    pub(crate) async fn proves(&mut self, id: &str) {
        let record = self.claims(id).await;
        assert!(!self.checks(id).await.says("is proved to be yours"));
        self.dns.publish(&record.0, &record.1);
        let page = self.checks(id).await;
        assert!(page.says(&format!("{} is proved to be yours.", self.domain)), "{}", page.summary());
    }

    /// Claims the domain: the record that the page asks for.
    pub(crate) async fn claims(&mut self, id: &str) -> (String, String) {
        let fields = [("connection", id), ("domain", self.domain)];
        self.admin.post("/admin/sso/domain", &fields).await.leads_to(&step(id, "domain"));
        let page = self.admin.get(&step(id, "domain")).await;
        let name = format!("_tenantry-challenge.{}", self.domain);
        assert!(page.is(200).says(&name) && page.says("Waiting for the record"), "{}", page.summary());
        let (_, from_there) = page.body.split_once(&name).unwrap();
        let value = from_there.split("tenantry-domain-verification=").nth(1).unwrap().get(..32).unwrap();
        (name, format!("tenantry-domain-verification={value}"))
    }

    /// Looks for the record now: what the page says then.
    pub(crate) async fn checks(&mut self, id: &str) -> Answer {
        let fields = [("connection", id), ("domain", self.domain)];
        let answer = self.admin.post("/admin/sso/domain/check", &fields).await;
        self.admin.follow(answer).await
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
        let asked = self.admin.post("/admin/sso/test", &[("connection", id)]).await;
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

    /// Newcomers whom the company has in its team of admins become Administrators, the others Employees, as long as no other
    /// row of the form says something else.
    pub(crate) async fn maps_admins(&mut self, id: &str, others: &[(&str, &str)]) {
        let first = [
            ("connection", id),
            ("display_name", "Corp staff"),
            ("auto_membership", "yes"),
            ("default_role", "Employee"),
            ("claim_1", "teams"),
            ("value_1", "admins"),
            ("role_1", "Administrator"),
        ];
        self.admin.post("/admin/sso/people", &[&first, others].concat()).await.is(303);
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
        let url = page.is(200).goes_on_to();
        let answer = browser.hop(&url).await;
        (browser, answer)
    }

    /// Somebody comes in through the company's provider, sent there by an address in the company's domain.
    pub(crate) async fn comes(&self, email: &str) -> (Browser, Answer) {
        let (mut browser, page) = self.enters_address(&format!("anybody@{}", self.domain)).await;
        let end = browser.at_the_company(&page, email).await;
        (browser, end)
    }

    /// The same, and it is refused with this status and without a session.
    pub(crate) async fn is_refused(&self, email: &str, status: u16) -> Answer {
        let (mut browser, end) = self.comes(email).await;
        assert!(end.is(status).url.path() == "/api/auth/callback", "{}", end.summary());
        assert!(!browser.is_signed_in().await, "{}", end.summary());
        end
    }

    /// The same, and they are in.
    pub(crate) async fn is_let_in(&self, email: &str) -> Browser {
        let (browser, end) = self.comes(email).await;
        assert_eq!((end.url.path(), end.status.as_u16()), ("/home", 200), "{}", end.summary());
        browser
    }

    /// The page on the connection, as its administrator sees it.
    pub(crate) async fn connection(&mut self, id: &str) -> Answer {
        self.admin.get(&format!("/admin/sso/connection?connection={id}")).await
    }
}

impl Browser {
    /// Enters this address where organizations are looked up, and goes where that leads.
    pub(crate) async fn begins_with_address(&mut self, email: &str) -> Answer {
        let page = self.post("/orgprompt", &[("organization", email)]).await;
        let url = page.is(200).goes_on_to();
        let answer = self.hop(&url).await;
        self.follow(answer).await
    }

    /// Logs in on the page of the company's provider, and stops before the product hears of it: its callback.
    pub(crate) async fn up_to_the_callback(&mut self, page: &Answer, email: &str) -> Url {
        let mut answer = self.fill(page, &[("username", email), ("password", PASSWORD)]).await;
        loop {
            let there = answer.location();
            if self.site.is_home_of(&there) {
                return there;
            }
            answer = self.hop(&there).await;
        }
    }

    /// Logs in on the page of the company's provider, and follows where that leads.
    pub(crate) async fn at_the_company(&mut self, page: &Answer, email: &str) -> Answer {
        assert!(!self.site.is_home_of(&page.url), "{}", page.summary());
        let answer = self.fill(page, &[("username", email), ("password", PASSWORD)]).await;
        self.follow(answer).await
    }
}

impl Answer {
    /// Where a page leads that goes on by itself.
    pub(crate) fn goes_on_to(&self) -> Url {
        self.goes_on_by_itself().expect("a page that goes on")
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
