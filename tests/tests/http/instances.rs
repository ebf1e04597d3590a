//! Two instances of one product, which share a PostgreSQL server: what was done through one holds at the other from the
//! next request on, and of two at the same moment one is right.

use std::sync::Arc;
use std::time::Duration;

use tenantry_ports::testkit::FixedClock;
use tenantry_sql::testkit::PostgresServer;
use tenantry_tests::steps::PASSWORD;
use tokio::task::JoinSet;

use crate::browser::Browser;
use crate::management::Management;
use crate::provider::{M2M, Provider, Trouble, WEB, settings_for};
use crate::site::{NOW, Site, free_port};

const ANN: &str = "ann@example.com";
const EVE: &str = "eve@example.com";
const EDIT: &str = "/admin/members/edit-member";
const REMOVE: &str = "/admin/members/remove";

/// Two instances behind one address. People reach the one that a test says.
struct Instances {
    first: Site,
    second: Site,
    provider: Provider,
    _server: Arc<PostgresServer>,
}

impl Instances {
    async fn start() -> Self {
        let server = PostgresServer::shared();
        let database = server.database().await;
        for _ in 0..20 {
            let (port, clock) = (free_port(), Arc::new(FixedClock::at(NOW)));
            let provider = Provider::start(&format!("http://localhost:{port}/"), &clock).await;
            let clients = || [WEB, M2M].map(|name| provider.fake.client(name));
            let instance = async |listen: u16| {
                let mut settings = settings_for(&provider.url, port, clients());
                settings.listen = format!("127.0.0.1:{listen}");
                settings.database_url = Some(database.clone());
                Site::try_start(settings, Arc::clone(&clock)).await
            };
            if let (Some(first), Some(second)) = (instance(port).await, instance(free_port()).await) {
                assert_ne!(first.address.socket(), second.address.socket());
                assert_eq!(first.address.url, second.address.url);
                return Self { first, second, provider, _server: server };
            }
        }
        panic!("no port is free")
    }

    /// Somebody with this one role in acme, signed in under it at the first instance.
    async fn member(&self, email: &str, role: &str) -> Browser {
        self.first.newcomer(email).await;
        self.management().await.add_member("acme", email, &[role]).await;
        let mut browser = self.first.browser();
        browser.log_in_under("acme", email).await;
        browser
    }

    async fn management(&self) -> Management {
        self.provider.management().await
    }

    fn a_moment_later(&self) {
        self.first.clock.advance(Duration::from_secs(1));
    }

    async fn stop(self) {
        self.first.stop().await;
        self.second.stop().await;
    }
}

impl Browser {
    /// The same browser: from here on its requests reach this instance.
    fn at(&self, instance: &Site) -> Self {
        Self { site: instance.address.clone(), ..self.clone() }
    }
}

#[tokio::test]
async fn a_journey_goes_on_wherever_its_next_request_comes_to() {
    let instances = Instances::start().await;
    let (first, second) = (&instances.first, &instances.second);
    let mut ann = first.browser();
    let page = ann.open("/api/auth/signup").await;
    // The provider sends her back to the other one, which has never heard of this login.
    let mut ann = ann.at(second);
    let answer = ann.fill(&page, &[("email", ANN), ("password", PASSWORD)]).await;
    let callback = answer.location();
    let home = ann.follow(answer).await;
    assert_eq!((home.url.path(), home.status.as_u16()), ("/home", 200), "{}", home.summary());
    let mut ann = ann.at(first);
    assert!(ann.is_signed_in().await);
    for instance in [first, second] {
        // What was redeemed at one is spent at both.
        let again = ann.at(instance).hop(&callback).await;
        assert!(
            !again.status.is_success() && again.set_cookies().iter().all(|cookie| !cookie.contains("sid="))
        );
    }

    // A purchase that is begun here is paid for there, and the organization is named here.
    let purchase = ann.new_purchase("team").await;
    let mut ann = ann.at(second);
    ann.charge("team", &purchase, tenantry_tests::steps::GOOD_CARD).await.leads_to("/home/register-business");
    let mut ann = ann.at(first);
    let answer = ann.name_organization("acme").await;
    let mut ann = ann.at(second);
    let home = ann.follow(answer).await;
    assert!(home.is(200).says("learning with acme"), "{}", home.summary());
    let token = ann.token().await;
    let mut ann = ann.at(first);
    let fields = [("csrf", token.as_str()), ("emails", EVE), ("role", "Employee"), ("hours", "168")];
    let sent = ann.post_exactly("/admin/members/add-member", &fields).await;
    assert!(sent.is(200).says("on the way"), "{}", sent.summary());
    let mut ann = ann.at(second);
    assert!(ann.get("/admin/members").await.is(200).says(EVE));
    let link = instances.management().await.invitation_link("acme", EVE).await;
    let mut eve = second.browser();
    let page = eve.accept(&link, "new").await;
    let answer = eve.fill(&page, &[("password", PASSWORD)]).await;
    let mut eve = eve.at(first);
    let home = eve.follow(answer).await;
    assert!(home.is(200).says("learning with acme"), "{}", home.summary());
    instances.stop().await;
}

