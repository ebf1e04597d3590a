//! Who comes through the company's provider and is no member: whether they become one, and how they ask.

use std::time::Duration;

use tenantry_fake::Fault;

use super::corp::{BO, Corp, DOMAIN, EVE, UNA};
use crate::answer::Answer;
use crate::browser::Browser;

impl Corp {
    /// The same, and newcomers do not become members by themselves.
    pub(crate) async fn closed_to_newcomers() -> (Self, String) {
        let (mut corp, id) = Self::connected().await;
        let fields = [("connection", &*id), ("display_name", "Corp staff"), ("default_role", "Employee")];
        corp.admin.post("/admin/sso/people", &fields).await.is(303);
        (corp, id)
    }

    /// Somebody comes, is no member, and asks to be one.
    pub(crate) async fn asks(&self, email: &str) -> (Browser, Answer) {
        let (mut browser, end) = self.comes(email).await;
        let end = browser.asks_to_be_let_in(&end).await;
        (browser, end)
    }

    /// The roles at our provider of whoever the company calls this; `None` when they are no member.
    pub(crate) async fn roles_at_the_provider(&self, id: &str) -> Option<Vec<String>> {
        let members = self.members("corp").await;
        members.into_iter().find(|(member, _)| member == id).map(|(_, roles)| roles)
    }

    /// The id that the page of members has of who asks.
    pub(crate) async fn asker(&mut self) -> Option<String> {
        self.admin.asker().await
    }
}

impl Browser {
    /// Asks to be let in on the page that says that one is no member.
    pub(crate) async fn asks_to_be_let_in(&mut self, end: &Answer) -> Answer {
        assert!(end.is(403).says("You are not a member yet"), "{}", end.summary());
        self.presses_the_button(end).await
    }

    /// The id that the page of members has of who asks.
    pub(crate) async fn asker(&mut self) -> Option<String> {
        let page = self.get("/admin/members").await;
        let form = page.body.split("action=\"/admin/members/grant-access\"").nth(1)?;
        let value = form.split("name=\"user_id\" value=\"").nth(1)?;
        Some(value.split('"').next()?.replace("&#124;", "|"))
    }
}

impl Browser {
    /// Asks to be let in by the button of this page, and goes where that leads.
    pub(crate) async fn presses_the_button(&mut self, page: &Answer) -> Answer {
        let (organization, connection) = (page.field("organization"), page.field("connection"));
        let fields = [("organization", &*organization), ("connection", &connection)];
        let asked = self.post("/api/auth/ask-for-access", &fields).await;
        self.follow(asked).await
    }
}

#[tokio::test]
async fn somebody_who_is_no_member_asks_and_is_let_in() {
    let (mut corp, _) = Corp::closed_to_newcomers().await;
    assert_eq!(corp.asker().await, None);
    let (mut bo, end) = corp.asks(BO).await;
    assert!(end.is(200).says("can see that you ask"), "{}", end.summary());
    assert!(!bo.is_signed_in().await, "asking signs nobody in");
    let page = corp.admin.get("/admin/members").await;
    assert!(page.says("Asking to join") && page.says(BO), "{}", page.summary());
    assert!(corp.admin.get("/admin/activity").await.says("Asked to be let in"));
    // Asking again is asking once.
    corp.asks(BO).await;
    assert_eq!(corp.admin.get("/admin/members").await.body.matches("decline-access").count(), 1);

    let user = corp.asker().await.unwrap();
    // Not as what newcomers would become: that would be given at the login, too.
    let fields = [("user_id", &*user), ("role", "Administrator")];
    corp.admin.post("/admin/members/grant-access", &fields).await.leads_to("/admin/members");
    assert_eq!(corp.asker().await, None);
    corp.admin.post("/admin/members/grant-access", &fields).await.is(404);
    let (mut bo, end) = corp.comes(BO).await;
    assert_eq!((end.url.path(), end.status.as_u16()), ("/home", 200), "{}", end.summary());
    assert!(bo.get("/home/profile").await.says("Role Administrator"));
}

