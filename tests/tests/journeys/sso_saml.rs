//! A company whose identity provider speaks SAML is connected in the browser; a colleague asks to be let in, and is.

use std::sync::Arc;

use tenantry_system::SystemClock;
use tenantry_tests::dns::Dns;
use tenantry_tests::product::Product;
use tenantry_tests::saml::{Person as Colleague, SamlIdp};
use tenantry_tests::steps::PASSWORD;

use crate::person::Person;

const BO: &str = "bo@acme.example";

impl Person {
    /// Logs in on the page of the company's provider, whose next page goes on by itself.
    async fn logs_in_by_saml(&self) {
        self.browser.fill(&[("username", BO), ("password", PASSWORD)]).await;
        self.browser.press("Log in").await;
    }

    /// Comes by an address in the company's domain.
    async fn comes_by_address(&self) {
        self.opens("/orgprompt").await;
        self.browser.fill(&[("organization", BO)]).await;
        self.browser.press("Continue").await;
    }
}

#[tokio::test]
async fn a_company_connects_its_provider_by_saml_and_a_colleague_is_let_in() {
    let dns = Dns::start().await;
    let product = Product::start_for_sso(dns.address);
    let idp = SamlIdp::start(Arc::new(SystemClock), vec![Colleague::new("bo-1", BO, "Bo", "Ek")]).await;
    let ann = Person::founds(&product.site, "ann@example.com", "acme-1").await;
    let mut faults = Vec::new();

    ann.opens("/admin/sso").await;
    ann.browser.press("Connect SAML 2.0").await;
    ann.browser.fill(&[("domain", "acme.example")]).await;
    ann.browser.press("Add the domain").await;
    ann.publishes_the_record(&dns).await;
    ann.browser.press("Go on").await;
    ann.browser.says("At your provider").await;
    ann.browser.fill(&[("metadata_url", "ftp://x")]).await;
    ann.browser.press("Check and go on").await;
    ann.browser.says("The address starts with https://").await;
    faults.extend(ann.browser.inspect("sso-saml").await);
    ann.browser.fill(&[("metadata_url", idp.metadata_url().as_str())]).await;
    ann.browser.press("Check and go on").await;
    ann.browser.find("form[action='/admin/sso/test']").await;
    let here = ann.browser.url().await;
    ann.begins_the_test().await;
    ann.logs_in_by_saml().await;
    ann.browser.says("It works").await;
    ann.browser.open(&here).await;
    ann.browser.press("Go on").await;
    ann.browser.says("Who comes in, and as what").await;
    // Newcomers are not to join by themselves.
    ann.browser.evaluate("document.querySelector('[name=auto_membership]').checked = false").await;
    ann.browser.press("Turn it on").await;
    ann.browser.says("SAML 2.0 is on.").await;
    faults.extend(ann.browser.inspect("sso-saml-connection").await);

    let bo = Person::visits(&product.site, BO).await;
    bo.comes_by_address().await;
    bo.logs_in_by_saml().await;
    bo.browser.says("You are not a member yet").await;
    faults.extend(bo.browser.inspect("not-a-member").await);
    bo.browser.press("Ask to be let in").await;
    bo.logs_in_by_saml().await;
    bo.browser.says("can see that you ask").await;
    faults.extend(bo.browser.inspect("access-asked").await);

    ann.opens("/admin/members").await;
    ann.browser.says("Asking to join").await;
    faults.extend(ann.browser.inspect("access-requests").await);
    ann.browser.press("Let in Bo Ek").await;
    ann.browser.says("Bo Ek is a member now, as Employee.").await;
    // The identity provider still knows who asked.
    bo.comes_by_address().await;
    bo.browser.says("You are learning with acme-1").await;
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
