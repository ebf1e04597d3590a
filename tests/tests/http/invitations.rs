//! S14 and S15: what an invitation's link is good for, for whom, and what it tells.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tenantry_domain::TenantId;
use tenantry_ports::Tenants as _;
use tenantry_tests::steps::PASSWORD;
use url::Url;

use crate::answer::Answer;
use crate::browser::Browser;
use crate::management::Management;
use crate::provider::Provider;
use crate::site::Site;

const ANN: &str = "ann@example.com";
const BO: &str = "bo@acme.example";
const EVE: &str = "eve@evil.example";

impl Management {
    /// The invitations that the provider lists.
    pub(crate) async fn invitations(&self, organization: &str) -> Vec<Value> {
        let id = self.organization_id(organization).await;
        let path = format!("organizations/{id}/invitations?per_page=100");
        self.call(Method::GET, &path, None).await.as_array().unwrap().clone()
    }

    /// Where the invitation's mail leads: path and query of the product.
    pub(crate) async fn invitation_link(&self, organization: &str, email: &str) -> String {
        let listed = self.invitations(organization).await;
        let found = listed.iter().find(|found| found["invitee"]["email"] == email);
        let found = found.unwrap_or_else(|| panic!("nobody invited {email}: {listed:?}"));
        let link: Url = found["invitation_url"].as_str().unwrap().parse().unwrap();
        format!("{}?{}", link.path(), link.query().unwrap())
    }
}

impl Browser {
    /// Invites these addresses, each on a line.
    pub(crate) async fn invite(&mut self, emails: &str) -> Answer {
        let fields =
            [("emails", emails), ("role", "Employee"), ("hours", "168"), ("message", "Hi Bo,\nwelcome")];
        self.post("/admin/members/add-member", &fields).await
    }

    /// Presses a button of the page that an invitation's link leads to, and follows to the provider.
    pub(crate) async fn accept(&mut self, link: &str, account: &str) -> Answer {
        let page = self.get(link).await;
        let (organization, ticket) = (page.is(200).field("organization"), page.field("invitation"));
        let fields =
            [("organization", organization.as_str()), ("invitation", ticket.as_str()), ("account", account)];
        let answer = self.post("/api/auth/invitation", &fields).await;
        self.follow(answer).await
    }
}

/// A product in which Ann has invited Bo into acme, and the link.
async fn invited() -> (Provider, Site, Browser, String) {
    let (provider, site) = Provider::with_site().await;
    let mut ann = site.administrator(ANN, "acme").await;
    ann.invite(BO).await.is(200);
    let link = provider.management().await.invitation_link("acme", BO).await;
    (provider, site, ann, link)
}

/// The link is good for nothing, by this code and in words that tell a stranger nothing.
#[track_caller]
fn is_refused(answer: &Answer, status: u16, words: &str) {
    answer.is(status);
    assert!(answer.says(words), "{}", answer.summary());
    assert!(answer.links_to("/orgprompt") && !answer.body.contains(BO), "{}", answer.summary());
}

#[tokio::test]
async fn a_newcomer_joins_by_an_invitation() {
    let (_provider, site, mut ann, link) = invited().await;
    let mut bo = site.browser();
    let page = bo.get(&link).await;
    assert!(page.is(200).says("invites you to join acme as an Employee"), "{}", page.summary());
    assert!(page.says("welcome") && page.says("Accept and join acme"), "{}", page.summary());
    assert!(!page.body.contains(BO), "the invited address is nobody's business");
    let form = bo.accept(&link, "new").await;
    let answer = bo.fill(&form, &[("email", BO), ("password", PASSWORD)]).await;
    let home = bo.follow(answer).await;
    assert_eq!((home.url.path(), home.status.as_u16()), ("/home", 200), "{}", home.summary());
    assert!(bo.has_courses().await);
    let me: Value = serde_json::from_str(&bo.get("/api/auth/me").await.body).unwrap();
    assert_eq!(me["email_verified"], true);
    assert!(ann.get("/admin").await.says("2 members, 0 invited, 20 seats"));
    assert!(ann.get("/admin/members").await.says("No invitation is open"));
}

