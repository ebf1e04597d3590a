//! Looking after one's own account: a name, the browsers that are signed in, a new password, and the end of it.

use tenantry_tests::browser::{Theme, Width};
use tenantry_tests::product::Product;
use tenantry_tests::steps::GOOD_CARD;
use url::Url;

use crate::person::Person;

const ANN: &str = "ann@example.com";
const NEW_PASSWORD: &str = "Another-Horse-Battery-2";

/// The same person at one more browser, where the provider knows nothing of them yet.
async fn at_another_browser(site: &Url, email: &str) -> Person {
    let person = Person::visits(site, email).await;
    person.opens("/api/auth/login").await;
    person.logs_in().await;
    person.browser.arrives_at("/home").await;
    person
}

#[tokio::test]
async fn a_person_is_renamed_and_signs_out_elsewhere() {
    let product = Product::start();
    let ann = Person::signed_up(&product.site, ANN).await;
    let phone = at_another_browser(&product.site, ANN).await;
    let mut faults = Vec::new();
    ann.opens("/home/profile").await;
    ann.browser.fill(&[("name", "   ")]).await;
    ann.browser.press("Save name").await;
    ann.browser.says("Enter your name").await;
    faults.extend(ann.browser.inspect("profile-name-error").await);
    ann.browser.fill(&[("name", "Ann Lee")]).await;
    ann.browser.press("Save name").await;
    ann.browser.says("Saved. This is what others call you from now on.").await;
    faults.extend(ann.browser.inspect("profile-renamed").await);
    ann.browser.publish("profile", Width::Desk, Theme::Light).await;
    phone.opens("/home").await;
    phone.browser.says("Ann Lee").await;

    ann.browser.press("See sessions").await;
    ann.browser.says("This browser").await;
    faults.extend(ann.browser.inspect("account-sessions").await);
    ann.browser.publish("sessions-phone", Width::Phone, Theme::Light).await;
    ann.browser.publish("sessions-dark", Width::Desk, Theme::Dark).await;
    ann.browser.press("Sign out everywhere else").await;
    ann.browser.says("Signed out everywhere else").await;
    faults.extend(ann.browser.inspect("account-sessions-alone").await);
    // Its provider still knows the phone, so it is let in again; the session that was ended stays ended.
    phone.opens("/home/account/sessions").await;
    phone.browser.says("Where you are signed in").await;
    ann.opens("/home/account/sessions").await;
    ann.browser.says("This browser").await;
    assert!(faults.is_empty(), "{}", faults.concat());
}

#[tokio::test]
async fn a_new_password_needs_the_old_one() {
    let product = Product::start();
    Person::signed_up(&product.site, ANN).await;
    let ann = at_another_browser(&product.site, ANN).await;
    let mut faults = Vec::new();
    ann.opens("/home/profile").await;
    ann.browser.press("Change password").await;
    ann.browser.arrives_at("/home/account/password").await;
    faults.extend(ann.browser.inspect("account-password-login").await);
    ann.browser.press_at("main button[type='submit']").await;
    ann.logs_in().await;
    ann.browser.arrives_at("/home/account/password").await;
    ann.browser.says("You choose it at your identity provider").await;
    faults.extend(ann.browser.inspect("account-password").await);
    ann.browser.press_at("main button[type='submit']").await;
    ann.browser.arrives_at("/u/reset-password").await;
    ann.browser.fill(&[("password-reset", NEW_PASSWORD), ("re-enter-password", NEW_PASSWORD)]).await;
    ann.browser.press_at("main button[type='submit']").await;
    ann.browser.arrives_at("/home/account/password/result").await;
    ann.browser.says("Your password is changed").await;
    faults.extend(ann.browser.inspect("account-password-result").await);
    assert!(faults.is_empty(), "{}", faults.concat());
}

#[tokio::test]
async fn an_account_ends_when_nobody_is_left_alone_with_it() {
    let product = Product::start();
    let ann = Person::signed_up(&product.site, ANN).await;
    let mut faults = Vec::new();
    ann.chooses("Personal").await;
    ann.pays_with(GOOD_CARD).await;
    ann.browser.arrives_at("/home/register-personal").await;
    ann.browser.press("Continue").await;
    ann.browser.arrives_at("/home").await;
    ann.opens("/home/profile").await;
    ann.browser.press("Delete account").await;
    ann.browser.says("paid until").await;
    faults.extend(ann.browser.inspect("account-delete").await);
    ann.browser.publish("delete-account", Width::Desk, Theme::Light).await;
    ann.browser.fill(&[("confirmation", "ann")]).await;
    ann.browser.press("Delete my account").await;
    ann.browser.says("Type it exactly as it stands above").await;
    faults.extend(ann.browser.inspect("account-delete-error").await);
    ann.browser.fill(&[("confirmation", ANN)]).await;
    ann.browser.press("Delete my account").await;
    ann.browser.arrives_at("/home/account/deleted").await;
    faults.extend(ann.browser.inspect("account-deleted").await);

    let bob = Person::signed_up(&product.site, "bob@example.com").await;
    bob.buys("Team").await;
    bob.names_organization("acme-1").await;
    bob.browser.arrives_at("/home").await;
    bob.opens("/home/account/delete").await;
    bob.browser.says("First find another Administrator").await;
    faults.extend(bob.browser.inspect("account-delete-alone").await);
    bob.browser.press("See its members").await;
    bob.browser.arrives_at("/admin/members").await;
    assert!(faults.is_empty(), "{}", faults.concat());
}
