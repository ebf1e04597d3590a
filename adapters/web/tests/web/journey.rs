//! From a trial to an organization of one's own, through the pages.

use std::sync::atomic::Ordering;
use std::time::Duration;

use tenantry_domain::Role::Administrator;

use crate::browser::Browser;
use crate::world::World;

const GOOD: [(&str, &str); 3] = [("card_number", "4242 4242 4242 4242"), ("expiry", "12/34"), ("cvc", "123")];
const DECLINED: [(&str, &str); 3] =
    [("card_number", "4000 0000 0000 0002"), ("expiry", "12/34"), ("cvc", "123")];
const CONFIRM: &str = "/home/confirm-plan";
const TEAM: &str = "/home/confirm-plan?plan=team";

#[tokio::test]
async fn trial_to_team() {
    let world = World::new();
    let mut browser = Browser::signed_in(&world, "Ann Lee", None).await;
    let page = browser.get(TEAM).await;
    page.shows(
        200,
        &["Pay for Team", "Pay $384", "4242 4242 4242 4242", "Test checkout", "/home/upgrade-plan"],
    );
    let declined = browser.submit_on(&page, CONFIRM, &DECLINED).await;
    declined.shows(402, &["Your card was not charged", "declined", "value=\"4000 0000 0000 0002\""]);
    assert_eq!(world.subscription_of("Ann Lee").unwrap(), "trial;2026-11-24T12:00:00.000Z;active");
    let paid = browser.submit_on(&declined, CONFIRM, &GOOD).await;
    assert_eq!(paid.location(), "/home/register-business");
    assert_eq!(world.subscription_of("Ann Lee").unwrap(), "team;2027-11-23T12:00:00.000Z;activation");
    let business = "/home/register-business";
    let away = browser.submit(business, business, &[("organization", "acme-1")]).await;
    assert_eq!(browser.come_back(away.location(), "Ann Lee").await.location(), "/home");
    browser.get("/home").await.shows(200, &["acme-1", "12 lessons"]);
    browser
        .get("/home/profile")
        .await
        .shows(200, &["team;2027-11-23T12:00:00.000Z;active", "org_acme-1", "Administrator"]);
    browser.get("/admin").await.shows(200, &["of 20 seats used", "<b>1</b>"]);
    browser.get("/admin/members").await.shows(200, &["Ann Lee", "Administrator"]);
}

#[tokio::test]
async fn trial_to_personal() {
    let world = World::new();
    let mut browser = Browser::signed_in(&world, "Ann Lee", None).await;
    let paid = browser.submit("/home/confirm-plan?plan=personal", CONFIRM, &GOOD).await;
    assert_eq!(paid.location(), "/home/register-personal");
    let personal = "/home/register-personal";
    assert_eq!(browser.submit(personal, personal, &[]).await.location(), "/home");
    assert_eq!(world.subscription_of("Ann Lee").unwrap(), "personal;2027-11-23T12:00:00.000Z;active");
    browser.get("/home").await.shows(200, &["12 lessons"]).hides(&["trial subscription"]);
}

