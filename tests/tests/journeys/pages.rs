//! Every page, in both themes and both widths: no rule of axe-core broken, nothing wider than the window, no complaint
//! in the console. The pictures are left in target/screenshots, the chosen ones in target/pictures.

use tenantry_tests::browser::{Theme, Width};
use tenantry_tests::product::Product;

use crate::person::{Person, invitation_link};

#[tokio::test]
async fn public_pages() {
    let product = Product::start();
    let visitor = Person::visits(&product.site, "nobody@example.com").await;
    let mut faults = Vec::new();
    for (path, name) in [
        ("/", "landing"),
        ("/pricing", "pricing"),
        ("/about", "about"),
        ("/customers", "customers"),
        ("/orgprompt", "orgprompt"),
        ("/nowhere", "not-found"),
        ("/api/v1", "api"),
    ] {
        visitor.opens(path).await;
        faults.extend(visitor.browser.inspect(name).await);
    }
    visitor.opens("/").await;
    visitor.browser.publish("landing", Width::Desk, Theme::Light).await;
    visitor.opens("/pricing").await;
    visitor.browser.publish("pricing-dark", Width::Desk, Theme::Dark).await;
    visitor.opens("/api/v1").await;
    visitor.browser.publish("api", Width::Desk, Theme::Light).await;
    visitor.opens("/orgprompt").await;
    visitor.browser.fill(&[("organization", "no-such-organization")]).await;
    visitor.browser.press("Continue").await;
    visitor.browser.says("No organization has this name").await;
    faults.extend(visitor.browser.inspect("orgprompt-unknown").await);
    assert!(faults.is_empty(), "{}", faults.concat());
}

#[tokio::test]
async fn pages_of_the_identity_provider() {
    let product = Product::start();
    let visitor = Person::visits(&product.site, "not an address").await;
    let mut faults = Vec::new();
    visitor.browser.open(&product.identity).await;
    faults.extend(visitor.browser.inspect("provider").await);
    visitor.opens("/api/auth/login").await;
    faults.extend(visitor.browser.inspect("login").await);
    visitor.browser.publish("login", Width::Desk, Theme::Light).await;
    visitor.logs_in().await;
    visitor.browser.says("Wrong email or password").await;
    faults.extend(visitor.browser.inspect("login-wrong").await);
    visitor.opens("/api/auth/signup").await;
    faults.extend(visitor.browser.inspect("signup").await);
    visitor.browser.press("Continue with Google").await;
    faults.extend(visitor.browser.inspect("google").await);
    assert!(faults.is_empty(), "{}", faults.concat());
}

#[tokio::test]
async fn signed_in_pages() {
    let product = Product::start();
    let ann = Person::signed_up(&product.site, "ann@example.com").await;
    let mut faults = Vec::new();
    faults.extend(ann.browser.inspect("home-trial").await);
    ann.browser.publish("home-trial", Width::Desk, Theme::Light).await;
    ann.browser.publish("home-trial-phone-dark", Width::Phone, Theme::Dark).await;
    for (path, name) in [
        ("/home?q=nothing-like-it", "home-no-course"),
        ("/home/profile", "profile-trial"),
        ("/home/upgrade-plan", "upgrade"),
        ("/home/confirm-plan?plan=team", "checkout"),
        ("/api/auth/logout", "logout"),
    ] {
        ann.opens(path).await;
        faults.extend(ann.browser.inspect(name).await);
    }
    ann.chooses("Team").await;
    ann.browser.publish("checkout", Width::Desk, Theme::Light).await;
    ann.pays_with("4000 0000 0000 0002").await;
    ann.browser.says("declined").await;
    faults.extend(ann.browser.inspect("checkout-declined").await);
    ann.buys("Team").await;
    faults.extend(ann.browser.inspect("register-business").await);
    ann.names_organization("AB").await;
    ann.browser.says("lower-case").await;
    faults.extend(ann.browser.inspect("register-business-error").await);
    ann.names_organization("acme-1").await;
    ann.browser.arrives_at("/home").await;
    for (path, name) in [
        ("/home", "home-team"),
        ("/home/profile", "profile-team"),
        ("/admin", "admin"),
        ("/admin/members", "members"),
        ("/home/leave", "leave-only-administrator"),
        ("/home/no-seat", "no-seat"),
    ] {
        ann.opens(path).await;
        faults.extend(ann.browser.inspect(name).await);
    }
    ann.opens("/admin").await;
    ann.browser.publish("admin", Width::Desk, Theme::Light).await;
    assert!(faults.is_empty(), "{}", faults.concat());
}

