//! An organization that looks like itself, another beside it, and the end of one: in the browser, as people see it.

use std::path::Path;

use tenantry_tests::browser::{Theme, Width};
use tenantry_tests::product::Product;

use crate::person::Person;

impl Person {
    /// The colour of what the selector names, as it is painted.
    async fn ground_of(&self, css: &str) -> String {
        // Of another one like it, where no pointer is: the pointer may be over it, since it was pressed.
        let script = format!(
            "const shown = document.querySelector(\"{css}\");
             const other = shown.cloneNode(true);
             other.style.cssText = 'position: fixed; left: -99rem; transition: none';
             shown.after(other);
             const ground = getComputedStyle(other).backgroundColor;
             other.remove();
             return ground"
        );
        self.browser.evaluate(&script).await.as_str().unwrap_or_default().to_owned()
    }
}

const SAVE: &str = "form[action='/admin/customization'] button[type='submit']:not([name])";

#[tokio::test]
async fn an_organization_looks_like_itself() {
    let product = Product::start();
    let ann = Person::founds(&product.site, "ann@example.com", "acme-1").await;
    let mut faults = Vec::new();
    ann.opens("/admin/customization").await;
    faults.extend(ann.browser.inspect("customization").await);
    let plain = ann.ground_of(SAVE).await;

    // The page is restyled while the colours are chosen, and nothing is saved yet.
    ann.picks_colours("#ff00ff", "#00ff00").await;
    let garish = ann.ground_of(SAVE).await;
    assert_ne!(garish, plain, "the page is restyled");
    ann.browser.says("easy to read").await;
    ann.opens("/home").await;
    assert!(!ann.browser.has("link[data-look]").await, "nothing is saved");

    ann.opens("/admin/customization").await;
    ann.browser.fill(&[("display_name", "Acme & Söns")]).await;
    ann.picks_colours("#ff00ff", "#00ff00").await;
    ann.browser.press("Save name and colours").await;
    ann.browser.says("This is what your people see from now on").await;
    assert_eq!(ann.ground_of(SAVE).await, garish, "what was shown is what was saved");
    let logo = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/journeys/logo.png");
    ann.browser.fill(&[("logo", logo.to_str().unwrap())]).await;
    ann.browser.press("Upload logo").await;
    ann.browser.says("stands at the top of every page").await;
    assert!(ann.browser.has("header .switcher img[src^='/logos/']").await);
    faults.extend(ann.browser.inspect("customization-garish").await);
    ann.browser.publish("customization", Width::Desk, Theme::Light).await;
    for (path, name) in [
        ("/home", "home-garish"),
        ("/admin", "admin-garish"),
        ("/admin/members", "members-garish"),
        ("/home/profile", "profile-garish"),
        ("/admin/customization/delete", "delete-organization"),
    ] {
        ann.opens(path).await;
        faults.extend(ann.browser.inspect(name).await);
    }
    ann.opens("/admin/customization").await;
    ann.browser.fill(&[("display_name", "Go to evil.com")]).await;
    ann.browser.press("Save name and colours").await;
    ann.browser.says("Leave the web address out").await;
    faults.extend(ann.browser.inspect("customization-wrong").await);

    // The login page is theirs, too.
    let ann = ann.elsewhere().await;
    ann.opens("/orgprompt").await;
    ann.browser.fill(&[("organization", "acme-1")]).await;
    ann.browser.press("Continue").await;
    ann.browser.says("Acme & Söns").await;
    assert_eq!(ann.ground_of("body").await, "rgb(0, 255, 0)");
    faults.extend(ann.browser.inspect("login-garish").await);
    assert!(faults.is_empty(), "{}", faults.concat());
}

#[tokio::test]
async fn one_person_has_two_organizations_and_ends_one() {
    let product = Product::start();
    let ann = Person::founds(&product.site, "ann@example.com", "acme-1").await;
    let mut faults = Vec::new();
    // The menu knows the way, with and without its list.
    ann.browser.press_at("[data-switcher] > summary").await;
    ann.browser.press("Create an organization").await;
    ann.browser.says("You are signed in under acme-1").await;
    faults.extend(ann.browser.inspect("new-organization-under").await);
    ann.browser.press("Go on with your own account").await;
    ann.browser.arrives_at("/organizations/new").await;
    faults.extend(ann.browser.inspect("new-organization").await);
    ann.browser.press("Choose Plan Enterprise").await;
    ann.browser.arrives_at("/home/confirm-plan").await;
    ann.pays_with(tenantry_tests::steps::GOOD_CARD).await;
    ann.browser.arrives_at("/home/register-business").await;
    ann.names_organization("acme-2").await;
    ann.browser.says("You are learning with acme-2").await;

    ann.browser.press_at("[data-switcher] > summary").await;
    let first = ann.browser.find("[data-switcher-list] a").await;
    assert_eq!(first.text().await.unwrap().replace('\n', " "), "A1 acme-1");
    ann.browser.publish("switcher", Width::Desk, Theme::Light).await;
    ann.browser.press_at("[data-switcher-list] a").await;
    ann.browser.says("You are learning with acme-1").await;
    ann.opens("/organizations").await;
    faults.extend(ann.browser.inspect("organizations").await);

    ann.opens("/admin/customization").await;
    ann.browser.press_at("a[href='/admin/customization/delete']").await;
    ann.browser.fill(&[("organization", "acme")]).await;
    ann.browser.press("Delete acme-1").await;
    ann.browser.says("Type the name exactly").await;
    faults.extend(ann.browser.inspect("delete-organization-wrong").await);
    ann.browser.fill(&[("organization", "acme-1")]).await;
    ann.browser.press("Delete acme-1").await;
    ann.browser.arrives_at("/organizations/deleted").await;
    faults.extend(ann.browser.inspect("organization-deleted").await);
    ann.browser.press("Sign in with your own account").await;
    ann.browser.arrives_at("/organizations").await;
    ann.browser.says("acme-2").await;
    ann.browser.does_not_say("acme-1").await;
    assert!(faults.is_empty(), "{}", faults.concat());
}
