//! An organization's own identity provider: connected by its administrator, and who comes in through it.

use std::sync::Arc;
use std::time::Duration;

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

const CLIENT: &str = "tenantry-at-corp";
const SECRET: &str = "the-secret-of-tenantry-at-corp";
const DOMAIN: &str = "corp.example";
const RECORD: &str = "_tenantry-challenge.corp.example";
/// Who has an account at the company's provider: a colleague, one whose address is not verified, and one with an address
/// of somebody else's.
const BO: &str = "bo@corp.example";
const UNA: &str = "una@corp.example";
const EVE: &str = "eve@victim.example";

/// A product, a company with an identity provider of its own, and its administrator.
struct Corp {
    site: Site,
    dns: Dns,
    admin: Browser,
    /// Where the company's provider is.
    issuer: Url,
    _server: JoinSet<()>,
}

impl Corp {
    async fn new() -> Self {
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
        let mut server = JoinSet::new();
        server.spawn(async move {
            let () = fake.serve(listener, None, std::future::pending()).await;
        });
        let admin = site.administrator("ann@nowhere.example", "corp").await;
        Self { site, dns, admin, issuer, _server: server }
    }

    /// The same, with a connection that is set up and turned on.
    async fn connected() -> (Self, String) {
        let mut corp = Self::new().await;
        let id = corp.begins().await;
        corp.proves(&id).await;
        corp.enters(&id, SECRET).await.leads_to(&step(&id, "test"));
        corp.tests_as(&id, BO).await;
        corp.turns_on(&id).await;
        (corp, id)
    }

    async fn begins(&mut self) -> String {
        let begun = self.admin.post("/admin/sso", &[("kind", "oidc")]).await;
        let there = begun.is(303).location();
        assert!(there.query().unwrap().ends_with("step=domain"), "{there}");
        there.query_pairs().find(|(name, _)| name == "connection").unwrap().1.into_owned()
    }