#[tokio::test]
async fn who_is_not_let_in_may_ask_again_and_who_need_not_ask_is_led_in() {
    let (mut corp, id) = Corp::closed_to_newcomers().await;
    corp.asks(BO).await;
    let user = corp.asker().await.unwrap();
    corp.admin.post("/admin/members/decline-access", &[("user_id", &user)]).await.leads_to("/admin/members");
    assert_eq!(corp.asker().await, None);
    let (mut bo, end) = corp.comes(BO).await;
    assert!(end.is(403).says("You are not a member yet"), "{}", end.summary());
    // Meanwhile newcomers are let in: the same button leads in.
    let fields = [("connection", &*id), ("display_name", "Corp staff"), ("auto_membership", "yes")];
    corp.admin.post("/admin/sso/people", &fields).await.is(303);
    let end = bo.presses_the_button(&end).await;
    assert_eq!((end.url.path(), end.status.as_u16()), ("/home", 200), "{}", end.summary());
    assert_eq!(corp.asker().await, None);
}

#[tokio::test]
async fn nobody_asks_with_an_address_that_the_organization_does_not_vouch_for() {
    let (mut corp, _) = Corp::closed_to_newcomers().await;
    for email in [EVE, UNA] {
        let (_, end) = corp.asks(email).await;
        assert_eq!(end.status.as_u16(), 403, "{email}: {}", end.summary());
        assert!(!end.says("can see that you ask"));
    }
    assert_eq!(corp.asker().await, None);
}

#[tokio::test]
async fn who_asks_one_organization_is_nobody_to_another() {
    let (mut corp, id) = Corp::closed_to_newcomers().await;
    corp.asks(BO).await;
    let user = corp.asker().await.unwrap();
    let mut other = corp.site.administrator("dee@nowhere.example", "globex").await;
    assert!(!other.get("/admin/members").await.says(BO));
    let fields = [("user_id", &*user), ("role", "Administrator")];
    other.post("/admin/members/grant-access", &fields).await.is(404);
    other.post("/admin/members/decline-access", &fields).await.is(404);
    assert_eq!(corp.asker().await.as_deref(), Some(&*user), "nothing has changed");
    // The link leads nowhere under another organization.
    let globex = corp.site.management().await.organization_id("globex").await;
    let link = format!("/api/auth/ask-for-access?organization={globex}&connection={id}");
    corp.site.browser().get(&link).await.is(404);
    let fields = [("organization", &*globex), ("connection", &*id)];
    corp.site.browser().post("/api/auth/ask-for-access", &fields).await.is(404);
}

#[tokio::test]
async fn a_link_alone_asks_nothing_in_anybodys_name() {
    let (mut corp, id) = Corp::closed_to_newcomers().await;
    // The company's provider knows the browser: a login there asks for nothing.
    let (mut bo, _) = corp.comes(BO).await;
    let organization = corp.site.management().await.organization_id("corp").await;
    let link = format!("/api/auth/ask-for-access?organization={organization}&connection={id}");
    let page = bo.open(&link).await;
    assert!(page.is(200).says("Ask to be let in"), "{}", page.summary());
    assert_eq!(corp.asker().await, None, "whoever sent the link has asked in Bo's name");
    let end = bo.presses_the_button(&page).await;
    assert!(end.is(200).says("can see that you ask"), "{}", end.summary());
    assert!(corp.asker().await.is_some());
}

