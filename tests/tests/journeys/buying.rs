//! From the front page to an organization of one's own, for each plan and each way in.

use tenantry_tests::product::Product;
use tenantry_tests::steps::{DECLINED_CARD, GOOD_CARD};

use crate::person::Person;

#[tokio::test]
async fn team_from_sign_up_to_login_by_organization_name() {
    let product = Product::start();
    let ann = Person::visits(&product.site, "ann@example.com").await;
    ann.browser.press("See plans and prices").await;
    ann.browser.arrives_at("/pricing").await;
    ann.browser.press_at("main a[href='/api/auth/signup']").await;
    ann.signs_up().await;
    ann.browser.says("You have 1 day left on your trial subscription").await;
    let [plan, _, status] = ann.subscription().await;
    assert_eq!([plan.as_str(), status.as_str()], ["trial", "active"]);

    ann.chooses("Team").await;
    ann.pays_with(DECLINED_CARD).await;
    ann.browser.says("declined").await;
    ann.browser.arrives_at("/home/confirm-plan").await;
    assert_eq!(ann.browser.value_of("expiry").await, "11/33", "what was typed is still there");
    ann.pays_with(GOOD_CARD).await;
    ann.browser.arrives_at("/home/register-business").await;
    ann.names_organization("acme-1").await;

    ann.browser.arrives_at("/home").await;
    ann.browser.says("You are learning with acme-1").await;
    let claims = ann.claims().await;
    let subscription = claims["subscription"].as_str().unwrap();
    assert!(subscription.starts_with("team;") && subscription.ends_with(";active"), "{subscription}");
    assert!(claims["org_id"].as_str().unwrap().starts_with("org_"), "{claims}");

    ann.opens("/admin").await;
    ann.browser.says("1 of 20 seats used").await;
    ann.browser.press("See members").await;
    ann.browser.arrives_at("/admin/members").await;
    let row = ann.browser.find("main tbody tr").await.text().await.unwrap();
    assert!(row.contains("ann@example.com") && row.contains("Administrator") && row.contains("You"), "{row}");

    ann.signs_out().await;
    ann.browser.arrives_at("/").await;
    for path in ["/home", "/home/profile", "/home/upgrade-plan", "/admin", "/admin/members"] {
        ann.opens(path).await;
        ann.browser.arrives_at("/u/login").await;
    }
    by_organization_name(&ann, "acme-1").await;
    ann.browser.says("You are learning with acme-1").await;
    assert_eq!(ann.claims().await["org_id"], claims["org_id"]);
}

#[tokio::test]
async fn enterprise_has_seats_for_everybody() {
    let product = Product::start();
    let eve = Person::signed_up(&product.site, "eve@example.com").await;
    eve.buys("Enterprise").await;
    eve.names_organization("globex").await;
    eve.browser.arrives_at("/home").await;
    let [plan, _, status] = eve.subscription().await;
    assert_eq!([plan.as_str(), status.as_str()], ["enterprise", "active"]);
    eve.opens("/admin").await;
    eve.browser.says("1 seat used, of any number").await;
}

#[tokio::test]
async fn personal_needs_no_organization() {
    let product = Product::start();
    let pat = Person::signed_up(&product.site, "pat@example.com").await;
    pat.chooses("Personal").await;
    pat.pays_with(GOOD_CARD).await;
    pat.browser.arrives_at("/home/register-personal").await;
    pat.browser.press("Continue").await;
    pat.browser.arrives_at("/home").await;
    pat.browser.does_not_say("trial").await;
    let [plan, _, status] = pat.subscription().await;
    assert_eq!([plan.as_str(), status.as_str()], ["personal", "active"]);
    assert!(!pat.browser.has("a[href='/admin']").await, "there is nothing to administrate");
}

#[tokio::test]
async fn google_signs_up_and_signs_in() {
    let product = Product::start();
    let gil = Person::visits(&product.site, "gil@gmail.com").await;
    gil.browser.press("Start Free Trial").await;
    gil.browser.arrives_at("/u/signup").await;
    continue_with_google(&gil).await;
    gil.browser.says("1 day left on your trial").await;
    let claims = gil.claims().await;
    let subject = claims["sub"].as_str().unwrap().to_owned();
    assert!(subject.starts_with("google-oauth2|"), "{subject}");
    gil.buys("Team").await;
    gil.names_organization("initech").await;
    gil.browser.arrives_at("/home").await;
    gil.browser.says("initech").await;

    let elsewhere = gil.elsewhere().await;
    elsewhere.opens("/").await;
    by_organization_name(&elsewhere, "initech").await;
    elsewhere.browser.says("initech").await;
    assert_eq!(elsewhere.claims().await["sub"], subject.as_str(), "the same person as before");
}

async fn by_organization_name(person: &Person, name: &str) {
    person.opens("/orgprompt").await;
    person.browser.fill(&[("organization", name)]).await;
    person.browser.press("Continue").await;
    person.browser.arrives_at("/u/login").await;
    if person.email.ends_with("@gmail.com") {
        continue_with_google(person).await;
    } else {
        person.logs_in().await;
    }
    person.browser.arrives_at("/home").await;
}

async fn continue_with_google(person: &Person) {
    person.browser.press("Continue with Google").await;
    person.browser.arrives_at("/u/stand-in").await;
    person.browser.fill(&[("email", &person.email)]).await;
    person.browser.press_at("button[name='action'][value='default']").await;
    person.browser.arrives_at("/home").await;
}
