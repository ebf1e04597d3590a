//! Invitations of an organization whose people come through its own provider.

use std::time::Duration;

use super::corp::{BO, CONFIRMED, Corp};
use crate::browser::Browser;

const CY: &str = "cy@nowhere.example";

impl Corp {
    /// Somebody is invited, and opens the link.
    async fn invites(&mut self, email: &str, role: &str) -> (Browser, String) {
        let fields = [("emails", email), ("role", role), ("hours", "72")];
        self.admin.post("/admin/members/add-member", &fields).await.is(200);
        let link = self.site.management().await.invitation_link("corp", email).await;
        let mut browser = self.site.browser();
        assert!(browser.get(&link).await.is(200).says("Create an account"), "it is open to every login");
        (browser, link)
    }
}

#[tokio::test]
async fn s13_an_invitation_from_before_a_rule_leads_through_the_connection_and_gives_what_it_says() {
    for rule in ["domains", "organization"] {
        let (mut corp, id) = Corp::connected().await;
        let (mut bo, link) = corp.invites(BO, "Administrator").await;
        let fields = [("connection", &*id), ("enforcement", rule), CONFIRMED];
        corp.admin.post("/admin/sso/policy", &fields).await.is(303);
        corp.site.clock.advance(Duration::from_secs(1));
        let page = bo.get(&link).await;
        assert!(page.is(200).says("You sign in to corp with Corp staff."), "{rule}: {}", page.text());
        assert!(!page.says("Create an account"), "{rule}: {}", page.text());
        let page = bo.accept(&link, "existing").await;
        let end = bo.at_the_company(&page, BO).await;
        assert_eq!((end.url.path(), end.status.as_u16()), ("/home", 200), "{rule}: {}", end.summary());
        bo.get("/admin").await.is(200);
        assert!(!corp.admin.get("/admin/members").await.says("expires"), "{rule}: nothing is pending");
    }
}

#[tokio::test]
async fn whoever_is_invited_and_could_not_come_any_more_is_named_before_a_rule_is_made() {
    let (mut corp, id) = Corp::connected().await;
    let (mut cy, link) = corp.invites(CY, "Employee").await;
    corp.admin.invite(BO).await.is(200);
    let fields = [("connection", &*id), ("enforcement", "organization")];
    let asked = corp.admin.post("/admin/sso/policy", &fields).await;
    let said = format!("1 invitation can’t be accepted with Corp staff: {CY}.");
    assert!(asked.is(200).says(&said), "{}", asked.text());
    corp.admin.post("/admin/sso/policy", &[fields[0], fields[1], CONFIRMED]).await.is(303);
    let page = cy.get(&link).await;
    assert!(page.is(200).says("which does not let your address in as things are"), "{}", page.text());
    assert!(!page.body.contains("name=\"account\""), "{}", page.body);
    // The page was open before the rule.
    let fields = [("organization", query(&link, "organization")), ("invitation", query(&link, "invitation"))];
    let fields = [(fields[0].0, &*fields[0].1), (fields[1].0, &*fields[1].1), ("account", "existing")];
    let refused = cy.post("/api/auth/invitation", &fields).await;
    assert!(refused.is(409).says("does not let your address in"), "{}", refused.text());
    // Nothing is lost: once the rule is lifted the link counts.
    corp.admin.post("/admin/sso/policy", &[("connection", &*id), ("enforcement", "off")]).await.is(303);
    assert!(cy.get(&link).await.is(200).says("Create an account"));
}

#[tokio::test]
async fn an_invitation_for_another_way_is_to_be_sent_anew_once_a_rule_is_made() {
    let (mut corp, id) = Corp::connected().await;
    let form = corp.admin.get("/admin/members/add-member").await;
    let (before, _) = form.body.split_once("\">E-mail and password</option>").unwrap();
    let password = before.rsplit_once("value=\"").unwrap().1.to_owned();
    let fields = [("emails", BO), ("role", "Administrator"), ("hours", "72"), ("connection", &password)];
    corp.admin.post("/admin/members/add-member", &fields).await.is(200);
    let old = corp.site.management().await.invitation_link("corp", BO).await;
    let fields = [("connection", &*id), ("enforcement", "domains"), CONFIRMED];
    corp.admin.post("/admin/sso/policy", &fields).await.is(303);
    corp.site.clock.advance(Duration::from_secs(1));
    let mut bo = corp.site.browser();
    let page = bo.get(&old).await;
    assert!(page.is(200).says("by now, and this invitation is for another way"), "{}", page.text());
    assert!(!page.body.contains("name=\"account\""), "{}", page.body);
    let invitation = corp.site.management().await.invitations("corp").await[0]["id"].clone();
    let fields = [("invitation", invitation.as_str().unwrap())];
    corp.admin.post("/admin/members/resend-invitation", &fields).await.leads_to("/admin/members");
    let new = corp.site.management().await.invitation_link("corp", BO).await;
    let page = bo.accept(&new, "existing").await;
    let end = bo.at_the_company(&page, BO).await;
    assert_eq!((end.url.path(), end.status.as_u16()), ("/home", 200), "{}", end.summary());
    bo.get("/admin").await.is(200);
}

/// What a link carries under this name.
fn query(link: &str, name: &str) -> String {
    let (_, query) = link.split_once('?').unwrap();
    url::form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name).unwrap().1.into_owned()
}
