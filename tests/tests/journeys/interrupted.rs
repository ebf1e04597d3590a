//! The conversion is left after the payment: nothing that was paid for is lost, and the next login goes on from there.

use tenantry_tests::product::Product;

use crate::person::Person;

#[tokio::test]
async fn another_browser_goes_on_where_the_first_was_closed() {
    let product = Product::start();
    let ann = Person::signed_up(&product.site, "ann@example.com").await;
    ann.buys("Team").await;

    let ann = ann.elsewhere().await;
    ann.opens("/home").await;
    ann.logs_in().await;
    ann.browser.arrives_at("/home").await;
    ann.browser.says("your Team plan is paid").await;
    ann.names_organization("acme-1").await;
    ann.browser.arrives_at("/home").await;
    ann.browser.says("You are learning with acme-1").await;
}

#[tokio::test]
async fn a_dropped_session_goes_on_too() {
    let product = Product::start();
    let ann = Person::signed_up(&product.site, "ann@example.com").await;
    ann.buys("Enterprise").await;
    ann.browser.drop_cookie("sid").await;
    // The provider still knows them: they are signed in again without being asked.
    ann.opens("/home").await;
    ann.browser.says("your Enterprise plan is paid").await;
    ann.names_organization("acme-1").await;
    ann.browser.arrives_at("/home").await;
    ann.browser.says("acme-1").await;
}

#[tokio::test]
async fn a_name_that_cannot_be_taken_says_what_would_be_right() {
    let product = Product::start();
    let first = Person::signed_up(&product.site, "first@example.com").await;
    first.buys("Team").await;
    first.names_organization("taken").await;
    first.browser.arrives_at("/home").await;

    let ann = Person::signed_up(&product.site, "ann@example.com").await;
    ann.buys("Team").await;
    for (name, advice) in [
        ("taken", "choose another"),
        ("ab", "3 to 50 characters"),
        ("ACME", "lower-case letters"),
        ("org_acme", "can't start with org_"),
        ("", "enter a name"),
    ] {
        ann.names_organization(name).await;
        ann.browser.says(advice).await;
        ann.browser.arrives_at("/home/register-business").await;
        assert_eq!(ann.browser.value_of("organization").await, name, "what was typed is still there");
        let focused = ann.browser.evaluate("return document.activeElement.name").await;
        assert_eq!(focused, "organization", "the cursor is where the error is");
    }
    ann.opens("/home").await;
    ann.browser.says("your Team plan is paid").await;
    ann.opens("/home/register-business").await;
    ann.names_organization("free-again").await;
    ann.browser.arrives_at("/home").await;
    ann.browser.says("You are learning with free-again").await;
}
