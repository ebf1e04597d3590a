//! Single sign-on is demanded: every other way in is closed.

use serde_json::json;
use tenantry_fake::SeedFile;
use tenantry_tests::steps::PASSWORD;

use super::corp::{BO, CONFIRMED, Corp};
use crate::answer::Answer;
use crate::browser::Browser;

const CY: &str = "cy@nowhere.example";

impl Corp {
    /// Every member has to come through the connection, but for its administrator.
    pub(crate) async fn demands(&mut self, id: &str) {
        let fields = [("connection", id), ("enforcement", "organization"), CONFIRMED];
        let there = format!("/admin/sso/connection?connection={id}");
        self.admin.post("/admin/sso/policy", &fields).await.leads_to(&there);
        self.site.clock.advance(std::time::Duration::from_secs(1));
    }

    /// Somebody was refused, and is sent to the company's own login.
    async fn is_sent_to_the_company(&self, browser: &mut Browser, end: &Answer) {
        assert!(end.is(403).says("Sign in with your organization’s own login"), "{}", end.summary());
        let link = end.body.split("href=\"").find(|rest| rest.starts_with("/api/auth/login?organization="));
        let link = link.unwrap().split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&");
        let page = browser.open(&link).await;
        assert_eq!(page.url.origin(), self.issuer.origin(), "{}", page.summary());
    }
}

impl Browser {
    /// Comes to an organization by a connection of which only the provider knows.
    pub(crate) async fn comes_by(&mut self, organization: &str, connection: &str, email: &str) -> Answer {
        let mut asked = self.leaves_for(organization).await;
        asked.query_pairs_mut().append_pair("connection", connection);
        let page = self.hop(&asked).await;
        let page = self.follow(page).await;
        let answer = self.fill(&page, &[("email", email), ("name", "Cy")]).await;
        self.follow(answer).await
    }

    /// Logs in under corp by its name, with this password where one is asked for.
    async fn tries(&mut self, email: &str, password: &str) -> Answer {
        let asked = self.post("/orgprompt", &[("organization", "corp")]).await;
        let page = self.follow(asked).await;
        if self.site.is_home_of(&page.url) {
            return page;
        }
        let answer = self.fill(&page, &[("username", email), ("password", password)]).await;
        self.follow(answer).await
    }
}

#[tokio::test]
async fn s13_a_session_from_before_and_a_switch_to_the_organization_lead_nowhere() {
    let (mut corp, id) = Corp::connected().await;
    let mut inside = corp.site.member(CY, "corp", &["Employee"]).await;
    let mut outside = corp.site.browser();
    outside.log_in(CY).await;
    let mut bo = corp.is_let_in(BO).await;
    corp.demands(&id).await;
    assert!(!inside.is_signed_in().await, "who was in is out");
    assert!(!bo.is_signed_in().await, "whoever it is");
    assert!(corp.admin.is_signed_in().await, "but for whoever made the rule");
    // The login as a person is their own, and leads into no organization.
    assert!(outside.is_signed_in().await);
    let organization = corp.site.management().await.organization_id("corp").await;
    let wanted = format!("/api/auth/login?organization={organization}&returnTo=/home/profile");
    let end = outside.open(&wanted).await;
    assert!(end.body.contains("returnTo=%2Fhome%2Fprofile"), "{}", end.body);
    assert!(end.links_to("/orgprompt"), "there may be another organization: {}", end.summary());
    corp.is_sent_to_the_company(&mut outside, &end).await;
    assert!(!outside.get("/home/profile").await.says("corp"), "they stay a person");
    corp.is_let_in(BO).await;
}

#[tokio::test]
async fn s13_a_new_password_opens_no_more_than_the_old_one() {
    let (mut corp, id) = Corp::connected().await;
    corp.site.member(CY, "corp", &["Employee"]).await;
    corp.demands(&id).await;
    let mut cy = corp.site.browser();
    cy.log_in(CY).await;
    cy.proves_it("/home/account/password", CY).await;
    let answer = cy.post("/home/account/password", &[]).await;
    let page = cy.follow(answer).await;
    let new = "a-new-Passw0rd-of-cy";
    let answer = cy.fill(&page, &[("password-reset", new), ("re-enter-password", new)]).await;
    cy.follow(answer).await.is(200);
    let mut elsewhere = corp.site.browser();
    let end = elsewhere.tries(CY, new).await;
    corp.is_sent_to_the_company(&mut elsewhere, &end).await;
    assert!(!elsewhere.is_signed_in().await);
}