#[tokio::test]
async fn who_has_an_account_joins_with_it_and_without_another_password_when_signed_in() {
    let (provider, site, _, link) = invited().await;
    provider.management().await.make_user(BO, PASSWORD).await;
    let mut bo = site.browser();
    let form = bo.accept(&link, "existing").await;
    let answer = bo.fill(&form, &[("username", BO), ("password", PASSWORD)]).await;
    assert_eq!(bo.follow(answer).await.url.path(), "/home");
    assert!(bo.has_courses().await);
}

#[tokio::test]
async fn an_answer_that_the_page_does_not_offer_accepts_nothing() {
    let (_provider, site, _, link) = invited().await;
    let mut bo = site.browser();
    let page = bo.get(&link).await;
    let (organization, ticket) = (page.is(200).field("organization"), page.field("invitation"));
    for account in ["", "zzz", "NEW"] {
        let fields =
            [("organization", organization.as_str()), ("invitation", ticket.as_str()), ("account", account)];
        let answer = bo.post("/api/auth/invitation", &fields).await;
        assert!(answer.is(422).says("can’t be chosen"), "{}", answer.summary());
    }
}

#[tokio::test]
async fn s14_looking_at_a_link_spends_nothing() {
    let (provider, site, _, link) = invited().await;
    for _ in 0..3 {
        site.get(&link).await.is(200);
        let head = site.address.request(Method::HEAD, &link);
        site.address.send(head, &link).await.is(200);
    }
    assert_eq!(provider.management().await.invitations("acme").await.len(), 1);
    site.browser().get(&link).await.is(200);
}

#[tokio::test]
async fn s14_an_invitation_counts_once() {
    let (_provider, site, _, link) = invited().await;
    let mut bo = site.browser();
    let form = bo.accept(&link, "new").await;
    let answer = bo.fill(&form, &[("email", BO), ("password", PASSWORD)]).await;
    assert_eq!(bo.follow(answer).await.url.path(), "/home");
    for mut browser in [bo, site.browser()] {
        is_refused(&browser.get(&link).await, 410, "was accepted before");
    }
}

#[tokio::test]
async fn adv08_a_ticket_that_was_changed_is_no_ticket() {
    let (provider, site, mut ann, link) = invited().await;
    let other = site.administrator("otto@example.com", "other").await;
    let ticket = Url::parse("http://x").unwrap().join(&link).unwrap();
    let pairs: Vec<(String, String)> = ticket.query_pairs().into_owned().collect();
    let (ticket, acme) = (&pairs[0].1, &pairs[1].1);
    let swapped: String = ticket.chars().rev().collect();
    let theirs = provider.management().await.organization_id("other").await;
    for (ticket, organization) in [
        (swapped.as_str(), acme.as_str()),
        (ticket.to_uppercase().as_str(), acme),
        (&ticket[1..], acme),
        ("eyJhbGciOiJub25lIn0.e30.", acme),
        ("", "org_nobody"),
        (ticket, &theirs),
        (ticket, ""),
        (ticket, "org_0000000000000000"),
    ] {
        if ticket.is_empty() {
            continue;
        }
        let path = format!("/api/auth/login?invitation={ticket}&organization={organization}");
        for browser in [&mut site.browser(), &mut ann, &mut other.clone()] {
            is_refused(&browser.get(&path).await, 404, "There is no such invitation");
        }
        let fields = [("invitation", ticket), ("organization", organization), ("account", "existing")];
        is_refused(&site.browser().post("/api/auth/invitation", &fields).await, 404, "no such invitation");
    }
}

#[tokio::test]
async fn s14_an_invitation_expires_is_taken_back_or_sent_anew() {
    let (provider, site, mut ann, link) = invited().await;
    site.clock.advance(Duration::from_hours(7 * 24));
    is_refused(&site.browser().get(&link).await, 410, "has expired");

    ann.log_in_under("acme", ANN).await;
    ann.invite("cy@acme.example").await.is(200);
    let management = provider.management().await;
    let old = management.invitation_link("acme", "cy@acme.example").await;
    let page = ann.get("/admin/members").await;
    let id = page.field("invitation");
    ann.post("/admin/members/resend-invitation", &[("invitation", &id)]).await.leads_to("/admin/members");
    let new = management.invitation_link("acme", "cy@acme.example").await;
    assert_ne!(old, new);
    is_refused(&site.browser().get(&old).await, 410, "does not count any more");
    site.browser().get(&new).await.is(200);

    let page = ann.get("/admin/members").await;
    assert!(page.says("cy@acme.example gets a new link by e-mail."), "{}", page.summary());
    let id = page.field("invitation");
    for _ in 0..2 {
        let answer = ann.post("/admin/members/revoke-invitation", &[("invitation", &id)]).await;
        answer.leads_to("/admin/members");
    }
    is_refused(&site.browser().get(&new).await, 410, "does not count any more");
    assert!(ann.get("/admin").await.says("1 member, 0 invited, 20 seats"));
}

