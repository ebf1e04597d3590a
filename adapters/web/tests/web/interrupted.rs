//! A purchase that was interrupted, or that two windows work on: what is shown, and how it goes on.

use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::http::{Method, header};

use crate::browser::{Answer, Browser};
use crate::world::{Fault, World};

const GOOD: [(&str, &str); 3] = [("card_number", "4242 4242 4242 4242"), ("expiry", "12/34"), ("cvc", "123")];
const CONFIRM: &str = "/home/confirm-plan";
const TEAM: &str = "/home/confirm-plan?plan=team";
const MAKING: &str = "Making <span class=\"named\">acme-1</span> was interrupted";
const GO_ON: &str = "Go on with <span class=\"named\">acme-1</span>";
const BUSINESS: &str = "/home/register-business";

fn is_waiting(answer: &Answer) {
    answer.shows(409, &["Your payment is being completed"]);
    assert_eq!((answer.link("Look again").as_str(), answer.link("Back to Home").as_str()), (TEAM, "/home"));
}

#[tokio::test]
async fn a_payment_under_way_is_waited_for() {
    let world = World::new();
    let mut browser = Browser::signed_in(&world, "Ann Lee", None).await;
    let (page, other) = (browser.get(TEAM).await, browser.get(TEAM).await);
    world.breaks(Fault::LostCard);
    browser
        .submit_on(&page, CONFIRM, &GOOD)
        .await
        .shows(503, &["Payments do not work", "Nothing was charged"]);
    world.is_mended();
    is_waiting(&browser.get(TEAM).await);
    is_waiting(&browser.submit_on(&other, CONFIRM, &GOOD).await);
    let json = browser.send(Method::GET, TEAM, &[("accept", "application/json")], String::new()).await;
    assert_eq!(json.headers[header::CONTENT_TYPE], "application/problem+json");
    json.shows(409, &["\"code\":\"being_paid\"", "\"status\":409"]);
    assert_eq!(world.charged.load(Ordering::SeqCst), 0);

    world.clock.advance(Duration::from_mins(2));
    let paid = browser.submit(TEAM, CONFIRM, &GOOD).await;
    assert_eq!(paid.location(), BUSINESS, "a payment that was given up stands in nobody's way");
    assert_eq!(world.charged.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_purchase_that_was_changed_in_another_window_is_looked_at_again() {
    let world = World::new();
    let mut browser = Browser::signed_in(&world, "Ann Lee", None).await;
    let page = browser.get(TEAM).await;
    world.breaks(Fault::AnotherWindow);
    let answer = browser.submit_on(&page, CONFIRM, &GOOD).await;
    answer.shows(409, &["This was changed in another window"]);
    assert_eq!(answer.link("Look again"), TEAM);
    assert_eq!(world.charged.load(Ordering::SeqCst), 0);

    world.person("Wade Ting", "team;2027-11-23T12:00:00.000Z;activation");
    let mut wade = Browser::signed_in(&world, "Wade Ting", None).await;
    let answer = wade.submit(BUSINESS, BUSINESS, &[("organization", "acme-1")]).await;
    answer.shows(409, &["This was changed in another window"]);
    assert_eq!(answer.link("Look again"), "/home");
    assert!(world.tenant_names().is_empty());
}

/// Somebody who has paid, and whose organization `acme-1` may or may not have been made.
async fn interrupted(world: &std::sync::Arc<World>) -> Browser {
    world.person("Wade Ting", "team;2027-11-23T12:00:00.000Z;activation");
    let mut browser = Browser::signed_in(world, "Wade Ting", None).await;
    world.breaks(Fault::NoNewTenants);
    let lost = browser.submit(BUSINESS, BUSINESS, &[("organization", "acme-1")]).await;
    lost.shows(503, &["Nothing is lost", "Back to Home"]);
    world.is_mended();
    browser
}

#[tokio::test]
async fn making_an_organization_goes_on_under_the_name_it_began_with() {
    let world = World::new();
    let mut browser = interrupted(&world).await;
    for path in ["/home", BUSINESS] {
        let page = browser.get(path).await;
        page.shows(200, &[MAKING, GO_ON, "readonly", "Your Team plan is paid"]);
        assert_eq!(page.input("organization"), "acme-1");
    }
    let late = browser.submit(BUSINESS, BUSINESS, &[("organization", "AC")]).await;
    late.shows(422, &[MAKING, GO_ON]);
    let away = browser.submit(BUSINESS, BUSINESS, &[("organization", "acme-1")]).await;
    assert_eq!(browser.come_back(away.location(), "Wade Ting").await.location(), "/home");
    browser.get("/home").await.shows(200, &["You are learning with acme-1"]);
    assert_eq!(world.tenant_names(), ["acme-1"]);
}

#[tokio::test]
async fn a_name_that_was_taken_meanwhile_makes_room_for_another() {
    let world = World::new();
    let mut browser = interrupted(&world).await;
    world.organization("acme-1", "team;2027-11-23T12:00:00.000Z;active", &[]);
    let taken = browser.submit(BUSINESS, BUSINESS, &[("organization", "acme-1")]).await;
    taken
        .shows(422, &["This name is taken: choose another", "value=\"acme-1\"", "Create organization"])
        .hides(&["readonly", "interrupted"]);
    browser.submit(BUSINESS, BUSINESS, &[("organization", "acme-2")]).await.location();
    assert_eq!(world.tenant_names(), ["acme-1", "acme-2"]);
}
