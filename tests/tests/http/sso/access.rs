//! Who comes through the company's provider and is no member: whether they become one, and how they ask.

use super::corp::{BO, Corp, EVE, UNA};
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

    /// The id that the page of members has of who asks.
    async fn asker(&mut self) -> Option<String> {
        self.admin.asker().await
    }
}

impl Browser {
    /// Asks to be let in on the page that says that one is no member.
    pub(crate) async fn asks_to_be_let_in(&mut self, end: &Answer) -> Answer {
        assert!(end.is(403).says("You are not a member yet"), "{}", end.summary());
        let link = end.body.split("href=\"").find(|rest| rest.starts_with("/api/auth/ask-for-access"));
        let link = link.unwrap().split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&");
        let asked = self.get(&link).await;
        self.follow(asked).await
    }

    /// The id that the page of members has of who asks.
    pub(crate) async fn asker(&mut self) -> Option<String> {
        let page = self.get("/admin/members").await;
        let form = page.body.split("action=\"/admin/members/grant-access\"").nth(1)?;
        let value = form.split("name=\"user_id\" value=\"").nth(1)?;
        Some(value.split('"').next()?.replace("&#124;", "|"))
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
    let fields = [("user_id", &*user), ("role", "Employee")];
    corp.admin.post("/admin/members/grant-access", &fields).await.leads_to("/admin/members");
    assert_eq!(corp.asker().await, None);
    corp.admin.post("/admin/members/grant-access", &fields).await.is(404);
    let (mut bo, end) = corp.comes(BO).await;
    assert_eq!((end.url.path(), end.status.as_u16()), ("/home", 200), "{}", end.summary());
    assert!(bo.get("/home/profile").await.says("Role Employee"));
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
    // Meanwhile newcomers are let in: the same link leads in.
    let fields = [("connection", &*id), ("display_name", "Corp staff"), ("auto_membership", "yes")];
    corp.admin.post("/admin/sso/people", &fields).await.is(303);
    let link = end.body.split("href=\"").find(|rest| rest.starts_with("/api/auth/ask-for-access"));
    let link = link.unwrap().split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&");
    let asked = bo.get(&link).await;
    let end = bo.follow(asked).await;
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