    /// Claims the domain, publishes the record that the page shows, and checks.
    async fn proves(&mut self, id: &str) {
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

    async fn enters(&mut self, id: &str, secret: &str) -> Answer {
        let fields = [
            ("connection", id),
            ("discovery_url", self.issuer.as_str()),
            ("client_id", CLIENT),
            ("client_secret", secret),
        ];
        self.admin.post("/admin/sso/credentials", &fields).await
    }

    /// The administrator tries the connection with this account: the report.
    async fn tests_as(&mut self, id: &str, email: &str) -> Answer {
        let asked = self.admin.get(&format!("/admin/sso/test?connection={id}")).await;
        let page = self.admin.follow(asked).await;
        // The company's provider may know the browser already.
        if self.site.address.is_home_of(&page.url) {
            return page;
        }
        self.admin.at_the_company(&page, email).await
    }

    async fn turns_on(&mut self, id: &str) {
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

    /// Somebody enters this address where organizations are looked up.
    async fn enters_address(&self, email: &str) -> (Browser, Answer) {
        let mut browser = self.site.browser();
        let page = browser.post("/orgprompt", &[("organization", email)]).await;
        page.is(200);
        let url = page.body.split("content=\"0; url=").nth(1).and_then(|rest| rest.split('"').next());
        let url = url.expect("a page that goes on").replace("&#38;", "&").replace("&amp;", "&");
        let answer = browser.hop(&Url::parse(&url).unwrap()).await;
        let page = browser.follow(answer).await;
        (browser, page)
    }

    /// Somebody comes in through the company's provider, sent there by an address in the company's domain.
    async fn comes(&self, email: &str) -> (Browser, Answer) {
        let (mut browser, page) = self.enters_address(&format!("anybody@{DOMAIN}")).await;
        let end = browser.at_the_company(&page, email).await;
        (browser, end)
    }

    /// The page on the connection, as its administrator sees it.
    async fn connection(&mut self, id: &str) -> Answer {
        self.admin.get(&format!("/admin/sso/connection?connection={id}")).await
    }
}

impl Browser {
    /// Logs in on the page of the company's provider, and follows where that leads.
    async fn at_the_company(&mut self, page: &Answer, email: &str) -> Answer {
        assert!(!self.site.is_home_of(&page.url), "{}", page.summary());
        let answer = self.fill(page, &[("username", email), ("password", PASSWORD)]).await;
        self.follow(answer).await
    }
}

fn step(id: &str, step: &str) -> String {
    format!("/admin/sso/set-up?connection={id}&step={step}")
}

/// The number that a refused person is shown.
fn reference(page: &Answer) -> String {
    let text = page.text();
    let number =
        text.split("tell them the reference ").nth(1).unwrap_or_else(|| panic!("{}", page.summary()));
    number.split('.').next().unwrap().to_owned()
}

#[tokio::test]
async fn an_administrator_connects_a_provider_from_nothing_to_a_colleagues_first_login() {
    let mut corp = Corp::new().await;
    let id = corp.begins().await;
    corp.proves(&id).await;
    corp.enters(&id, SECRET).await.leads_to(&step(&id, "test"));
    let report = corp.tests_as(&id, BO).await;
    assert_eq!(report.url.path(), "/api/auth/callback", "{}", report.summary());
    assert!(report.is(200).says("It works") && report.says(BO), "{}", report.summary());
    assert!(corp.admin.is_signed_in().await, "a test signs nobody in or out");
    assert!(corp.admin.get("/admin/members").await.says("ann@nowhere.example"));
    assert!(!corp.admin.get("/admin/members").await.says(BO), "and makes nobody a member");
    corp.turns_on(&id).await;

    let (mut bo, end) = corp.comes(BO).await;
    assert_eq!((end.url.path(), end.status.as_u16()), ("/home", 200), "{}", end.summary());
    assert!(bo.get("/home/profile").await.says("Role Employee"));
    assert!(corp.admin.get("/admin/members").await.says(BO));
    assert!(corp.connection(&id).await.says("Last login"));
    let page = corp.connection(&id).await;
    assert!(page.says("1 person") && !page.body.contains(SECRET), "{}", page.summary());
}

#[tokio::test]
async fn s01_a_domain_that_is_not_proved_leads_nowhere() {
    let mut corp = Corp::new().await;
    let id = corp.begins().await;
    let fields = [("connection", &*id), ("domain", DOMAIN)];
    corp.admin.post("/admin/sso/domain", &fields).await.is(303);
    corp.enters(&id, SECRET).await.is(303);
    corp.tests_as(&id, BO).await;
    corp.admin.post("/admin/sso/turn", &[("connection", &id), ("turn", "on")]).await.is(409);
    // S04: who has an account plays no part either.
    for email in [BO, "nobody@corp.example", "nobody@nowhere.example"] {
        let (_, page) = corp.enters_address(email).await;
        assert_eq!(page.url.origin(), corp.site.identity.origin(), "{email}: {}", page.summary());
    }
}

#[tokio::test]
async fn s05_an_address_of_somebody_elses_is_refused_and_the_administrator_finds_why() {
    let (mut corp, id) = Corp::connected().await;
    let (mut eve, end) = corp.comes(EVE).await;
    assert_eq!(end.status.as_u16(), 403, "{}", end.summary());
    assert!(!end.says("domain") && !eve.is_signed_in().await, "{}", end.summary());
    let page = corp.connection(&id).await;
    assert!(page.says(&reference(&end)) && page.says("a domain that is not proved"), "{}", page.summary());
}

#[tokio::test]
async fn s06_an_address_that_is_not_verified_counts_only_when_the_administrator_says_so() {
    let (mut corp, id) = Corp::connected().await;
    let (_, end) = corp.comes(UNA).await;
    assert_eq!(end.status.as_u16(), 403, "{}", end.summary());
    assert!(corp.connection(&id).await.says("does not say that the e-mail address is verified"));
    let report = corp.tests_as(&id, UNA).await;
    assert!(report.says("the switch is in the People step"), "{}", report.summary());
    let fields = [
        ("connection", &*id),
        ("display_name", "Corp staff"),
        ("auto_membership", "yes"),
        ("trusts_addresses", "yes"),
    ];
    corp.admin.post("/admin/sso/people", &fields).await.is(303);
    let (_, end) = corp.comes(UNA).await;
    assert_eq!((end.url.path(), end.status.as_u16()), ("/home", 200), "{}", end.summary());
}

#[tokio::test]
async fn s09_a_connection_that_is_turned_off_meanwhile_lets_nobody_in() {
    let (mut corp, id) = Corp::connected().await;
    let (mut bo, page) = corp.enters_address(BO).await;
    corp.admin.post("/admin/sso/turn", &[("connection", &id), ("turn", "off")]).await.is(303);
    let end = bo.at_the_company(&page, BO).await;
    assert!(end.status.is_client_error() && !bo.is_signed_in().await, "{}", end.summary());
    let (_, page) = corp.enters_address(BO).await;
    assert_eq!(page.url.origin(), corp.site.identity.origin(), "{}", page.summary());
}

#[tokio::test]
async fn s11_a_wrong_secret_is_told_to_the_administrator_and_a_kept_one_stays_where_it_was() {
    let mut corp = Corp::new().await;
    let id = corp.begins().await;
    corp.proves(&id).await;
    corp.enters(&id, "another-secret").await.leads_to(&step(&id, "test"));
    let report = corp.tests_as(&id, BO).await;
    assert!(report.says("does not accept the client ID with this secret"), "{}", report.summary());
    corp.admin.post("/admin/sso/turn", &[("connection", &id), ("turn", "on")]).await.is(409);
    // With another client and no secret, the old one would go where it was not entered for.
    let fields = [
        ("connection", &*id),
        ("discovery_url", corp.issuer.as_str()),
        ("client_id", "other"),
        ("client_secret", ""),
    ];
    let refused = corp.admin.post("/admin/sso/credentials", &fields).await;
    assert!(refused.is(422).says("Enter the client secret"), "{}", refused.summary());
    corp.enters(&id, SECRET).await.leads_to(&step(&id, "test"));
    assert!(corp.tests_as(&id, BO).await.says("It works"));
}

#[tokio::test]
async fn s13_enforced_every_other_way_in_is_closed_but_for_whoever_may_break_the_glass() {
    let (mut corp, id) = Corp::connected().await;
    let mut cy = corp.site.member("cy@nowhere.example", "corp", &["Employee"]).await;
    let fields = [("connection", &*id), ("enforcement", "organization")];
    corp.admin.post("/admin/sso/policy", &fields).await.is(303);
    assert!(!cy.is_signed_in().await, "who was in is out");
    corp.site.clock.advance(Duration::from_secs(1));
    let mut browser = corp.site.browser();
    let asked = browser.post("/orgprompt", &[("organization", "corp")]).await;
    let page = browser.follow(asked).await;
    let answer = browser.fill(&page, &[("username", "cy@nowhere.example"), ("password", PASSWORD)]).await;
    let end = browser.follow(answer).await;
    assert!(end.is(403).says("own login"), "{}", end.summary());
    assert!(!browser.is_signed_in().await);
    // Its own link leads to the company's provider.
    let link = end.body.split("href=\"").find(|rest| rest.starts_with("/api/auth/login?organization="));
    let link = link.unwrap().split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&");
    let page = browser.open(&link).await;
    assert_eq!(page.url.origin(), corp.issuer.origin(), "{}", page.summary());

    let mut ann = corp.site.browser();
    ann.log_in_under("corp", "ann@nowhere.example").await;
    assert!(ann.get("/admin/activity").await.says("as only they may"), "it is noted");
}

#[tokio::test]
async fn a_domain_that_is_given_up_leads_nowhere_any_more() {
    let (mut corp, _) = Corp::connected().await;
    let (_, page) = corp.enters_address(BO).await;
    assert_eq!(page.url.origin(), corp.issuer.origin(), "{}", page.summary());
    corp.admin.post("/admin/sso/domain/release", &[("domain", DOMAIN)]).await.leads_to("/admin/sso");
    let (_, page) = corp.enters_address(BO).await;
    assert_eq!(page.url.origin(), corp.site.identity.origin(), "{}", page.summary());
}

#[tokio::test]
async fn fault02_nobody_elses_connection_can_be_touched_and_a_deleted_one_is_gone() {
    let (mut corp, id) = Corp::connected().await;
    let mut other = corp.site.administrator("dee@nowhere.example", "globex").await;
    assert!(!other.get("/admin/sso").await.says("Corp staff"));
    for path in ["/admin/sso/delete", "/admin/sso/turn", "/admin/sso/people", "/admin/sso/let-in-again"] {
        let fields = [("connection", &*id), ("turn", "off"), ("display_name", "Mine")];
        other.post(path, &fields).await.is(404);
    }
    assert!(corp.connection(&id).await.says("On"));
    assert!(corp.admin.get(&format!("/admin/sso/delete?connection={id}")).await.says("Nobody has come in"));
    corp.admin.post("/admin/sso/delete", &[("connection", &id)]).await.leads_to("/admin/sso");
    assert!(corp.admin.get("/admin/sso").await.says("Corp staff is deleted."));
    corp.connection(&id).await.is(404);
    let (_, page) = corp.enters_address(BO).await;
    assert_eq!(page.url.origin(), corp.site.identity.origin(), "{}", page.summary());
    // Its name is taken by nobody: the same can be set up again.
    let id = corp.begins().await;
    corp.admin.post("/admin/sso/domain", &[("connection", &id), ("domain", DOMAIN)]).await.is(303);
    corp.enters(&id, SECRET).await.leads_to(&step(&id, "test"));
}