#[tokio::test]
async fn s13_neither_a_social_account_nor_a_connection_of_somebodys_own_making_is_a_way_in() {
    let (mut corp, id) = Corp::connected().await;
    let file = json!({
        "connections": [
            { "name": "google-oauth2", "strategy": "google-oauth2" },
            { "name": "by-hand", "strategy": "oidc" },
        ],
        "organizations": [{
            "name": "corp",
            "connections": [
                { "connection": "google-oauth2", "assign_membership_on_login": true },
                { "connection": "by-hand", "assign_membership_on_login": true },
            ],
        }],
    });
    corp.site.fake().seed(&SeedFile::from_json(file).unwrap()).await.unwrap();
    for is_demanded in [false, true] {
        if is_demanded {
            corp.demands(&id).await;
        }
        for connection in ["google-oauth2", "by-hand"] {
            let mut browser = corp.site.browser();
            let end = browser.comes_by("corp", connection, CY).await;
            assert_eq!(browser.is_signed_in().await, !is_demanded, "{connection}: {}", end.summary());
            if is_demanded {
                corp.is_sent_to_the_company(&mut browser, &end).await;
            }
        }
    }
}

#[tokio::test]
async fn s13_an_invitation_is_no_way_in_and_nobody_accepts_it_by_another_login() {
    let (mut corp, id) = Corp::connected().await;
    corp.admin.invite(CY).await.is(200);
    let link = corp.site.management().await.invitation_link("corp", CY).await;
    let mut cy = corp.site.browser();
    let asked = cy.accept(&link, "new").await;
    let page = cy.follow(asked).await;
    // The rule comes while they are at it.
    corp.demands(&id).await;
    let answer = cy.fill(&page, &[("email", CY), ("password", PASSWORD)]).await;
    let end = cy.follow(answer).await;
    corp.is_sent_to_the_company(&mut cy, &end).await;
    assert!(!cy.is_signed_in().await);
    let end = corp.site.browser().tries(CY, PASSWORD).await;
    assert!(end.is(403).says("You are not a member of this organization"), "{}", end.summary());
    assert!(!corp.admin.get("/admin/activity").await.says("accepted"));
    // The provider has made a member of them: that is taken back, and their invitation is used up.
    assert!(!corp.admin.get("/admin/members").await.says(CY));
    let members: Vec<_> = corp.members("corp").await.into_iter().map(|(id, _)| id).collect();
    assert_eq!(members.len(), 1, "Ann alone: {members:?}");
}

#[tokio::test]
async fn s13_who_is_a_member_already_stays_one_when_they_come_another_way() {
    let (mut corp, id) = Corp::connected().await;
    corp.site.member(CY, "corp", &["Employee"]).await;
    let before = corp.members("corp").await;
    corp.demands(&id).await;
    let end = corp.site.browser().tries(CY, PASSWORD).await;
    assert!(end.is(403).says("own login"), "{}", end.summary());
    assert_eq!(corp.members("corp").await, before);
}

#[tokio::test]
async fn s13_the_button_for_a_new_account_does_nothing_any_more_once_the_organizations_login_is_demanded() {
    let (mut corp, id) = Corp::connected().await;
    corp.admin.invite(BO).await.is(200);
    corp.demands(&id).await;
    let link = corp.site.management().await.invitation_link("corp", BO).await;
    let mut bo = corp.site.browser();
    assert!(!bo.get(&link).await.is(200).body.contains("role=\"alert\""), "nothing was pressed yet");
    let again = bo.accept(&link, "new").await;
    let said = again.is(409).says("No account was made")
        && again.says("You sign in to corp with Corp staff by now. Press “Accept and join corp”");
    assert!(said && again.body.contains("role=\"alert\""), "{}", again.text());
    assert!(again.set_cookies().is_empty(), "no login has begun");
    // The other button leads on.
    let page = bo.accept(&link, "existing").await;
    assert!(!corp.site.address.is_home_of(&page.goes_on_by_itself().unwrap_or(page.url)));
}