#[tokio::test]
async fn a_browser_that_was_closed_after_paying_finds_itself_where_it_stopped() {
    let world = World::new();
    let mut browser = Browser::signed_in(&world, "Ann Lee", None).await;
    browser.submit(TEAM, CONFIRM, &GOOD).await;
    let mut later = Browser::signed_in(&world, "Ann Lee", None).await;
    later.get("/home").await.shows(200, &["Name of your organization"]);
    assert_eq!(later.get(TEAM).await.location(), "/home/register-business");
    assert_eq!(world.charged.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_second_click_pays_nothing_twice() {
    let world = World::new();
    let mut browser = Browser::signed_in(&world, "Ann Lee", None).await;
    let page = browser.get(TEAM).await;
    for _ in 0..3 {
        let paid = browser.submit_on(&page, CONFIRM, &GOOD).await;
        assert_eq!(paid.location(), "/home/register-business");
    }
    assert_eq!(world.charged.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn who_has_bought_one_plan_can_buy_another() {
    let world = World::new();
    let mut browser = Browser::signed_in(&world, "Ann Lee", None).await;
    browser.submit("/home/confirm-plan?plan=personal", CONFIRM, &GOOD).await;
    browser.submit("/home/register-personal", "/home/register-personal", &[]).await;
    let paid = browser.submit(TEAM, CONFIRM, &GOOD).await;
    assert_eq!(paid.location(), "/home/register-business");
    assert_eq!(world.charged.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn fault_6_no_plan_is_granted_without_a_payment() {
    let world = World::new();
    let mut browser = Browser::signed_in(&world, "Ann Lee", None).await;
    for _ in 0..2 {
        browser.get(TEAM).await;
    }
    browser.get("/home/register-business").await.location();
    let token = browser.get("/home").await.input("csrf");
    let named = browser.post("/home/register-business", format!("csrf={token}&organization=acme-1")).await;
    named.shows(402, &["Choose a plan first", "/home/upgrade-plan"]);
    let personal = browser.post("/home/register-personal", format!("csrf={token}")).await;
    personal.shows(402, &["Choose a plan first"]);
    for plan in ["trial", "platinum", ""] {
        browser.get(&format!("{CONFIRM}?plan={plan}")).await.shows(404, &["Choose another plan"]);
    }
    assert_eq!(world.subscription_of("Ann Lee").unwrap(), "trial;2026-11-24T12:00:00.000Z;active");
    assert!(world.tenant_names().is_empty());
}

#[tokio::test]
async fn a_card_that_is_mistyped_is_explained_beside_its_field() {
    let world = World::new();
    let mut browser = Browser::signed_in(&world, "Ann Lee", None).await;
    for (card, message) in [
        ([("card_number", ""), ("expiry", "12/34"), ("cvc", "123")], "Enter the card number."),
        (
            [("card_number", "4242"), ("expiry", "12/34"), ("cvc", "123")],
            "A card number has 12 to 19 digits.",
        ),
        ([("card_number", "4242424242424242"), ("expiry", "10/26"), ("cvc", "123")], "This card has expired"),
        ([("card_number", "4242424242424242"), ("expiry", "12/34"), ("cvc", "x")], "three or four digits"),
    ] {
        let answer = browser.submit(TEAM, CONFIRM, &card).await;
        answer.shows(422, &[message, &format!("value=\"{}\"", card[0].1)]);
    }
    let other = [("card_number", "378282246310005"), ("expiry", "12/34"), ("cvc", "1234")];
    browser.submit(TEAM, CONFIRM, &other).await.shows(402, &["This is a test checkout"]);
    assert_eq!(world.charged.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn an_administrator_pays_for_another_year_of_the_organization() {
    let world = World::new();
    world.organization("old-co", "team;2026-11-01T12:00:00.000Z;active", &[("Ann Lee", Administrator)]);
    let mut browser = Browser::signed_in(&world, "Ann Lee", Some("old-co")).await;
    browser.get("/home").await.shows(200, &["Your Team subscription expired"]);
    browser.get("/home/upgrade-plan").await.hides(&["plan=personal"]);
    let page = browser.get("/home/confirm-plan?plan=enterprise").await;
    page.shows(200, &["For old-co.", "Pay $780"]).hides(&["Name your organization"]);
    assert_eq!(browser.submit_on(&page, CONFIRM, &GOOD).await.location(), "/admin");
    browser.get("/home").await.shows(200, &["12 lessons"]);
}

#[tokio::test]
async fn who_has_just_paid_is_told_before_they_pay_again() {
    let world = World::new();
    world.organization("old-co", "team;2026-11-01T12:00:00.000Z;active", &[("Ann Lee", Administrator)]);
    let mut browser = Browser::signed_in(&world, "Ann Lee", Some("old-co")).await;
    browser.get(TEAM).await.shows(200, &["Pay $384"]).hides(&["was paid for", "again"]);
    browser.submit(TEAM, CONFIRM, &GOOD).await.location();
    world.clock.advance(Duration::from_mins(3));
    let told = browser.get(TEAM).await;
    told.shows(200, &["Team was paid for 3 minutes ago", "23 November 2027", "the year begins anew today"])
        .shows(
            200,
            &["class=\"button\" href=\"/admin\"", "button-secondary\" type=\"submit\">Pay $384 again"],
        );
    // Another plan is another matter, and so is the same one after an hour.
    browser
        .get("/home/confirm-plan?plan=enterprise")
        .await
        .shows(200, &["Pay $780"])
        .hides(&["was paid for"]);
    browser.submit_on(&told, CONFIRM, &DECLINED).await.shows(402, &["not charged", "Team was paid for"]);
    assert_eq!(world.charged.load(Ordering::SeqCst), 1);
    world.clock.advance(Duration::from_mins(57));
    browser.get(TEAM).await.shows(200, &["Pay $384"]).hides(&["was paid for", "again"]);
}

#[tokio::test]
async fn who_has_just_paid_for_themselves_is_led_home_and_for_an_organization_there() {
    let world = World::new();
    let mut browser = Browser::signed_in(&world, "Ann Lee", None).await;
    browser.submit("/home/confirm-plan?plan=personal", CONFIRM, &GOOD).await;
    browser.submit("/home/register-personal", "/home/register-personal", &[]).await;
    let told = browser.get("/home/confirm-plan?plan=personal").await;
    told.shows(200, &["Personal was paid for just now", "class=\"button\" href=\"/home\"", "Go on to Home"]);
    browser.get(TEAM).await.hides(&["was paid for"]);
    browser.submit(TEAM, CONFIRM, &GOOD).await;
    let business = "/home/register-business";
    browser.submit(business, business, &[("organization", "acme-1")]).await.location();
    browser
        .get(TEAM)
        .await
        .shows(200, &["Team was paid for just now", "is for another organization", "acme-1"]);
}

#[tokio::test]
async fn nobody_pays_for_a_year_that_ends_before_the_plan_that_runs() {
    let world = World::new();
    world.organization("old-co", "enterprise;2027-11-23T12:00:00.001Z;active", &[("Ann Lee", Administrator)]);
    let mut browser = Browser::signed_in(&world, "Ann Lee", Some("old-co")).await;
    let refused = browser.submit(TEAM, CONFIRM, &GOOD).await;
    refused.shows(409, &["Nothing was charged", "ends later", "href=\"/home\""]);
    assert_eq!(world.charged.load(Ordering::SeqCst), 0);
    world.clock.advance(Duration::from_millis(1));
    assert_eq!(browser.submit(TEAM, CONFIRM, &GOOD).await.location(), "/admin");
    assert_eq!(world.charged.load(Ordering::SeqCst), 1);
}
