//! Fault 10: expiry was enforced on one page only, and the expired page had no way on.

use std::time::Duration;

use crate::browser::Browser;
use crate::site::Site;

const HOUR: Duration = Duration::from_hours(1);
const SECOND: Duration = Duration::from_secs(1);
const ANN: &str = "ann@example.com";

/// Pages of somebody who is signed in, and still there when everything is over.
const PAGES: [&str; 5] =
    ["/home", "/home?q=a", "/home/profile", "/home/upgrade-plan", "/home/confirm-plan?plan=team"];

async fn every_page_offers_the_way_to_pay(person: &mut Browser) {
    for path in PAGES {
        let page = person.get(path).await;
        let is_offered = page.is(200).links_to("/home/upgrade-plan") || page.links_to("/home/confirm-plan");
        assert!(is_offered, "no way to pay: {}", page.summary());
        assert!(page.says("subscription expired"), "it does not say so: {}", page.summary());
        assert!(!page.says("lessons"), "courses are open: {}", page.summary());
    }
}

#[tokio::test]
async fn fault10_a_trial_ends_to_the_second_on_every_page_and_paying_unlocks_every_session() {
    let site = Site::start().await;
    let mut ann = site.newcomer(ANN).await;
    let mut elsewhere = site.browser();
    elsewhere.log_in(ANN).await;

    site.clock.advance(Duration::from_secs(24 * 3600 - 1));
    assert!(ann.has_courses().await, "until the last second");
    assert!(ann.get("/home").await.says("You have 1 day left"));
    site.clock.advance(SECOND);
    every_page_offers_the_way_to_pay(&mut ann).await;
    every_page_offers_the_way_to_pay(&mut elsewhere).await;
    for path in ["/home/register-business", "/home/register-personal"] {
        ann.get(path).await.leads_to("/home");
    }

    ann.buy_personal().await;
    assert!(ann.has_courses().await, "where it was paid");
    assert!(elsewhere.has_courses().await, "and in the other browser, without logging in again");
}

#[tokio::test]
async fn fault10_a_new_login_does_not_start_a_new_trial() {
    let site = Site::start().await;
    site.newcomer(ANN).await;
    site.clock.advance(24 * HOUR);
    for _ in 0..2 {
        let mut ann = site.browser();
        ann.log_in(ANN).await;
        assert!(!ann.has_courses().await);
    }
    assert_eq!(site.management().await.subscription(ANN).await, "trial;2026-01-03T03:04:05.678Z;active");
}

#[tokio::test]
async fn fault10_an_organizations_plan_ends_for_everybody_and_paying_unlocks_everybody_at_once() {
    let site = Site::start().await;
    site.administrator(ANN, "acme").await;
    site.clock.advance(Duration::from_secs(365 * 24 * 3600 - 1));
    let mut ann = site.browser();
    ann.log_in_under("acme", ANN).await;
    let mut elsewhere = site.browser();
    elsewhere.log_in_under("acme", ANN).await;
    let mut eve = site.member("eve@example.com", "acme", &["Employee"]).await;
    for person in [&mut ann, &mut elsewhere, &mut eve] {
        assert!(person.has_courses().await, "until the last second");
    }
    ann.get("/admin/members").await.is(200);

    site.clock.advance(SECOND);
    every_page_offers_the_way_to_pay(&mut ann).await;
    let members = ann.get("/admin/members").await;
    assert!(members.is(402).links_to("/home/upgrade-plan"), "{}", members.summary());
    assert!(ann.get("/admin").await.is(200).links_to("/home/upgrade-plan"));
    assert!(!eve.has_courses().await);
    assert!(
        eve.get("/home").await.says("Ask an Administrator"),
        "an Employee can't pay, and is told who can"
    );
    eve.get("/home/confirm-plan?plan=team").await.is(403);

    ann.pay("team").await.leads_to("/admin");
    for person in [&mut ann, &mut elsewhere, &mut eve] {
        assert!(person.has_courses().await, "at once, without logging in again");
    }
    ann.get("/admin/members").await.is(200);
    let paid = site.management().await.organization_subscription("acme").await;
    assert_eq!(paid, "team;2028-01-02T03:04:05.678Z;active");
}

#[tokio::test]
async fn fault10_one_organizations_payment_unlocks_no_other() {
    let site = Site::start().await;
    site.administrator(ANN, "acme").await;
    site.administrator("bob@example.com", "bobs").await;
    site.clock.advance(365 * 24 * HOUR);
    let (mut ann, mut bob) = (site.browser(), site.browser());
    ann.log_in_under("acme", ANN).await;
    bob.log_in_under("bobs", "bob@example.com").await;
    ann.pay("team").await.leads_to("/admin");
    assert!(ann.has_courses().await);
    assert!(!bob.has_courses().await);
}
