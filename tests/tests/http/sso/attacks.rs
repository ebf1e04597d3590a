//! What somebody tries who wants in through an organization's own identity provider, or to change who does.

use std::time::Duration;

use secrecy::ExposeSecret;
use serde_json::json;
use tenantry_tests::steps::PASSWORD;

use super::corp::{BO, CLIENT, CONFIRMED, Corp, DOMAIN, EVE, SECRET, UNA, reference, step};

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
    assert!(corp.members("corp").await.iter().all(|(id, _)| id != "eve"), "nor does she belong to it");
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
    corp.enters(&id, "another-secret").await.is(422);
    corp.enters(&id, SECRET).await.leads_to(&step(&id, "test"));
    // It may go wrong later too.
    corp.company.registers(CLIENT, "another-secret").await;
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
    corp.company.registers(CLIENT, SECRET).await;
    corp.enters(&id, SECRET).await.leads_to(&step(&id, "test"));
    assert!(corp.tests_as(&id, BO).await.says("It works"));
}

#[tokio::test]
async fn s13_enforced_every_other_way_in_is_closed_but_for_whoever_may_break_the_glass() {
    let (mut corp, id) = Corp::connected().await;
    let mut cy = corp.site.member("cy@nowhere.example", "corp", &["Employee"]).await;
    let fields = [("connection", &*id), ("enforcement", "organization"), CONFIRMED];
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

/// The provider tells of the accounts that end with a connection when it likes, or never.
#[tokio::test]
async fn s05_who_came_through_a_deleted_connection_is_out_at_once_whatever_the_provider_tells() {
    let (mut corp, id) = Corp::connected().await;
    corp.is_told_of_no_logout().await;
    let (mut bo, _) = corp.comes(BO).await;
    assert!(bo.is_signed_in().await && corp.admin.is_signed_in().await);
    corp.admin.post("/admin/sso/delete", &[("connection", &id)]).await.leads_to("/admin/sso");
    assert!(!bo.is_signed_in().await);
    assert!(corp.admin.is_signed_in().await, "who came another way stays in");
}

impl Corp {
    async fn is_told_of_no_logout(&self) {
        const WEB: &str = "MyLearning SaaS";
        let client = self.site.fake().client(WEB).unwrap();
        let seed = json!({ "clients": [{
            "name": WEB,
            "client_id": client.client_id,
            "client_secret": client.client_secret.expose_secret(),
            "callbacks": [self.site.address.at("/api/auth/callback")],
            "settings": { "oidc_logout": { "backchannel_logout_urls": [] } },
        }] });
        let there = self.site.identity.join("_tenantry/seed").unwrap();
        let answer = crate::site::client().post(there).json(&seed).send().await.unwrap();
        assert!(answer.status().is_success(), "{answer:?}");
    }
}