#[tokio::test]
async fn fault13_whoever_is_removed_is_out_on_every_instance_with_their_next_request() {
    let instances = Instances::start().await;
    let ann = instances.first.administrator(ANN, "acme").await;
    for (number, (here, there)) in
        [(&instances.first, &instances.second), (&instances.second, &instances.first)].into_iter().enumerate()
    {
        let email = format!("eve{number}@example.com");
        let mut eve = instances.member(&email, "Employee").await.at(there);
        for _ in 0..2 {
            eve.get("/home").await.is(200);
            assert!(eve.is_signed_in().await);
        }
        let user = instances.management().await.user_id(&email).await;
        ann.at(here).post(REMOVE, &[("user_id", &user)]).await.leads_to("/admin/members");
        let told = eve.get("/home").await;
        assert!(told.is(403).says("You are no longer a member of acme"), "{}", told.summary());
        assert!(!eve.is_signed_in().await && !eve.at(here).is_signed_in().await);
        assert_eq!(eve.get("/api/v1/organization/members").await.status.as_u16(), 401);
    }
    instances.stop().await;
}

#[tokio::test]
async fn fault11_whoever_is_demoted_runs_nothing_on_every_instance_from_their_next_request_on() {
    let instances = Instances::start().await;
    let (first, second) = (&instances.first, &instances.second);
    let mut ann = first.administrator(ANN, "acme").await;
    let mut eve = instances.member(EVE, "Administrator").await.at(second);
    let user = instances.management().await.user_id(EVE).await;
    for path in ["/admin/members", "/api/v1/organization/members", "/admin/members"] {
        eve.get(path).await.is(200);
    }
    let token = eve.token().await;
    let mut at_home = eve.clone();
    ann.post(EDIT, &[("user_id", &user), ("role.Employee", "on")]).await.leads_to("/admin/members");
    let away = at_home.get("/home").await;
    assert!(away.is(303).header("location").starts_with("/api/auth/login"), "{}", away.summary());
    let invitation =
        [("csrf", token.as_str()), ("emails", "mallory@evil.example"), ("role", "Administrator")];
    let refused = eve.post_exactly("/admin/members/add-member", &invitation).await;
    assert!(!refused.status.is_success(), "{}", refused.summary());
    assert!(instances.management().await.invitations("acme").await.is_empty());
    for path in ["/api/v1/organization/members", "/api/auth/me"] {
        assert_eq!(eve.get(path).await.status.as_u16(), 401, "{path}");
    }
    let page = eve.get("/admin/members").await;
    assert!(!page.status.is_success(), "{}", page.summary());
    // She goes on as an Employee, at both.
    instances.a_moment_later();
    let home = eve.open("/home").await;
    assert!(home.is(200).says("learning with acme") && !home.links_to("/admin"), "{}", home.summary());
    for instance in [first, second] {
        eve.at(instance).get("/admin/members").await.is(403);
    }
    instances.stop().await;
}