#[tokio::test]
async fn s13_an_address_in_the_domain_has_no_login_of_its_own_where_the_domain_demands_it() {
    let (mut corp, id) = Corp::connected().await;
    let mut dot = corp.site.newcomer("dot@corp.example").await;
    let mut outside = corp.site.newcomer("dot@sub.corp.example").await;
    let fields = [("connection", &*id), ("enforcement", "domains"), CONFIRMED];
    corp.admin.post("/admin/sso/policy", &fields).await.is(303);
    corp.site.clock.advance(std::time::Duration::from_secs(1));
    assert!(!dot.is_signed_in().await, "nor does the session go on that they have");
    assert!(outside.is_signed_in().await, "an address in another domain is nobody’s business");
    let mut elsewhere = dot.elsewhere();
    let page = elsewhere.open("/api/auth/login").await;
    let answer = elsewhere.fill(&page, &[("username", "dot@corp.example"), ("password", PASSWORD)]).await;
    let end = elsewhere.follow(answer).await;
    corp.is_sent_to_the_company(&mut elsewhere, &end).await;
    assert!(!elsewhere.is_signed_in().await);
    // Whoever has another address goes on as before, also who could break the glass: nothing is broken.
    corp.site.member(CY, "corp", &["Employee"]).await;
    corp.site.browser().log_in_under("corp", "ann@nowhere.example").await;
    assert!(!corp.admin.get("/admin/activity").await.says("as only they may"));
}

#[tokio::test]
async fn whoever_has_to_come_by_the_company_may_take_another_account() {
    let (mut corp, id) = Corp::connected().await;
    let dot = corp.site.newcomer("dot@corp.example").await;
    corp.site.newcomer(CY).await;
    let fields = [("connection", &*id), ("enforcement", "domains"), CONFIRMED];
    corp.admin.post("/admin/sso/policy", &fields).await.is(303);
    corp.site.clock.advance(std::time::Duration::from_secs(1));
    let mut browser = dot.elsewhere();
    let page = browser.open("/api/auth/login?returnTo=/home/profile").await;
    let answer = browser.fill(&page, &[("username", "dot@corp.example"), ("password", PASSWORD)]).await;
    browser.follow(answer).await.is(403);
    // The provider knows the browser, and asks nothing.
    let end = browser.open("/api/auth/login?returnTo=/home/profile").await;
    assert!(end.is(403).says("Sign in with another account"), "{}", end.summary());
    let link = end.body.split("href=\"").find(|rest| rest.contains("prompt=login")).unwrap();
    let link = link.split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&");
    let page = browser.open(&link).await;
    assert!(!corp.site.address.is_home_of(&page.url), "it asks: {}", page.summary());
    let answer = browser.fill(&page, &[("username", CY), ("password", PASSWORD)]).await;
    let end = browser.follow(answer).await;
    assert_eq!((end.url.path(), end.status.as_u16()), ("/home/profile", 200), "{}", end.summary());
    assert!(end.says(CY), "{}", end.summary());
}

#[tokio::test]
async fn s13_whoever_breaks_the_glass_is_noted_each_time_and_only_as_long_as_they_run_the_organization() {
    let (mut corp, id) = Corp::connected().await;
    corp.is_let_in(BO).await;
    let management = corp.site.management().await;
    management.add_member("corp", BO, &["Administrator"]).await;
    corp.demands(&id).await;
    let noted = |page: &Answer| page.text().matches("as only they may").count();
    assert_eq!(noted(&corp.admin.get("/admin/activity").await), 0);
    for times in [1, 2] {
        let mut ann = corp.site.browser();
        ann.log_in_under("corp", "ann@nowhere.example").await;
        assert_eq!(noted(&ann.get("/admin/activity").await), times);
        // Everybody who runs the organization is told where they begin.
        let told = corp.admin.get("/admin").await;
        assert_eq!(told.text().matches("past Corp staff").count(), times, "{}", told.summary());
    }
    // Whatever is done since does not hide it.
    for _ in 0..30 {
        let claimed = [("connection", &*id), ("domain", "second.example")];
        corp.admin.post("/admin/sso/domain", &claimed).await.is(303);
        corp.admin.post("/admin/sso/domain/release", &claimed[1..]).await.is(303);
    }
    assert!(
        !corp.admin.get("/admin/activity").await.says("as only they may"),
        "it is on another page by now"
    );
    assert!(corp.admin.get("/admin").await.says("past Corp staff"));
    // At the provider, past the pages.
    management.take_role("corp", "ann@nowhere.example", "Administrator").await;
    let mut ann = corp.site.browser();
    let end = ann.tries("ann@nowhere.example", PASSWORD).await;
    corp.is_sent_to_the_company(&mut ann, &end).await;
}

