//! Two people in one organization: found, given another role, handed over to, removed; every step is a page of its own.

use tenantry_tests::browser::{Theme, Width};
use tenantry_tests::product::Product;
use url::Url;

use crate::person::Person;

const SAVE: &str = "form[action='/admin/members/edit-member'] button[type='submit']";

/// Where the latest mail of the provider leads.
async fn latest_link(visitor: &Person, product: &Product) -> Url {
    visitor.browser.open(&product.identity).await;
    let script =
        "return document.querySelector('section[aria-labelledby=mailbox] td[data-label=Link] a').href";
    visitor.browser.evaluate(script).await.as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn an_organization_of_two_changes_hands_and_becomes_one_of_one() {
    let product = Product::start();
    let ann = Person::signed_up(&product.site, "ann@example.com").await;
    ann.buys("Team").await;
    ann.names_organization("acme-1").await;
    ann.browser.arrives_at("/home").await;
    let mut faults = Vec::new();

    // Whoever runs it alone stays, and is told so.
    ann.opens("/admin/members").await;
    ann.browser.press("Edit ann@example.com").await;
    ann.browser.says("You are the only Administrator").await;
    ann.browser.press_at("label[for='role-Employee']").await;
    ann.browser.press_at("label[for='role-Administrator']").await;
    ann.browser.press_at(SAVE).await;
    ann.browser.says("make somebody else one first").await;
    faults.extend(ann.browser.inspect("member-last").await);

    ann.opens("/admin/members/add-member").await;
    ann.browser.fill(&[("emails", "eve@example.com")]).await;
    ann.browser.press("Send invitations").await;
    ann.browser.says("1 invitation is on the way").await;
    let link = latest_link(&ann, &product).await;
    let eve = Person::signed_up(&product.site, "eve@example.com").await;
    eve.browser.open(&link).await;
    eve.browser.press("Switch account and join").await;
    eve.logs_in().await;
    eve.browser.says("You are learning with acme-1").await;

    ann.opens("/admin/members?q=eve").await;
    faults.extend(ann.browser.inspect("members-found").await);
    ann.opens("/admin/members?q=nobody").await;
    faults.extend(ann.browser.inspect("members-not-found").await);
    ann.opens("/admin/members").await;
    faults.extend(ann.browser.inspect("members-two").await);
    ann.browser.press("Edit eve@example.com").await;
    ann.browser.says("Handing over makes eve@example.com an Administrator").await;
    faults.extend(ann.browser.inspect("member").await);
    ann.browser.publish("member", Width::Desk, Theme::Light).await;
    ann.browser.press_at("label[for='role-Administrator']").await;
    ann.browser.press_at(SAVE).await;
    ann.browser.says("eve@example.com is now an Administrator and Employee.").await;
    faults.extend(ann.browser.inspect("members-said").await);
    ann.browser.press("Edit eve@example.com").await;
    ann.browser.press("Hand the organization over").await;
    ann.browser.says("You step back").await;
    faults.extend(ann.browser.inspect("transfer").await);
    ann.browser.press("Hand over").await;
    ann.browser.says("eve@example.com runs the organization now").await;

    eve.opens("/orgprompt").await;
    eve.browser.fill(&[("organization", "acme-1")]).await;
    eve.browser.press("Continue").await;
    eve.browser.says("You are learning with acme-1").await;
    eve.opens("/admin/members").await;
    eve.browser.press("Remove ann@example.com").await;
    eve.browser.says("Their membership ends now").await;
    faults.extend(eve.browser.inspect("remove-member").await);
    eve.browser.press("Remove").await;
    eve.browser.says("ann@example.com is no longer a member.").await;
    eve.opens("/admin/activity").await;
    eve.browser.says("Removed ann@example.com").await;
    faults.extend(eve.browser.inspect("activity").await);
    eve.opens("/home/leave").await;
    faults.extend(eve.browser.inspect("leave").await);
    assert!(faults.is_empty(), "{}", faults.concat());
}
