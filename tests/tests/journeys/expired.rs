//! The trial runs out: what it gave is locked everywhere, every page offers the way to pay, and paying unlocks it.

use std::time::Duration;

use tenantry_tests::steps::GOOD_CARD;

use crate::clock::product_with_clock;
use crate::person::Person;

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_trial_locks_the_courses_until_something_is_paid() {
    let (product, clock) = product_with_clock().await;
    let ann = Person::signed_up(&product.addresses().product, "ann@example.com").await;
    assert!(has_courses(&ann).await, "the trial opens the courses");
    clock.advance(Duration::from_hours(24) - Duration::from_secs(1));
    ann.opens("/home").await;
    ann.browser.says("You have 1 day left on your trial subscription").await;
    assert!(has_courses(&ann).await, "until its last second");

    clock.advance(Duration::from_secs(1));
    let mut faults = Vec::new();
    for (path, name) in [
        ("/home", "home-expired"),
        ("/home?q=a", "home-expired-search"),
        ("/home/profile", "profile-expired"),
        ("/home/upgrade-plan", "upgrade-expired"),
        ("/home/confirm-plan?plan=team", "checkout-expired"),
    ] {
        ann.opens(path).await;
        ann.browser.says("Your trial subscription expired").await;
        assert!(!has_courses(&ann).await, "{path} shows courses");
        let pays = ann.browser.has("a[href='/home/upgrade-plan'], a[href^='/home/confirm-plan']").await;
        assert!(pays, "{path} offers no way to pay");
        faults.extend(ann.browser.inspect(name).await);
    }
    assert!(faults.is_empty(), "{}", faults.concat());

    ann.opens("/home").await;
    ann.browser.press_at("main a[href='/home/upgrade-plan']").await;
    ann.browser.arrives_at("/home/upgrade-plan").await;
    ann.chooses("Personal").await;
    ann.pays_with(GOOD_CARD).await;
    ann.browser.press("Continue").await;
    ann.browser.arrives_at("/home").await;
    ann.browser.does_not_say("expired").await;
    assert!(has_courses(&ann).await, "what was paid for is open");
}

async fn has_courses(person: &Person) -> bool {
    person.browser.has(".courses:not(.courses-locked) .course").await
}
