//! Fault 6: the plan came from the query and was granted for a year without payment, by GET, again and again.

use std::time::Duration;

use tenantry_tests::steps::{DECLINED_CARD, GOOD_CARD};

use crate::site::Site;

const ANN: &str = "ann@example.com";
const TRIAL: &str = "trial;2026-01-03T03:04:05.678Z;active";

#[tokio::test]
async fn fault06_looking_at_a_plan_grants_nothing() {
    let site = Site::start().await;
    let mut ann = site.newcomer(ANN).await;
    for path in [
        "/home/confirm-plan?plan=enterprise",
        "/home/confirm-plan?plan=enterprise",
        "/home/register-business",
        "/home/register-personal",
        "/home/register-business?plan=enterprise&status=activation",
        "/home?plan=enterprise",
    ] {
        ann.get(path).await;
        assert_eq!(site.management().await.subscription(ANN).await, TRIAL, "after {path}");
    }
    assert!(ann.get("/home/profile").await.says("Trial"), "the session is on trial");
}

#[tokio::test]
async fn fault06_a_card_that_is_not_charged_grants_nothing() {
    let site = Site::start().await;
    let mut ann = site.newcomer(ANN).await;
    let management = site.management().await;
    for plan in ["personal", "team", "enterprise"] {
        let purchase = ann.new_purchase(plan).await;
        for (number, status) in [(DECLINED_CARD, 402), ("378282246310005", 402), ("4242 4242 4242 4241", 422)]
        {
            ann.charge(plan, &purchase, number).await.is(status);
            ann.post("/home/register-personal", &[]).await.is(402);
            ann.name_organization("acme").await.is(402);
            assert_eq!(management.subscription(ANN).await, TRIAL, "{plan} with {number}");
        }
    }
    assert!(management.organizations().await.is_empty());
}

#[tokio::test]
async fn fault06_a_plan_that_is_not_sold_can_not_be_bought() {
    let site = Site::start().await;
    let mut ann = site.newcomer(ANN).await;
    let management = site.management().await;
    for plan in ["trial", "", "TEAM", "team;9999-12-31T23:59:59.999Z;active", "gold", "team\u{a0}"] {
        ann.charge(plan, "a-purchase", GOOD_CARD).await.is(404);
        assert_eq!(management.subscription(ANN).await, TRIAL, "{plan}");
    }
}

#[tokio::test]
async fn fault06_a_payment_buys_one_year_from_its_day() {
    let site = Site::start().await;
    let mut ann = site.newcomer(ANN).await;
    let purchase = ann.new_purchase("personal").await;
    for _ in 0..3 {
        ann.charge("personal", &purchase, GOOD_CARD).await.leads_to("/home/register-personal");
    }
    ann.post("/home/register-personal", &[]).await.leads_to("/home");
    let bought = "personal;2027-01-02T03:04:05.678Z;active";
    assert_eq!(site.management().await.subscription(ANN).await, bought);

    site.clock.advance(Duration::from_hours(100));
    ann.log_in(ANN).await;
    ann.charge("personal", &purchase, GOOD_CARD).await;
    ann.post("/home/register-personal", &[]).await;
    assert_eq!(
        site.management().await.subscription(ANN).await,
        bought,
        "the same payment bought a longer year"
    );
}

#[tokio::test]
async fn fault06_what_was_paid_for_once_is_not_granted_again() {
    let site = Site::start().await;
    let mut ann = site.newcomer(ANN).await;
    let purchase = ann.new_purchase("team").await;
    ann.charge("team", &purchase, GOOD_CARD).await.leads_to("/home/register-business");
    ann.name_organization("acme").await.is(303);
    // Another purchase, never paid, takes the place of the one that is done; then the old one is sent once more.
    ann.pay_in_vain("enterprise").await.is(402);
    ann.charge("team", &purchase, DECLINED_CARD).await;
    ann.name_organization("acme-2").await;
    let management = site.management().await;
    assert_eq!(management.organizations().await, ["acme"], "one payment made two organizations");
    assert_eq!(management.subscription(ANN).await, "team;2027-01-02T03:04:05.678Z;active");
}

#[tokio::test]
async fn fault06_a_cheap_plan_does_not_pay_for_a_dear_one() {
    let site = Site::start().await;
    let mut ann = site.newcomer(ANN).await;
    let purchase = ann.new_purchase("personal").await;
    ann.charge("personal", &purchase, GOOD_CARD).await.leads_to("/home/register-personal");
    for _ in 0..2 {
        // Once while Personal waits to be started, once when it is in force.
        ann.charge("enterprise", &purchase, DECLINED_CARD).await;
        ann.name_organization("acme").await;
        let subscription = site.management().await.subscription(ANN).await;
        assert!(subscription.starts_with("personal"), "{subscription}");
        ann.post("/home/register-personal", &[]).await;
    }
    assert!(ann.has_courses().await);
    assert!(site.management().await.organizations().await.is_empty());
}

#[tokio::test]
async fn fault06_somebody_elses_payment_buys_nothing() {
    let site = Site::start().await;
    let (mut ann, mut bob) = (site.newcomer(ANN).await, site.newcomer("bob@example.com").await);
    let purchase = ann.new_purchase("team").await;
    ann.charge("team", &purchase, GOOD_CARD).await.leads_to("/home/register-business");
    bob.charge("team", &purchase, DECLINED_CARD).await.is(402);
    bob.name_organization("bobs").await.is(402);
    let management = site.management().await;
    assert_eq!(management.subscription("bob@example.com").await, TRIAL);
    assert!(management.organizations().await.is_empty());
}