#[tokio::test]
async fn s13_a_glass_that_nobody_can_break_any_more_is_every_administrators() {
    let (mut corp, id) = Corp::connected().await;
    corp.site.member(CY, "corp", &["Administrator"]).await;
    corp.demands(&id).await;
    let mut cy = corp.site.browser();
    let end = cy.tries(CY, PASSWORD).await;
    corp.is_sent_to_the_company(&mut cy, &end).await;
    // The one for whom it was meant runs the organization no more.
    corp.site.management().await.take_role("corp", "ann@nowhere.example", "Administrator").await;
    let end = corp.site.browser().tries("ann@nowhere.example", PASSWORD).await;
    assert_eq!(end.status.as_u16(), 403, "{}", end.summary());
    let mut cy = corp.site.browser();
    let end = cy.tries(CY, PASSWORD).await;
    assert_eq!((end.url.path(), end.status.as_u16()), ("/home", 200), "{}", end.summary());
    assert!(cy.get("/admin/activity").await.says("as only they may"), "it is noted");
}

#[tokio::test]
async fn s13_a_domain_that_the_rule_covers_from_now_on_ends_the_sessions_from_before() {
    let (mut corp, id) = Corp::connected().await;
    let fields = [("connection", &*id), ("enforcement", "domains")];
    corp.admin.post("/admin/sso/policy", &fields).await.is(303);
    corp.site.clock.advance(std::time::Duration::from_secs(1));
    let mut cy = corp.site.member("cy@second.example", "corp", &["Employee"]).await;
    assert!(cy.is_signed_in().await, "this domain is free to log in as it likes");
    corp.domain = "second.example";
    corp.claims(&id).await;
    assert!(!cy.is_signed_in().await);
    assert!(corp.admin.is_signed_in().await, "whoever changes it goes on");

    // Everybody in the organization comes by the company by now, and so does whoever has an address that is proved later.
    let fields = [("connection", &*id), ("enforcement", "organization"), CONFIRMED];
    corp.admin.post("/admin/sso/policy", &fields).await.is(303);
    corp.domain = "third.example";
    let record = corp.claims(&id).await;
    corp.site.clock.advance(std::time::Duration::from_secs(1));
    let mut eli = corp.site.newcomer("eli@third.example").await;
    corp.checks(&id).await.is(200);
    assert!(eli.is_signed_in().await, "there is no record yet");
    corp.dns.publish(&record.0, &record.1);
    corp.checks(&id).await.is(200);
    assert!(!eli.is_signed_in().await);
    // Whoever can still come in another way has a login of their own, which a look at an old proof does not end.
    let management = corp.site.management().await;
    management.add_member("corp", "eli@third.example", &["Administrator"]).await;
    let holder = format!("holder.{}", management.user_id("eli@third.example").await);
    let fields = [("connection", &*id), ("enforcement", "organization"), (&*holder, "1"), CONFIRMED];
    corp.admin.post("/admin/sso/policy", &fields).await.is(303);
    corp.site.clock.advance(std::time::Duration::from_hours(13));
    let mut eli = corp.site.browser();
    eli.log_in("eli@third.example").await;
    corp.checks(&id).await.is(200);
    assert!(eli.is_signed_in().await);

    // A domain that is taken away ends nothing.
    let fields = [("connection", &*id), ("enforcement", "domains"), CONFIRMED];
    corp.admin.post("/admin/sso/policy", &fields).await.is(303);
    corp.site.clock.advance(std::time::Duration::from_secs(1));
    let mut dot = corp.site.member("dot@nowhere.example", "corp", &["Employee"]).await;
    let fields = [("connection", &*id), ("domain", "second.example")];
    corp.admin.post("/admin/sso/domain/remove", &fields).await.is(303);
    assert!(dot.is_signed_in().await);
}