#[tokio::test]
async fn nobody_is_let_in_whom_the_organizations_provider_does_not_vouch_for_any_more() {
    let (mut corp, id) = Corp::closed_to_newcomers().await;
    corp.asks(BO).await;
    let user = corp.asker().await.unwrap();
    let fields = [("user_id", &*user), ("role", "Employee")];
    let grant = "/admin/members/grant-access";
    let ways = [
        (
            "/admin/sso/turn",
            vec![("connection", &*id), ("turn", "off")],
            "Corp staff, through which they came, is turned off",
        ),
        (
            "/admin/sso/domain/remove",
            vec![("connection", &*id), ("domain", DOMAIN)],
            "corp.example, the domain of their address",
        ),
    ];
    for (path, change, words) in ways {
        corp.admin.post(path, &change).await.is(303);
        let refused = corp.admin.post(grant, &fields).await;
        assert!(refused.is(409).says(words) && refused.links_to("/admin/sso"), "{}", refused.summary());
        assert!(corp.members("corp").await.iter().all(|(member, _)| member != "bo"));
        assert_eq!(corp.asker().await.as_deref(), Some(&*user), "they ask still");
        if path.ends_with("turn") {
            corp.admin.post(path, &[("connection", &*id), ("turn", "on")]).await.is(303);
        }
    }
    corp.admin.post("/admin/sso/domain", &[("connection", &*id), ("domain", DOMAIN)]).await.is(303);
    corp.admin.post(grant, &fields).await.leads_to("/admin/members");
    corp.is_let_in(BO).await;
}

#[tokio::test]
async fn who_has_become_a_member_by_other_means_keeps_what_they_have_and_nothing_else_is_claimed() {
    let (mut corp, _) = Corp::closed_to_newcomers().await;
    corp.asks(BO).await;
    let user = corp.asker().await.unwrap();
    corp.site.management().await.add_member("corp", BO, &["Administrator"]).await;
    let fields = [("user_id", &*user), ("role", "Employee")];
    corp.admin.post("/admin/members/grant-access", &fields).await.leads_to("/admin/members");
    let page = corp.admin.get("/admin/members").await;
    assert!(page.says("was a member already, as Administrator. Nothing was changed."), "{}", page.summary());
    assert_eq!(corp.asker().await, None);
    assert!(!corp.admin.get("/admin/activity").await.says("Let somebody in"));
    assert_eq!(corp.roles_at_the_provider("bo").await.unwrap(), ["Administrator"]);
}

#[tokio::test]
async fn who_is_let_in_while_their_own_login_is_refused_stays_in() {
    let (mut corp, id) = Corp::closed_to_newcomers().await;
    corp.asks(BO).await;
    let user = corp.asker().await.unwrap();
    // While newcomers were let in they came as far as the provider, which made them a member.
    let rules = |auto: &'static str| {
        [("connection", id.clone()), ("display_name", "Corp staff".to_owned()), (auto, "yes".to_owned())]
    };
    let turns = async |corp: &mut Corp, auto| {
        let fields = rules(auto);
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        corp.admin.post("/admin/sso/people", &fields).await.is(303);
    };
    turns(&mut corp, "auto_membership").await;
    let (mut bo, page) = corp.enters_address(BO).await;
    let callback = bo.up_to_the_callback(&page, BO).await;
    assert_eq!(corp.roles_at_the_provider("bo").await.unwrap(), ["Employee"]);
    turns(&mut corp, "trusts_addresses").await;

    // The grant has its turn while the login is looked at, and whoever is second sees what the first has done.
    let slowly = Fault::delay(Duration::from_secs(1)).on("POST", "/api/v2/organizations/*/members");
    corp.site.fake().faults().add(slowly);
    let fields = [("user_id", &*user), ("role", "Employee")];
    let later = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        bo.hop(&callback).await
    };
    let (granted, refused) = tokio::join!(corp.admin.post("/admin/members/grant-access", &fields), later);
    granted.leads_to("/admin/members");
    refused.is(403);
    assert_eq!(corp.roles_at_the_provider("bo").await.unwrap(), ["Employee"]);
    corp.is_let_in(BO).await;
}

#[tokio::test]
async fn who_is_refused_is_no_member_at_the_provider_either() {
    let (mut corp, _) = Corp::connected().await;
    let (_, end) = corp.comes(EVE).await;
    assert_eq!(end.status.as_u16(), 403, "{}", end.summary());
    assert!(
        !corp.admin.get("/admin/members").await.says(EVE),
        "the provider made a member, and it is taken back"
    );
    let (_, end) = corp.comes(BO).await;
    assert_eq!(end.url.path(), "/home", "{}", end.summary());
    assert!(corp.admin.get("/admin/members").await.says(BO));
}
