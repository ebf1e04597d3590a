//! The end of one's own account. S12: no organization is left without an Administrator, whoever goes when.

use std::time::Duration;

use reqwest::Method;
use serde_json::Value;

use crate::account::A_WHILE;
use crate::browser::Browser;
use crate::site::Site;

const ANN: &str = "ann@example.com";
const BOB: &str = "bob@example.com";
const DELETE: &str = "/home/account/delete";
const SECOND: Duration = Duration::from_secs(1);

/// Types the address and presses the button.
async fn deletes(browser: &mut Browser, email: &str) -> crate::answer::Answer {
    browser.post(DELETE, &[("confirmation", email)]).await
}

async fn exists(site: &Site, email: &str) -> bool {
    let found =
        site.management().await.call(Method::GET, &format!("users-by-email?email={email}"), None).await;
    !found.as_array().unwrap().is_empty()
}

async fn administrators(site: &Site, organization: &str) -> Vec<Value> {
    let everything = site.management().await.everything().await;
    let found = everything["organizations"].as_array().unwrap().iter();
    let of = found.filter(|one| one["organization"]["name"] == organization);
    let members: Vec<Value> = of.flat_map(|one| one["members"].as_array().unwrap().clone()).collect();
    let runs = |member: &&Value| {
        member["roles"]
            .as_array()
            .is_some_and(|roles| roles.iter().any(|role| role["name"] == "Administrator"))
    };
    members.iter().filter(runs).map(|member| member["user_id"].clone()).collect()
}

#[tokio::test]
async fn an_account_is_deleted_with_its_memberships_and_sessions() {
    let site = Site::start().await;
    site.administrator(BOB, "acme").await;
    let mut phone = site.member(ANN, "acme", &["Employee"]).await;
    let mut ann = site.browser();
    ann.log_in(ANN).await;
    site.clock.advance(A_WHILE);
    let page = ann.proves_it(DELETE, ANN).await;
    assert!(
        page.says("You leave acme") && page.says("Type ann@example.com to confirm"),
        "{}",
        page.summary()
    );
    for wrong in ["", "ann", BOB, "ann@example.com.evil.example"] {
        let page = deletes(&mut ann, wrong).await;
        assert!(page.is(422).says("Type it exactly"), "{wrong}: {}", page.summary());
    }
    assert!(exists(&site, ANN).await);
    let (mut old, answer) = (ann.clone(), deletes(&mut ann, " Ann@Example.com ").await);
    answer.leads_to("/home/account/deleted");
    assert!(answer.set_cookie("sid=").contains("Max-Age=0"));
    assert!(ann.get("/home/account/deleted").await.is(200).says("Your account is deleted"));
    assert!(!exists(&site, ANN).await);
    for browser in [&mut old, &mut phone] {
        assert!(!browser.is_signed_in().await, "an old cookie still works");
    }
    let page = site.get("/home").await;
    page.is(303);
    let mut bob = site.browser();
    bob.log_in_under("acme", BOB).await;
    let members = bob.get("/admin/members").await;
    assert!(members.is(200).says(BOB) && !members.says(ANN), "{}", members.summary());
    // The address is free: whoever comes anew is a newcomer.
    site.clock.advance(SECOND);
    let mut anew = site.newcomer(ANN).await;
    assert!(!anew.get("/home/profile").await.says("acme"));
}

#[tokio::test]
async fn nobody_deletes_an_account_from_a_browser_that_was_left_open() {
    let site = Site::start().await;
    let mut ann = site.newcomer(ANN).await;
    site.clock.advance(A_WHILE);
    let answer = deletes(&mut ann, ANN).await;
    assert!(answer.is(303).location().as_str().contains("prompt=login"), "{}", answer.summary());
    ann.proves_it(DELETE, ANN).await;
    site.clock.advance(A_WHILE);
    let answer = deletes(&mut ann, ANN).await;
    assert!(answer.is(303).location().as_str().contains("prompt=login"), "{}", answer.summary());
    assert!(exists(&site, ANN).await);
}