#[tokio::test]
async fn what_is_changed_at_one_is_seen_at_the_other() {
    let instances = Instances::start().await;
    let (first, second) = (&instances.first, &instances.second);
    let mut ann = first.administrator(ANN, "acme").await;
    let mut there = ann.at(second);
    assert!(there.get("/home").await.is(200).says("learning with acme"));
    let looks = [
        ("display_name", "Acme & Sons"),
        ("colours", "own"),
        ("primary", "#7a1fa2"),
        ("background", "#ffffff"),
    ];
    ann.post("/admin/customization", &looks).await.is(303);
    let page = there.get("/home").await;
    assert!(page.is(200).says("Acme & Sons") && page.body.contains("7a1fa2"), "{}", page.summary());
    ann.post("/home/profile", &[("name", "Ann Ek")]).await.is(303);
    assert!(there.get("/home/profile").await.is(200).says("Ann Ek"));
    let purchase = ann.new_purchase("enterprise").await;
    ann.charge("enterprise", &purchase, tenantry_tests::steps::GOOD_CARD).await.is(303);
    assert!(there.get("/admin").await.is(200).says("Enterprise"), "{}", there.get("/admin").await.summary());
    // Signed out at one, signed out at both; and everywhere else at once.
    let mut phone = second.browser();
    phone.log_in(ANN).await;
    assert!(phone.is_signed_in().await && phone.at(first).is_signed_in().await);
    instances.a_moment_later();
    ann.post("/home/account/sessions/end-others", &[]).await.leads_to("/home/account/sessions");
    assert!(!phone.is_signed_in().await && there.is_signed_in().await);
    ann.post("/api/auth/logout", &[]).await.is(303);
    assert!(!there.is_signed_in().await);
    instances.stop().await;
}

#[tokio::test]
async fn i2_of_two_administrators_who_step_back_at_different_instances_one_stays() {
    let instances = Instances::start().await;
    let (first, second) = (&instances.first, &instances.second);
    first.administrator(ANN, "acme").await;
    let management = instances.management().await;
    let run_by =
        async || management.everything().await.to_string().matches(r#""name":"Administrator""#).count();
    let own = management.user_id(ANN).await;
    for round in 0..8 {
        let email = format!("eve{round}@example.com");
        management.add_member("acme", ANN, &["Administrator"]).await;
        let eve = instances.member(&email, "Administrator").await;
        instances.a_moment_later();
        let mut ann = second.browser();
        ann.log_in_under("acme", ANN).await;
        assert_eq!(run_by().await, 2, "round {round}");
        let user = management.user_id(&email).await;
        let mut steps = JoinSet::new();
        for (mut browser, user) in [(ann, own.clone()), (eve, user)] {
            steps.spawn(async move {
                browser.post(EDIT, &[("user_id", &user), ("role.Employee", "on")]).await.status.as_u16()
            });
        }
        let mut statuses = steps.join_all().await;
        statuses.sort_unstable();
        assert_eq!((run_by().await, statuses), (1, vec![303, 409]), "round {round}");
        management.take_role("acme", &email, "Administrator").await;
    }
    instances.stop().await;
}

#[tokio::test]
async fn i5_invitations_through_two_instances_never_exceed_the_seats() {
    let instances = Instances::start().await;
    let ann = instances.first.administrator(ANN, "acme").await;
    let token = ann.clone().token().await;
    // Whoever does not wait for the other has counted long before anything is written.
    instances.provider.has(Trouble::SlowChanges(Duration::from_millis(30)));
    let mut requests = JoinSet::new();
    for number in 0..40 {
        let instance = if number % 2 == 0 { &instances.first } else { &instances.second };
        let (mut window, token) = (ann.at(instance), token.clone());
        // Every address comes twice, once to each.
        let email = format!("user{}@acme.example", number / 2);
        requests.spawn(async move {
            let fields = [("csrf", token.as_str()), ("emails", email.as_str()), ("role", "Employee")];
            window.post_exactly("/admin/members/add-member", &fields).await.status.as_u16()
        });
    }
    let answers = requests.join_all().await;
    let sent = answers.iter().filter(|status| **status == 200).count();
    let listed = instances.management().await.invitations("acme").await.len();
    assert_eq!((sent, listed), (19, 19), "19 of 20 seats were free: {answers:?}");
    instances.stop().await;
}
