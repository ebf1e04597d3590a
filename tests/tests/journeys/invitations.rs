//! Inviting people and being invited: with the keyboard alone, at a browser where somebody else is signed in, and when it
//! is too late.

use std::time::Duration;

use tenantry_tests::product::Product;
use tenantry_tests::steps::PASSWORD;

use crate::clock::product_with_clock;
use crate::person::{Person, invitation_link};

const ANN: &str = "ann@example.com";
const BO: &str = "bo@acme.example";
const SEND: &str = "form[action='/admin/members/add-member'] button[type='submit']";

#[tokio::test]
async fn somebody_is_invited_and_joins_with_the_keyboard_alone() {
    let product = Product::start();
    let ann = Person::founds(&product.site, ANN, "acme-1").await;
    let mut faults = Vec::new();
    ann.browser.enters_at("a[href='/admin']").await;
    ann.browser.arrives_at("/admin").await;
    faults.extend(ann.browser.inspect("keyboard-admin").await);
    ann.browser.enters_at("a[href='/admin/members']").await;
    ann.browser.says("No invitation is open").await;
    faults.extend(ann.browser.inspect("members-nobody-invited").await);
    ann.browser.enters_at("a[href='/admin/members/add-member']").await;
    ann.browser.arrives_at("/admin/members/add-member").await;
    faults.extend(ann.browser.inspect("add-member").await);
    ann.browser.tabs_to("#emails").await;
    ann.browser.strikes(format!("Bo Lind <{BO}>, cy@acme.example")).await;
    ann.browser.tabs_to("#message").await;
    ann.browser.strikes("Welcome to the team.").await;
    ann.browser.enters_at(SEND).await;
    ann.browser.says("2 invitations are on the way").await;
    ann.browser.says("mails each of them a link of their own").await;
    let mailbox = format!("main a[href='{}#mailbox']", product.identity);
    assert!(ann.browser.has(&mailbox).await, "in development the mail is to be found");
    faults.extend(ann.browser.inspect("add-member-sent").await);
    let link = invitation_link(&product.identity, BO).await;
    ann.browser.enters_at("main a[href='/admin/members']").await;
    ann.browser.arrives_at("/admin/members").await;
    ann.browser.says("cy@acme.example").await;
    faults.extend(ann.browser.inspect("members-invited").await);

    let bo = Person::visits(&product.site, BO).await;
    bo.browser.open(&link).await;
    bo.browser.says("invites you to join acme-1 as an Employee").await;
    bo.browser.does_not_say(BO).await;
    faults.extend(bo.browser.inspect("invitation").await);
    bo.browser.enters_at("button[name='account'][value='new']").await;
    bo.browser.arrives_at("/u/signup").await;
    faults.extend(bo.browser.inspect("invitation-signup").await);
    bo.browser.tabs_to("#password").await;
    bo.browser.strikes(PASSWORD).await;
    bo.browser.enters_at("button[type='submit'][value='default']").await;
    bo.browser.says("You are learning with acme-1").await;
    faults.extend(bo.browser.inspect("invitation-joined").await);
    assert!(!bo.browser.has("a[href='/admin']").await, "an Employee administrates nothing");
    ann.opens("/admin").await;
    ann.browser.says("2 members, 1 invited, 20 seats").await;
    assert!(faults.is_empty(), "{}", faults.concat());
}

#[tokio::test]
async fn somebody_else_who_is_signed_in_is_told_before_the_invitation_is_spent() {
    let product = Product::start();
    let ann = Person::founds(&product.site, ANN, "acme-1").await;
    let mut faults = Vec::new();
    ann.invites(BO).await;
    let link = invitation_link(&product.identity, BO).await;
    let eve = Person::signed_up(&product.site, "eve@example.com").await;
    eve.browser.open(&link).await;
    eve.browser.says("You are signed in as eve@example.com").await;
    faults.extend(eve.browser.inspect("invitation-other").await);
    eve.browser.press("Switch account and join").await;
    // The provider knows no account of whoever is invited, so it offers to make one, and Eve's is of no use there.
    eve.browser.arrives_at("/u/signup").await;
    faults.extend(eve.browser.inspect("invitation-switch").await);

    // Looking and going to the provider have spent nothing: at the same browser it still lets its owner in.
    eve.browser.open(&link).await;
    eve.browser.press("Create an account").await;
    eve.browser.arrives_at("/u/signup").await;
    eve.browser.fill(&[("password", PASSWORD)]).await;
    eve.browser.press_at("button[name='action'][value='default']").await;
    eve.browser.says("You are learning with acme-1").await;
    eve.opens("/home/profile").await;
    eve.browser.says(BO).await;

    eve.browser.open(&link).await;
    eve.browser.says("accepted before").await;
    faults.extend(eve.browser.inspect("invitation-used").await);
    assert!(faults.is_empty(), "{}", faults.concat());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_is_sent_again_taken_back_and_runs_out() {
    let (product, clock) = product_with_clock().await;
    let site = &product.addresses().product;
    let ann = Person::founds(site, ANN, "acme-1").await;
    let mut faults = Vec::new();
    ann.opens("/admin/members/add-member").await;
    ann.browser.fill(&[("emails", BO), ("message", "see https://evil.example")]).await;
    ann.browser.press("Send invitations").await;
    ann.browser.says("web addresses").await;
    faults.extend(ann.browser.inspect("add-member-wrong").await);
    ann.invites(&format!("{BO}\nnobody\n{ANN}")).await;
    ann.browser.says("nobody: This is not an e-mail address").await;
    assert_eq!(ann.browser.value_of("emails").await, format!("nobody\n{ANN}"), "what was not invited stays");
    faults.extend(ann.browser.inspect("add-member-answers").await);
    let old = invitation_link(&product.addresses().identity, BO).await;

    ann.opens("/admin/members").await;
    ann.browser.press(&format!("Send again to {BO}")).await;
    ann.browser.says(&format!("{BO} gets a new link by e-mail")).await;
    faults.extend(ann.browser.inspect("members-resent").await);
    let bo = Person::visits(site, BO).await;
    bo.browser.open(&old).await;
    bo.browser.says("does not count any more").await;
    faults.extend(bo.browser.inspect("invitation-revoked").await);
    ann.browser.press(&format!("Take back the invitation to {BO}")).await;
    ann.browser.says(&format!("The invitation to {BO} is taken back")).await;
    ann.browser.says("No invitation is open").await;
    ann.opens("/admin").await;
    ann.browser.says("1 member, 0 invited, 20 seats").await;

    ann.invites(BO).await;
    let late = invitation_link(&product.addresses().identity, BO).await;
    clock.advance(Duration::from_hours(7 * 24));
    bo.browser.open(&late).await;
    bo.browser.says("has expired").await;
    faults.extend(bo.browser.inspect("invitation-expired").await);
    bo.browser.open(&site.join("/api/auth/login?organization=org_none&invitation=none").unwrap()).await;
    faults.extend(bo.browser.inspect("invitation-unknown").await);
    assert!(faults.is_empty(), "{}", faults.concat());
}