#[tokio::test]
async fn what_was_paid_for_is_said_before() {
    let site = Site::start().await;
    let mut ann = site.newcomer(ANN).await;
    assert!(!ann.get(DELETE).await.is(200).says("paid until"));
    ann.buy_personal().await;
    let page = ann.get(DELETE).await;
    for part in ["Your Personal plan, paid until", "2 January 2027", "Nothing is paid back"] {
        assert!(page.says(part), "{part}: {}", page.text());
    }
}

#[tokio::test]
async fn s12_the_only_administrator_of_an_organization_keeps_their_account() {
    let site = Site::start().await;
    let mut ann = site.administrator(ANN, "acme").await;
    site.member(BOB, "acme", &["Employee"]).await;
    site.clock.advance(A_WHILE);
    let page = ann.proves_it(DELETE, ANN).await;
    assert!(page.says("First find another Administrator") && page.says("acme"), "{}", page.summary());
    assert!(page.forms().iter().all(|form| form.action != DELETE), "there is nothing to press");
    let before = site.management().await.everything().await;
    let page = deletes(&mut ann, ANN).await;
    assert!(page.is(409).says("First find another Administrator"), "{}", page.summary());
    let id = site.management().await.organization_id("acme").await;
    for way_on in ["/admin/members", "/admin/customization/delete"] {
        let id = id.replace('_', "%5F");
        let link = format!("href=\"/api/auth/login?organization={id}&#38;returnTo={way_on}\"");
        assert!(page.body.contains(&link), "no {link}: {}", page.body);
    }
    assert_eq!(site.management().await.everything().await, before);
    assert!(ann.is_signed_in().await);
    site.management().await.add_member("acme", BOB, &["Administrator"]).await;
    deletes(&mut ann, ANN).await.leads_to("/home/account/deleted");
    assert_eq!(administrators(&site, "acme").await.len(), 1);
}

#[tokio::test]
async fn s12_of_two_administrators_who_delete_their_accounts_at_the_same_time_one_stays() {
    let site = Site::start().await;
    for round in 0..5 {
        let (ann, bob, acme) =
            (format!("ann{round}@example.com"), format!("bob{round}@example.com"), format!("acme-{round}"));
        let mut one = site.administrator(&ann, &acme).await;
        let mut other = site.member(&bob, &acme, &["Administrator"]).await;
        assert_eq!(administrators(&site, &acme).await.len(), 2, "the control");
        site.clock.advance(A_WHILE);
        one.proves_it(DELETE, &ann).await;
        other.proves_it(DELETE, &bob).await;
        let (first, second) = tokio::join!(deletes(&mut one, &ann), deletes(&mut other, &bob));
        let mut statuses = [first.status.as_u16(), second.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 409], "{} / {}", first.summary(), second.summary());
        assert_eq!(administrators(&site, &acme).await.len(), 1, "round {round}");
        assert!(exists(&site, &ann).await != exists(&site, &bob).await);
    }
}

#[tokio::test]
async fn a_deletion_that_was_interrupted_is_finished_by_the_next_try() {
    let site = Site::start().await;
    let mut ann = site.newcomer(ANN).await;
    site.clock.advance(A_WHILE);
    ann.proves_it(DELETE, ANN).await;
    let lost = tenantry_fake::Fault::status(500).on("DELETE", "/api/v2/users/*").times(9);
    site.fake().faults().add(lost);
    deletes(&mut ann, ANN).await.is(503);
    assert!(exists(&site, ANN).await && ann.is_signed_in().await);
    site.fake().faults().clear();
    // The account goes, and the answer is lost: asking again is success.
    let lost = tenantry_fake::Fault::lost_answer().on("DELETE", "/api/v2/users/*").times(1);
    site.fake().faults().add(lost);
    deletes(&mut ann, ANN).await.leads_to("/home/account/deleted");
    assert!(!exists(&site, ANN).await);
}