#[tokio::test]
async fn s14_what_has_changed_since_refuses_the_invitation() {
    let (provider, site, _, link) = invited().await;
    let management = provider.management().await;
    let now = "team;2027-01-02T03:04:05.678Z;active";
    management.set_organization_subscription("acme", "team;2026-01-02T03:04:05.678Z;active").await;
    is_refused(&site.browser().get(&link).await, 402, "plan has ended");
    management.set_organization_subscription("acme", now).await;
    site.browser().get(&link).await.is(200);

    management.take_role("acme", ANN, "Administrator").await;
    is_refused(&site.browser().get(&link).await, 410, "no Administrator of the organization any more");

    let id = management.organization_id("acme").await;
    provider.fake.tenants().delete(&TenantId::try_from(id.as_str()).unwrap()).await.unwrap();
    is_refused(&site.browser().get(&link).await, 410, "does not exist any more");
}

#[tokio::test]
async fn s14_a_full_organization_takes_nobody() {
    let (provider, site, _, link) = invited().await;
    let management = provider.management().await;
    for number in 0..19 {
        let email = format!("user{number}@acme.example");
        management.make_user(&email, PASSWORD).await;
        management.add_member("acme", &email, &["Employee"]).await;
    }
    is_refused(&site.browser().get(&link).await, 409, "no free seat");
}

#[tokio::test]
async fn s14_another_account_is_told_before_it_spends_the_invitation() {
    let (provider, site, _, link) = invited().await;
    site.newcomer(EVE).await;
    // Her address is proved, and is another one all the same.
    let management = provider.management().await;
    let path = format!("users/{}", management.user_id(EVE).await);
    management.call(Method::PATCH, &path, Some(json!({ "email_verified": true }))).await;
    let mut eve = site.browser();
    eve.log_in(EVE).await;
    let page = eve.get(&link).await;
    assert!(
        page.is(200).says("You are signed in as eve") && page.says("Switch account"),
        "{}",
        page.summary()
    );
    assert!(!page.body.contains(BO), "{}", page.summary());
    let asked = eve.accept(&link, "existing").await;
    assert!(!site.address.is_home_of(&asked.url), "credentials are asked for: {}", asked.summary());
    // The provider offers to make the invited account; Eve has one.
    let asked = eve.hop(&asked.url.as_str().replace("/u/signup", "/u/login").parse().unwrap()).await;
    let answer = eve.fill(&asked, &[("username", EVE), ("password", PASSWORD)]).await;
    let refused = eve.follow(answer).await;
    is_refused(&refused, 403, "This invitation is for another account");
    assert!(refused.says("new one"), "{}", refused.summary());
    is_refused(&site.browser().get(&link).await, 410, "does not count any more");
    let everything = provider.management().await.everything().await;
    assert!(!everything["organizations"].to_string().contains(EVE), "{everything}");
}

#[tokio::test]
async fn s15_links_lead_to_the_configured_address() {
    let site = Site::start().await;
    let mut ann = site.administrator(ANN, "acme").await;
    let token = ann.token().await;
    let path = "/admin/members/add-member";
    let fields = [("csrf", token.as_str()), ("emails", BO), ("role", "Employee")];
    let request = site.address.request(Method::POST, path).header("origin", site.address.origin());
    let request = request
        .header("x-forwarded-host", "evil.example")
        .header("x-forwarded-proto", "https")
        .header("forwarded", "host=evil.example");
    ann.send(request.form(&fields), path).await.is(200);
    let listed = site.management().await.invitations("acme").await;
    let link = listed[0]["invitation_url"].as_str().unwrap();
    assert!(link.starts_with(site.address.url.as_str()), "{link}");
    let body = json!(listed).to_string();
    assert!(!body.contains("evil"), "{body}");
}
