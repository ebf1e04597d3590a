//! An administrator connects the organization's own identity provider, one step a page, and a colleague comes in.

use serde_json::json;
use tenantry_tests::browser::{Theme, Width};
use tenantry_tests::company::{Account, CLIENT, Company, SECRET};
use tenantry_tests::dns::Dns;
use tenantry_tests::product::Product;
use tenantry_tests::steps::PASSWORD;

use crate::person::{Person, invitation_link};

pub(crate) const BO: &str = "bo@acme.example";
const CY: &str = "cy@acme.example";

/// The company's own identity provider, and who has an account there.
pub(crate) fn company(product: &Product) -> Company {
    let account = |email, name| Account { email, name, password: PASSWORD };
    let people = [account(BO, "Bo Ek"), account(CY, "Cy Dahl")];
    Company::start(&product.identity.join("login/callback").unwrap(), &people)
}

impl Person {
    /// Logs in on the page of the company's provider.
    pub(crate) async fn logs_in_at_the_company(&self, email: &str) {
        self.browser.says("Acme staff").await;
        self.browser.fill(&[("email", email), ("password", PASSWORD)]).await;
        self.browser.press("Log in").await;
    }

    /// Publishes the record that the page shows, and has it looked for.
    pub(crate) async fn publishes_the_record(&self, dns: &Dns) {
        dns.publish("_tenantry-challenge.acme.example", &self.browser.text_of("#value-1").await);
        self.browser.press("Check now").await;
        self.browser.says("acme.example is proved to be yours.").await;
    }

    /// Enters what the company's provider gave.
    pub(crate) async fn enters_credentials(&self, company: &Company) {
        let discovery = company.discovery();
        let fields =
            [("discovery_url", discovery.as_str()), ("client_id", CLIENT), ("client_secret", SECRET)];
        self.browser.fill(&fields).await;
        self.browser.press("Check and go on").await;
        self.browser.find("form[action='/admin/sso/test']").await;
    }

    /// Begins the test that the open page offers, in this window instead of a new one.
    pub(crate) async fn begins_the_test(&self) {
        self.browser
            .evaluate("document.querySelector('form[target=_blank]').removeAttribute('target')")
            .await;
        self.browser.press_at("form[action='/admin/sso/test'] button").await;
    }

    /// Gives the connection the longest name that can be one word, and another domain of the longest, and looks at the pages
    /// that say them.
    async fn looks_at_long_names(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let (name, label) = ("Workforce".repeat(11), "workforce".repeat(7));
        self.browser.press("Domains").await;
        self.browser.fill(&[("domain", &format!("{label}.{label}.example"))]).await;
        self.browser.press("Add the domain").await;
        self.browser.says("Claimed.").await;
        faults.extend(self.browser.inspect("sso-domain-long").await);
        self.opens("/admin/sso").await;
        self.browser.press_at(".row-actions a").await;
        self.browser.press("Name, newcomers and roles").await;
        let claims = [("claim_1", "department"), ("value_1", &*name)];
        self.browser.fill(&[("display_name", &*name)]).await;
        self.browser.fill(&claims).await;
        self.browser.press("Save").await;
        self.browser.says("Saved.").await;
        faults.extend(self.browser.inspect("sso-connection-long").await);
        self.opens("/admin/sso").await;
        faults.extend(self.browser.inspect("sso-long").await);
        self.browser.press_at(".row-actions a").await;
        self.browser.press("Change who has to").await;
        self.browser.says("Who can still come in another way").await;
        faults.extend(self.browser.inspect("sso-policy-long").await);
        self.browser.press("Leave it as it is").await;
        self.browser.press_at("a[href^='/admin/sso/delete']").await;
        self.browser.says("This can’t be undone").await;
        faults.extend(self.browser.inspect("sso-delete-long").await);
        self.browser.press("Keep it").await;
        faults
    }

    /// Presses Login on the front page, and enters an address on the page that asks for nothing else.
    async fn logs_in_by_address(&self, email: &str) {
        self.opens("/").await;
        self.browser.press("Login").await;
        self.browser.arrives_at("/u/login/identifier").await;
        self.browser.fill(&[("username", email)]).await;
        self.browser.press_at("main button[name='action'][value='default']").await;
    }
}

