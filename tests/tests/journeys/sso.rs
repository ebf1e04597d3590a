//! An administrator connects the organization's own identity provider, one step a page, and a colleague comes in.

use serde_json::json;
use tenantry_fake::{FakeAuth0, Seed, SeedFile};
use tenantry_tests::browser::{Theme, Width};
use tenantry_tests::dns::Dns;
use tenantry_tests::product::Product;
use tenantry_tests::steps::PASSWORD;

use crate::person::Person;

const CLIENT: &str = "tenantry-at-acme";
const SECRET: &str = "the-secret-of-tenantry-at-acme";
const BO: &str = "bo@acme.example";

/// The company's own identity provider.
async fn company(product: &Product) -> FakeAuth0 {
    let file = json!({
        "clients": [{
            "name": "Tenantry",
            "client_id": CLIENT,
            "client_secret": SECRET,
            "callbacks": [product.identity.join("login/callback").unwrap()],
            "settings": { "grant_types": ["authorization_code"] },
        }],
        "connections": [{ "name": "Username-Password-Authentication", "strategy": "auth0" }],
        "users": [{ "email": BO, "email_verified": true, "password": PASSWORD, "name": "Bo Ek" }],
    });
    let seed = Seed { file: Some(SeedFile::from_json(file).unwrap()), ..Seed::default() };
    FakeAuth0::builder().seed(seed).start().await.unwrap()
}

impl Person {
    /// Logs in on the page of the company's provider.
    async fn logs_in_at_the_company(&self) {
        self.browser.fill(&[("username", BO), ("password", PASSWORD)]).await;
        self.browser.press_at("button[name='action'][value='default']").await;
    }
}

#[tokio::test]
async fn a_company_connects_its_own_provider_and_a_colleague_comes_in() {
    let dns = Dns::start().await;
    let product = Product::start_for_sso(dns.address);
    let company = company(&product).await;
    let ann = Person::founds(&product.site, "ann@example.com", "acme-1").await;
    let mut faults = Vec::new();

    ann.opens("/admin/sso").await;
    ann.browser.says("Connect your identity provider").await;
    faults.extend(ann.browser.inspect("sso-none").await);
    ann.browser.press("Connect Okta Workforce").await;
    ann.browser.says("Whose addresses come in?").await;
    ann.browser.fill(&[("domain", "acme")]).await;
    ann.browser.press("Add the domain").await;
    ann.browser.says("A domain has at least two parts").await;
    ann.browser.fill(&[("domain", "acme.example")]).await;
    ann.browser.press("Add the domain").await;
    ann.browser.says("Publish this record").await;
    faults.extend(ann.browser.inspect("sso-domain").await);
    ann.browser.publish("sso-domain", Width::Desk, Theme::Light).await;
    let script = "return document.getElementById('value-1').textContent";
    let value = ann.browser.evaluate(script).await.as_str().unwrap().to_owned();
    ann.browser.press("Check now").await;
    ann.browser.says("The record is not there yet").await;
    dns.publish("_tenantry-challenge.acme.example", &value);
    ann.browser.press("Check now").await;
    ann.browser.says("acme.example is proved to be yours.").await;
    faults.extend(ann.browser.inspect("sso-domain-proved").await);

    ann.browser.press("Go on").await;
    ann.browser.says("At Okta Workforce").await;
    ann.browser.fill(&[("discovery_url", "ftp://x"), ("client_id", CLIENT)]).await;
    ann.browser.press("Check and go on").await;
    ann.browser.says("The address starts with https://").await;
    faults.extend(ann.browser.inspect("sso-credentials").await);
    ann.browser.publish("sso-credentials", Width::Desk, Theme::Light).await;
    let issuer = company.issuer().to_string();
    let fields = [("discovery_url", issuer.as_str()), ("client_id", CLIENT), ("client_secret", SECRET)];
    ann.browser.fill(&fields).await;
    ann.browser.press("Check and go on").await;
    ann.browser.says("Test it").await;
    let here = ann.browser.evaluate("return location.href").await.as_str().unwrap().to_owned();
    let path = ann
        .browser
        .evaluate("return document.querySelector('a[href^=\"/admin/sso/test\"]').getAttribute('href')");
    let path = path.await.as_str().unwrap().to_owned();
    ann.opens(&path).await;
    ann.logs_in_at_the_company().await;
    ann.browser.says("It works. Somebody like this would be let in.").await;
    faults.extend(ann.browser.inspect("sso-report").await);
    ann.browser.open(&here.parse().unwrap()).await;
    ann.browser.says("It works").await;
    faults.extend(ann.browser.inspect("sso-test").await);
    ann.browser.press("Go on").await;
    ann.browser.says("Who comes in, and as what").await;
    faults.extend(ann.browser.inspect("sso-people").await);
    ann.browser.press("Turn it on").await;
    ann.browser.says("Okta Workforce is on.").await;

    let bo = Person::visits(&product.site, BO).await;
    bo.opens("/orgprompt").await;
    bo.browser.fill(&[("organization", BO)]).await;
    bo.browser.press("Continue").await;
    bo.logs_in_at_the_company().await;
    bo.browser.says("You are learning with acme-1").await;
    bo.opens("/home/profile").await;
    bo.browser.says("Employee").await;

    ann.opens("/admin/sso").await;
    ann.browser.says("Last login").await;
    faults.extend(ann.browser.inspect("sso").await);
    ann.browser.publish("sso", Width::Desk, Theme::Light).await;
    ann.browser.press("Open with Okta Workforce").await;
    ann.browser.says("Who has to sign in this way").await;
    faults.extend(ann.browser.inspect("sso-connection").await);
    ann.browser.press("Delete Okta Workforce…").await;
    ann.browser.says("1 person came in through it").await;
    faults.extend(ann.browser.inspect("sso-delete").await);
    ann.browser.press("Delete the connection").await;
    ann.browser.says("Okta Workforce is deleted.").await;
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
