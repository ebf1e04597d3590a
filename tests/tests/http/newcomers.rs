//! Who comes through the organization's own login: as long as a seat is free, whoever gave the role and whenever.

use std::time::Duration;

use reqwest::Method;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use tenantry_fake::SeedFile;
use tenantry_tests::steps::PASSWORD;

use crate::answer::Answer;
use crate::browser::Browser;
use crate::management::Management;
use crate::provider::{M2M, Provider, WEB};
use crate::site::Site;

const ANN: &str = "ann@acme.example";
const BO: &str = "bo@acme.example";
const CY: &str = "cy@acme.example";
const ROLE_ACTION: &str = include_str!("../../../adapters/auth0/actions/set_default_member_role.js");

/// Who gives newcomers their role at the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gives {
    /// What the provider for development does by itself.
    BuiltIn,
    /// The Action that set-up deploys.
    OurAction,
}

/// Acme, with an identity provider of its own; of its twenty seats these are taken, Ann's among them.
struct Acme {
    _provider: Provider,
    site: Site,
    management: Management,
}

impl Acme {
    async fn with(taken: usize, gives: Gives) -> Self {
        let (provider, site) = Provider::with_site().await;
        let management = provider.management().await;
        let roles = management.call(Method::GET, "roles?per_page=100", None).await;
        let employee = roles.as_array().unwrap().iter().find(|role| role["name"] == "Employee").unwrap();
        let mut users = vec![json!({ "email": ANN, "email_verified": true, "password": PASSWORD })];
        let mut members = vec![json!({ "user": ANN, "roles": ["Administrator"] })];
        for number in 1..taken {
            let email = format!("user{number}@acme.example");
            users.push(json!({ "email": email }));
            members.push(json!({ "user": email, "roles": ["Employee"] }));
        }
        let file = json!({
            "clients": [{ "name": WEB, "settings": { "client_metadata": { "tenantry": "web" } } }],
            "connections": [{ "name": "acme-entra", "strategy": "oidc" }],
            "users": users,
            "organizations": [{
                "name": "acme",
                "metadata": { "subscription": "team;2027-01-02T03:04:05.678Z;active" },
                "connections": [
                    "Username-Password-Authentication",
                    { "connection": "acme-entra", "assign_membership_on_login": true },
                ],
                "members": members,
            }],
            "actions": action(&provider, gives, employee["id"].as_str().unwrap()),
        });
        provider.fake.seed(&SeedFile::from_json(file).unwrap()).await.unwrap();
        Self { _provider: provider, site, management }
    }

    async fn ann(&self) -> Browser {
        let mut ann = self.site.browser();
        ann.log_in_under("acme", ANN).await;
        ann
    }

    /// Somebody comes through the organization's own login.
    async fn comes(&self, email: &str) -> (Browser, Answer) {
        let mut browser = self.site.browser();
        let mut asked = browser.leaves_for("acme").await;
        asked.query_pairs_mut().append_pair("connection", "acme-entra");
        let page = browser.hop(&asked).await;
        let page = browser.follow(page).await;
        let answer = browser.fill(&page, &[("email", email), ("name", email)]).await;
        let end = browser.follow(answer).await;
        (browser, end)
    }

    async fn is_refused(&self, email: &str) {
        let (mut browser, end) = self.comes(email).await;
        assert_eq!((end.url.path(), end.status.as_u16()), ("/home/no-seat", 200), "{}", end.summary());
        assert!(end.says("Every seat of acme is taken"), "{}", end.summary());
        self.has_nothing(&mut browser).await;
        // What is read at the provider a minute later gives nothing either.
        self.site.clock.advance(Duration::from_secs(61));
        self.has_nothing(&mut browser).await;
    }

    async fn has_nothing(&self, browser: &mut Browser) {
        assert!(browser.get("/home").await.is(200).says("You have no role in acme"));
        browser.get("/admin").await.is(403);
        assert!(browser.get("/home/profile").await.is(200).says("Role None"));
    }