#[tokio::test]
async fn a_company_connects_its_own_provider_and_a_colleague_comes_in() {
    let dns = Dns::start().await;
    let product = Product::start_for_sso(dns.address);
    let company = company(&product);
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
    ann.browser.press("Check now").await;
    ann.browser.says("The record of acme.example is not there yet").await;
    ann.publishes_the_record(&dns).await;
    faults.extend(ann.browser.inspect("sso-domain-proved").await);

    ann.browser.press("Go on").await;
    ann.browser.says("At Okta Workforce").await;
    ann.browser.fill(&[("discovery_url", "ftp://x"), ("client_id", CLIENT)]).await;
    ann.browser.press("Check and go on").await;
    ann.browser.says("The address starts with https://").await;
    faults.extend(ann.browser.inspect("sso-credentials").await);
    ann.browser.publish("sso-credentials", Width::Desk, Theme::Light).await;
    ann.enters_credentials(&company).await;
    let here = ann.browser.url().await;
    ann.begins_the_test().await;
    ann.browser.press("Cancel").await;
    ann.browser.says("The login was cancelled or refused at your provider.").await;
    faults.extend(ann.browser.inspect("sso-report-failed").await);
    ann.browser.open(&here).await;
    // The page stays open meanwhile, and a test can be begun from it as often as it takes.
    for _ in 0..2 {
        ann.browser.opens_a_window_at("form[action='/admin/sso/test'] button", "Acme staff").await;
    }
    assert!(!ann.browser.has("[aria-busy]").await);
    ann.begins_the_test().await;
    ann.browser.says("Acme staff").await;
    ann.browser.open(&here).await;
    ann.browser.says("has not come back").await;
    faults.extend(ann.browser.inspect("sso-test-lost").await);
    ann.begins_the_test().await;
    ann.logs_in_at_the_company(BO).await;
    ann.browser.says("It works. Somebody like this would be let in.").await;
    assert_eq!(ann.browser.url().await.path(), here.path(), "back at the step");
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
    bo.logs_in_at_the_company(BO).await;
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
    ann.browser.press("Change who has to").await;
    ann.browser.says("Who can still come in another way").await;
    faults.extend(ann.browser.inspect("sso-policy").await);
    ann.browser.press("Leave it as it is").await;
    ann.browser.press("Delete Okta Workforce…").await;
    ann.browser.says("1 person came in through it").await;
    faults.extend(ann.browser.inspect("sso-delete").await);
    ann.browser.press("Keep it").await;
    faults.extend(ann.looks_at_long_names().await);
    ann.browser.press_at("a[href^='/admin/sso/delete']").await;
    ann.browser.press("Delete the connection").await;
    ann.browser.says("is deleted.").await;
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The guide's own scenario, to the letter: "Configure Identifier First Authentication", "Single Sign-On (SSO): External
/// Identity Provider" and "Invite users to the organization".
#[tokio::test]
async fn the_guides_scenario_of_an_external_identity_provider_goes_as_it_says() {
    let dns = Dns::start().await;
    let product = Product::start_for_sso(dns.address);
    let company = company(&product);
    asks_for_the_address_first(&product).await;
    let dee = Person::founds(&product.site, "dee@example.com", "globex").await;
    let ann = Person::founds(&product.site, "ann@example.com", "acme-1").await;
    let mut faults = Vec::new();

    ann.opens("/home").await;
    ann.browser.press("Settings").await;
    ann.browser.press("SSO").await;
    ann.browser.press("Connect OpenID Connect").await;
    ann.browser.fill(&[("domain", "acme.example")]).await;
    ann.browser.press("Add the domain").await;
    ann.publishes_the_record(&dns).await;
    ann.browser.press("Go on").await;
    ann.browser.says("At your provider").await;
    ann.enters_credentials(&company).await;
    let here = ann.browser.url().await;
    ann.begins_the_test().await;
    ann.logs_in_at_the_company(BO).await;
    ann.browser.says("It works. Somebody like this would be let in.").await;
    ann.browser.open(&here).await;
    ann.browser.press("Go on").await;
    ann.browser.says("Who comes in, and as what").await;
    assert!(ann.browser.has("input[name='auto_membership']:checked").await);
    ann.browser.press("Turn it on").await;
    ann.browser.says("OpenID Connect is on.").await;

    // "Sign out … and sign back in with a user created in the external Identity Provider."
    ann.signs_out().await;
    ann.browser.arrives_at("/").await;
    // The company knows the browser since the test, and asks for nothing.
    ann.logs_in_by_address(BO).await;
    ann.browser.says("You are learning with acme-1").await;
    let claims = ann.claims().await;
    assert!(claims["sub"].as_str().unwrap().ends_with("|bo") && claims["org_id"].is_string(), "{claims}");
    ann.browser.says("Employee").await;
    ann.signs_out().await;
    ann.browser.arrives_at("/").await;

    // "The connection is associated only with the organization the user belongs to."
    let dees = dee.elsewhere().await;
    dees.opens("/orgprompt").await;
    dees.browser.fill(&[("organization", "globex")]).await;
    dees.browser.press("Continue").await;
    dees.browser.arrives_at("/u/login/identifier").await;
    assert!(!dees.browser.has("button[name='connection']").await);
    dees.browser.fill(&[("username", BO)]).await;
    dees.browser.press_at("main button[name='action'][value='default']").await;
    dees.browser.arrives_at("/u/login/password").await;

    // "Otherwise, you must manually add/invite users."
    ann.logs_in_by_address("ann@example.com").await;
    ann.browser.arrives_at("/u/login/password").await;
    ann.browser.fill(&[("password", PASSWORD)]).await;
    ann.browser.press_at("main button[name='action'][value='default']").await;
    ann.browser.arrives_at("/home").await;
    ann.opens("/orgprompt").await;
    ann.browser.fill(&[("organization", "acme-1")]).await;
    ann.browser.press("Continue").await;
    ann.browser.says("You are learning with acme-1").await;
    ann.opens("/admin/sso").await;
    ann.browser.press("Open with OpenID Connect").await;
    let connection = ann.browser.url().await;
    ann.browser.press("Name, newcomers and roles").await;
    ann.browser.press_at("input[name='auto_membership']").await;
    ann.browser.press("Save").await;
    ann.browser.says("are invited, or ask to be let in").await;
    let cy = Person::visits(&product.site, CY).await;
    cy.logs_in_by_address(CY).await;
    cy.logs_in_at_the_company(CY).await;
    cy.browser.says("You are not a member of this organization yet").await;
    faults.extend(cy.browser.inspect("sso-refused").await);
    let text = cy.browser.text().await;
    let reference = text.split("tell them the reference ").nth(1).and_then(|rest| rest.split('.').next());
    let reference = reference.unwrap().to_owned();
    ann.browser.open(&connection).await;
    ann.browser.says(&reference).await;
    ann.browser.says("Invite them, or let newcomers become members in the People step.").await;
    faults.extend(ann.browser.inspect("sso-failure").await);

    // "Enter the email, Access Level (role), and select the connection the user should authenticate."
    ann.opens("/admin/members/add-member").await;
    ann.browser.fill(&[("emails", CY)]).await;
    let script = "const ways = [...document.getElementById('connection').options]; \
                  ways.find((way) => way.text === 'OpenID Connect').selected = true; return true";
    assert_eq!(ann.browser.evaluate(script).await, true);
    ann.browser.press("Send invitations").await;
    ann.browser.says("on the way").await;
    let link = invitation_link(&product.identity, CY).await;
    cy.browser.open(&link).await;
    cy.browser.press("Accept and join acme-1").await;
    cy.browser.says("You are learning with acme-1").await;
    cy.opens("/home/profile").await;
    cy.browser.says("Employee").await;
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// "Configure Identifier First Authentication": the switch of the dashboard, at the built-in provider.
async fn asks_for_the_address_first(product: &Product) {
    let there = product.identity.join("_tenantry/seed").unwrap();
    let seed = json!({ "prompts": { "identifier_first": true } });
    let answer =
        reqwest::Client::builder().no_proxy().build().unwrap().post(there).json(&seed).send().await.unwrap();
    assert!(answer.status().is_success(), "{answer:?}");
}
