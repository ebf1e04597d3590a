//! What closes a door says first for whom, and waits for an answer.

use super::corp::{BO, CONFIRMED, Corp, DOMAIN};
use crate::browser::Browser;

const CY: &str = "cy@nowhere.example";
/// Somebody with an address in the company's domain, and a password.
const DOT: &str = "dot@corp.example";

impl Corp {
    /// The same, and it is turned on for Bo, who has come.
    async fn with_bo() -> (Self, String) {
        let (corp, id) = Self::connected().await;
        corp.is_let_in(BO).await;
        (corp, id)
    }

    /// Bo still comes in.
    async fn lets_bo_in(&self) -> bool {
        let (mut bo, page) = self.enters_address(BO).await;
        !self.site.address.is_home_of(&page.url)
            && page.url.origin() == self.issuer.origin()
            && bo.at_the_company(&page, BO).await.url.path() == "/home"
    }
}

async fn is_asked(browser: &mut Browser, path: &str, fields: &[(&str, &str)], said: &[&str]) {
    let page = browser.post(path, fields).await;
    for text in said {
        assert!(page.is(200).says(text), "{text}: {}", page.text());
    }
    for (name, value) in fields.iter().chain([&CONFIRMED]) {
        assert_eq!(page.field(name), *value, "its button sends it");
    }
}

#[tokio::test]
async fn a_rule_says_first_whom_it_keeps_out_and_who_can_still_come() {
    let (mut corp, id) = Corp::with_bo().await;
    let mut dot = corp.site.member(DOT, "corp", &["Employee"]).await;
    let mut cy = corp.site.member(CY, "corp", &["Employee"]).await;
    let fields = [("connection", &*id), ("enforcement", "organization")];
    let said = [
        "Let every member sign in only with Corp staff",
        "2 members have never signed in with Corp staff: ",
        "Not all of them can come in with Corp staff instead. 1 member has an address outside of its proved domains: ",
        CY,
        "these can still come in another way: ann@nowhere.example.",
    ];
    is_asked(&mut corp.admin, "/admin/sso/policy", &fields, &said).await;
    let fields = [("connection", &*id), ("enforcement", "domains")];
    let said = ["1 member has never signed in with Corp staff: ", DOT];
    is_asked(&mut corp.admin, "/admin/sso/policy", &fields, &said).await;
    assert!(dot.is_signed_in().await && cy.is_signed_in().await, "nothing has changed yet");

    let fields = [("connection", &*id), ("enforcement", "domains"), CONFIRMED];
    corp.admin.post("/admin/sso/policy", &fields).await.is(303);
    assert!(!dot.is_signed_in().await);
    // Dot is kept out already.
    let fields = [("connection", &*id), ("enforcement", "organization")];
    let said = ["1 member has never signed in with Corp staff: ", "None of them can come in"];
    is_asked(&mut corp.admin, "/admin/sso/policy", &fields, &said).await;
}

#[tokio::test]
async fn a_rule_that_keeps_nobody_out_asks_nothing_and_one_that_cant_be_is_refused_at_once() {
    let (mut corp, id) = Corp::with_bo().await;
    let fields = [("connection", &*id), ("enforcement", "organization")];
    let there = format!("/admin/sso/connection?connection={id}");
    corp.admin.post("/admin/sso/policy", &fields).await.leads_to(&there);
    corp.admin.post("/admin/sso/turn", &[("connection", &id), ("turn", "off"), CONFIRMED]).await.is(303);
    let refused = corp.admin.post("/admin/sso/policy", &fields).await;
    assert!(refused.is(409).says("Turn the connection on first"), "{}", refused.summary());
}

#[tokio::test]
async fn turning_a_connection_off_says_first_how_many_come_in_through_it() {
    let (mut corp, id) = Corp::with_bo().await;
    let fields = [("connection", &*id), ("turn", "off")];
    let said = ["Turn off Corp staff", "1 person came in through it and can’t sign in any more"];
    is_asked(&mut corp.admin, "/admin/sso/turn", &fields, &said).await;
    assert!(corp.lets_bo_in().await);
    let fields = [("connection", &*id), ("turn", "off"), CONFIRMED];
    corp.admin.post("/admin/sso/turn", &fields).await.is(303);
    assert!(!corp.lets_bo_in().await);
}

#[tokio::test]
async fn a_domain_is_given_up_or_taken_away_only_after_saying_who_comes_in_by_it() {
    for path in ["/admin/sso/domain/release", "/admin/sso/domain/remove"] {
        let (mut corp, id) = Corp::with_bo().await;
        let fields = [("connection", &*id), ("domain", DOMAIN)];
        let page = corp.admin.post(path, &fields).await;
        let said = "1 member has signed in with an address in corp.example, and can’t any more: bo.";
        assert!(page.is(200).says(said), "{}", page.text());
        assert!(corp.lets_bo_in().await, "{path}");
        let fields = [("connection", &*id), ("domain", DOMAIN), CONFIRMED];
        corp.admin.post(path, &fields).await.is(303);
        assert!(!corp.lets_bo_in().await, "{path}");
    }
}