    async fn is_let_in(&self, email: &str) {
        let (mut browser, end) = self.comes(email).await;
        assert_eq!((end.url.path(), end.status.as_u16()), ("/home", 200), "{}", end.summary());
        self.site.clock.advance(Duration::from_secs(61));
        assert!(browser.has_courses().await);
        assert!(browser.get("/home/profile").await.is(200).says("Role Employee"));
    }
}

fn action(provider: &Provider, gives: Gives, role_id: &str) -> Value {
    let client = provider.fake.client(M2M).unwrap();
    if gives == Gives::BuiltIn {
        return json!([]);
    }
    json!([{
        "name": "Set_Default_Member_Role",
        "code": ROLE_ACTION,
        "bound": true,
        "dependencies": { "auth0": "4.37.1" },
        "secrets": {
            "domain": provider.url.authority(),
            "clientId": client.client_id,
            "clientSecret": client.client_secret.expose_secret(),
            "roleId": role_id,
        },
    }])
}

#[tokio::test]
async fn whoever_gives_the_role_nobody_enters_beyond_the_seats() {
    for gives in [Gives::BuiltIn, Gives::OurAction] {
        let acme = Acme::with(19, gives).await;
        acme.is_let_in(BO).await;
        acme.is_refused(CY).await;
        let mut ann = acme.ann().await;
        let overview = ann.get("/admin").await;
        assert!(
            overview.is(200).says("20 members, 0 invited, 20 seats"),
            "{gives:?}: {}",
            overview.summary()
        );
        assert!(overview.says(CY), "who was turned away is named: {}", overview.summary());
        // Whoever has a role is asked for no seat.
        acme.is_let_in(BO).await;
    }
}

#[tokio::test]
async fn whoever_was_refused_takes_no_seat_and_is_asked_again_at_the_next_login() {
    let acme = Acme::with(20, Gives::BuiltIn).await;
    for email in [BO, CY] {
        acme.is_refused(email).await;
    }
    let mut ann = acme.ann().await;
    assert!(ann.invite("di@acme.example").await.is(422).says("Every seat is taken"));
    assert!(ann.get("/admin").await.says("20 members, 0 invited, 20 seats"));

    // One seat is free: not for who came first, but for who asks first.
    let gone = acme.management.user_id("user1@acme.example").await;
    ann.post("/admin/members/remove", &[("user_id", &gone)]).await.leads_to("/admin/members");
    ann.invite("di@acme.example").await.is(200);
    acme.is_refused(CY).await;
    let id = ann.get("/admin/members").await.field("invitation");
    ann.post("/admin/members/revoke-invitation", &[("invitation", &id)]).await.is(303);
    acme.is_let_in(CY).await;
    acme.is_refused(BO).await;
}

#[tokio::test]
async fn nobody_is_given_a_first_role_beyond_the_seats() {
    let acme = Acme::with(20, Gives::BuiltIn).await;
    acme.is_refused(BO).await;
    let (mut ann, bo) = (acme.ann().await, acme.management.user_id(BO).await);
    for (path, role) in [
        ("/admin/members/edit-member", "role.Employee"),
        ("/admin/members/edit-member", "role.Administrator"),
        ("/admin/members/transfer", ""),
    ] {
        let refused = ann.post(path, &[("user_id", &bo), (role, "on")]).await;
        assert!(refused.is(409).says("very seat is taken"), "{path}: {}", refused.summary());
    }
    let gone = acme.management.user_id("user1@acme.example").await;
    ann.post("/admin/members/remove", &[("user_id", &gone)]).await.leads_to("/admin/members");
    let given = ann.post("/admin/members/edit-member", &[("user_id", &bo), ("role.Employee", "on")]).await;
    given.leads_to("/admin/members");
    assert!(ann.get("/admin").await.says("20 members, 0 invited, 20 seats"));
}