#[tokio::test]
async fn pages_of_an_organization() {
    let product = Product::start();
    let ann = Person::founds(&product.site, "ann.lee@acme.example", "acme-1").await;
    let mut faults = Vec::new();
    ann.invites("bo.lind@acme.example\nkim@acme.example\nnobody").await;
    faults.extend(ann.browser.inspect("invite-answers").await);
    let link = invitation_link(&product.identity, "bo.lind@acme.example").await;
    let bo = Person::visits(&product.site, "bo.lind@acme.example").await;
    bo.browser.open(&link).await;
    bo.browser.publish("invitation", Width::Desk, Theme::Light).await;
    bo.browser.press("Create an account").await;
    bo.browser.arrives_at("/u/signup").await;
    bo.browser.fill(&[("password", tenantry_tests::steps::PASSWORD)]).await;
    bo.browser.press_at("button[name='action'][value='default']").await;
    bo.browser.arrives_at("/home").await;
    ann.opens("/admin/members/add-member").await;
    ann.browser.fill(&[("emails", "Lou Pike <lou@acme.example>, sam@acme.example")]).await;
    ann.browser.publish("invite", Width::Desk, Theme::Light).await;
    ann.opens("/admin/members").await;
    faults.extend(ann.browser.inspect("members-of-two").await);
    ann.browser.publish("members", Width::Desk, Theme::Light).await;
    ann.browser.publish("members-dark", Width::Desk, Theme::Dark).await;
    ann.opens("/admin/activity").await;
    faults.extend(ann.browser.inspect("activity-of-two").await);

    ann.opens("/admin/customization").await;
    ann.browser.fill(&[("display_name", "Acme Works")]).await;
    ann.picks_colours("#0f766e", "#ecfdf5").await;
    ann.browser.press("Preview").await;
    ann.browser.says("Nothing is saved yet").await;
    faults.extend(ann.browser.inspect("customization-preview").await);
    ann.browser.press("Save name and colours").await;
    ann.browser.says("This is what your people see from now on").await;
    faults.extend(ann.browser.inspect("customization-own").await);
    ann.opens("/admin/customization").await;
    ann.browser.publish("customization", Width::Desk, Theme::Light).await;
    let phone = Person::visits(&product.site, "ann.lee@acme.example").await;
    phone.opens("/api/auth/login").await;
    phone.logs_in().await;
    phone.browser.arrives_at("/home").await;
    ann.opens("/home/account/sessions").await;
    faults.extend(ann.browser.inspect("sessions").await);
    ann.browser.publish("sessions", Width::Desk, Theme::Light).await;
    assert!(faults.is_empty(), "{}", faults.concat());
}

#[tokio::test]
async fn pages_of_a_personal_plan_and_of_a_member_outside() {
    let product = Product::start();
    let pat = Person::signed_up(&product.site, "pat@example.com").await;
    let mut faults = Vec::new();
    pat.chooses("Personal").await;
    pat.pays_with(tenantry_tests::steps::GOOD_CARD).await;
    pat.browser.arrives_at("/home/register-personal").await;
    faults.extend(pat.browser.inspect("register-personal").await);
    pat.browser.press("Continue").await;
    pat.browser.arrives_at("/home").await;
    // Nothing to administrate: refused, with a way on.
    pat.opens("/admin").await;
    faults.extend(pat.browser.inspect("admin-refused").await);
    assert!(pat.browser.has("main a[href]").await, "there is a way on");

    let ann = Person::signed_up(&product.site, "ann@example.com").await;
    ann.buys("Team").await;
    ann.names_organization("acme-1").await;
    ann.browser.arrives_at("/home").await;
    ann.opens("/api/auth/login?returnTo=/home").await;
    ann.browser.says("Log in with your organization account").await;
    faults.extend(ann.browser.inspect("outside").await);
    ann.opens("/home/profile").await;
    faults.extend(ann.browser.inspect("profile-outside").await);

    // Whoever has deleted their only organization is told that its plan is over, and begins again.
    ann.opens("/orgprompt").await;
    ann.browser.fill(&[("organization", "acme-1")]).await;
    ann.browser.press("Continue").await;
    ann.browser.says("You are learning with acme-1").await;
    ann.opens("/admin/customization/delete").await;
    ann.browser.fill(&[("organization", "acme-1")]).await;
    ann.browser.press("Delete acme-1").await;
    ann.browser.press("Sign in with your own account").await;
    ann.browser.arrives_at("/organizations").await;
    ann.opens("/home").await;
    ann.browser.says("You belong to no organization any more").await;
    faults.extend(ann.browser.inspect("outside-alone").await);
    assert!(ann.browser.has("main a[href='/home/upgrade-plan']").await, "there is a way on");
    assert!(faults.is_empty(), "{}", faults.concat());
}
