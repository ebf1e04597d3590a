//! Whom a connection has brought has the organization's account and none of their own: no page offers them what they have
//! not, and what would lead them back without a word.

use std::time::Duration;

use super::corp::{BO, Corp};
use crate::answer::Answer;
use crate::browser::Browser;

const CY: &str = "cy@nowhere.example";
const ANOTHER: &str = "/api/auth/login?prompt=login&amp;returnTo=";
const OWN: &str = "/api/auth/login?returnTo=";

impl Answer {
    /// Whether the page leads to a login with another account, or only with one's own.
    #[track_caller]
    fn asks_for_another(&self, expected: bool) {
        let (another, own) = (self.body.contains(ANOTHER), self.body.contains(OWN));
        assert_eq!((another, own), (expected, !expected), "{}", self.summary());
    }
}

impl Browser {
    /// Goes where the page's login with another account leads: the provider asks for one, though it knows the browser.
    async fn is_asked_for_an_account(&mut self, page: &Answer) {
        let rest = page.body.split(ANOTHER).nth(1).unwrap_or_else(|| panic!("{}", page.summary()));
        let there = rest.split('"').next().unwrap();
        let asked = self.open(&format!("/api/auth/login?prompt=login&returnTo={there}")).await;
        assert!(!self.site.is_home_of(&asked.url), "{}", asked.summary());
        assert!(asked.is(200).forms().iter().any(|form| form.has("username")), "{}", asked.summary());
    }
}

#[tokio::test]
async fn pages_offer_whom_a_connection_has_brought_another_account_and_others_their_own() {
    let (corp, _) = Corp::connected().await;
    let mut cy = corp.site.member(CY, "corp", &["Employee"]).await;
    let mut bo = corp.is_let_in(BO).await;
    corp.site.clock.advance(Duration::from_secs(61));
    for (person, is_brought) in [(&mut bo, true), (&mut cy, false)] {
        let page = person.get("/home").await;
        page.is(200).asks_for_another(is_brought);
        assert_eq!(page.says("Personal account"), !is_brought, "{}", page.text());
        let page = person.get("/organizations").await;
        page.is(200).asks_for_another(is_brought);
        assert!(page.says("You are here") && page.says("Personal account") != is_brought, "{}", page.text());
        let page = person.get("/organizations/new").await;
        assert!(page.is(200).says("You are signed in under corp"), "{}", page.text());
        assert_eq!(page.says("Sign in with another account"), is_brought, "{}", page.text());
        assert_eq!(page.says("Go on with your own account"), !is_brought, "{}", page.text());
        person.get("/orgprompt").await.is(200).asks_for_another(is_brought);
        let page = person.get("/home/account/sessions").await;
        assert_ne!(page.is(200).links_to("/home/account/password"), is_brought, "{}", page.text());
    }
    let page = bo.get("/organizations/new").await;
    bo.is_asked_for_an_account(&page).await;
    for (person, email, is_brought) in [(&mut bo, BO, true), (&mut cy, CY, false)] {
        corp.site.management().await.take_role("corp", email, "Employee").await;
        corp.site.clock.advance(Duration::from_secs(61));
        let page = person.get("/home").await;
        assert!(page.is(200).says("You have no role in corp"), "{}", page.text());
        page.asks_for_another(is_brought);
    }
}

#[tokio::test]
async fn what_the_company_keeps_is_said_to_be_changed_there() {
    let (corp, _) = Corp::connected().await;
    let mut cy = corp.site.member(CY, "corp", &["Employee"]).await;
    let mut bo = corp.is_let_in(BO).await;
    let page = bo.get("/home/profile").await;
    assert!(
        page.is(200).says("Your name is kept by your organization’s identity provider"),
        "{}",
        page.text()
    );
    assert!(page.says("has it: it is changed there") && !page.says("Your account stays"), "{}", page.text());
    assert!(
        !page.links_to("/home/account/password") && !page.body.contains("name=\"name\""),
        "{}",
        page.text()
    );
    bo.post("/home/profile", &[("name", "Bo Lee")]).await.is(422);
    let page = cy.get("/home/profile").await;
    assert!(
        page.is(200).links_to("/home/account/password") && page.says("Your account stays"),
        "{}",
        page.text()
    );
    assert_eq!(page.field("name"), CY);
}

#[tokio::test]
async fn whoever_has_no_password_is_told_so_before_they_log_in_once_more() {
    let (corp, _) = Corp::connected().await;
    let mut cy = corp.site.member(CY, "corp", &["Employee"]).await;
    let mut bo = corp.is_let_in(BO).await;
    corp.site.clock.advance(crate::account::A_WHILE);
    assert!(cy.get("/home/account/password").await.is(200).says("Log in once more"));
    for page in [bo.get("/home/account/password").await, bo.post("/home/account/password", &[]).await] {
        assert!(page.is(409).says("your password is there, and is changed there"), "{}", page.summary());
    }
}

#[tokio::test]
async fn whoever_is_removed_is_not_led_into_the_organization_again() {
    let (mut corp, _) = Corp::connected().await;
    let mut cy = corp.site.member(CY, "corp", &["Employee"]).await;
    let mut bo = corp.is_let_in(BO).await;
    for email in [BO, CY] {
        let user = corp.site.management().await.user_id(email).await;
        corp.admin.post("/admin/members/remove", &[("user_id", &user)]).await.is(303);
    }
    for (person, is_brought) in [(&mut bo, true), (&mut cy, false)] {
        let told = person.get("/home").await;
        assert!(told.is(403).says("You are no longer a member of corp"), "{}", told.text());
        assert_eq!(told.says("Your own account is as it was"), !is_brought, "{}", told.text());
        assert_eq!(told.says("Sign in with another account"), is_brought, "{}", told.text());
    }
}

#[tokio::test]
async fn whom_a_connection_has_brought_leaves_and_is_signed_out() {
    let (mut corp, id) = Corp::connected().await;
    let mut bo = corp.is_let_in(BO).await;
    let page = bo.get("/home/leave").await;
    let said = "Signing in with Corp staff makes you a member again, as a newcomer.";
    assert!(page.is(200).says(said) && !page.says("You keep your own account"), "{}", page.text());
    let fields = [("connection", &*id), ("display_name", "Corp staff"), ("default_role", "Employee")];
    corp.admin.post("/admin/sso/people", &fields).await.is(303);
    let page = bo.get("/home/leave").await;
    assert!(page.is(200).says("Only an Administrator lets you in again."), "{}", page.text());

    let answer = bo.post("/home/leave", &[]).await;
    let front = bo.follow(answer).await;
    assert_eq!((front.url.path(), front.status.as_u16()), ("/", 200), "{}", front.summary());
    assert!(front.says("You have left corp.") && !bo.get("/").await.says("You have left corp."), "said once");
    assert!(!bo.is_signed_in().await && corp.members("corp").await.len() == 1, "only Ann is left");
    // Nor does the provider know the browser any more.
    let page = bo.open("/api/auth/login?returnTo=/home").await;
    assert!(!corp.site.address.is_home_of(&page.url), "{}", page.summary());
}
