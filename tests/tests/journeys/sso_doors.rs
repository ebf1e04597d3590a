//! What closes a door is asked about first, and nobody is left before one: what people read who are kept out, who have to
//! come another way, and who belong to more than one organization.

use tenantry_tests::dns::Dns;
use tenantry_tests::product::Product;
use tenantry_tests::steps::PASSWORD;

use crate::person::{Person, invitation_link};
use crate::sso::{BO, company};

const CY: &str = "cy@example.com";
const DOT: &str = "dot@acme.example";
const ELI: &str = "eli@example.com";
const FAY: &str = "fay@acme.example";

impl Person {
    /// Chooses who has to sign in through the connection that is open, and saves.
    async fn demands(&self, whom: &str) {
        self.browser.press("Change who has to").await;
        self.browser.press_at(&format!("input[name='enforcement'][value='{whom}']")).await;
        self.browser.press_at("form[action='/admin/sso/policy'] button[type='submit']").await;
    }

    /// Looks at the pages that offer others what only an account of their own has.
    async fn is_offered_nothing_of_their_own(&self) -> Vec<String> {
        let mut faults = Vec::new();
        for (path, says, picture) in [
            ("/home/profile", "Your organization’s identity provider has it", "profile-brought"),
            ("/organizations", "Your organizations", "organizations-brought"),
            ("/organizations/new", "Sign in with another account", "organizations-new-brought"),
            ("/home/leave", "Your membership ends now.", "leave-brought"),
        ] {
            self.opens(path).await;
            self.browser.says(says).await;
            faults.extend(self.browser.inspect(picture).await);
        }
        faults
    }

    /// Enters their own address where organizations are looked up, and logs in with a password.
    async fn says_who_and_logs_in(&self) {
        self.opens("/orgprompt").await;
        self.browser.fill(&[("organization", &self.email)]).await;
        self.browser.press("Continue").await;
        self.logs_in().await;
    }
}

#[tokio::test]
async fn what_closes_a_door_says_for_whom_and_everybody_finds_another_one() {
    let dns = Dns::start().await;
    let product = Product::start_for_sso(dns.address);
    let company = company(&product);
    let mut faults = Vec::new();
    let eli = Person::founds(&product.site, ELI, "globex").await;
    let ann = Person::founds(&product.site, "ann@example.com", "acme-1").await;
    ann.invites(ELI).await;
    eli.browser.open(&invitation_link(&product.identity, ELI).await).await;
    eli.browser.press("Switch account and join").await;
    eli.logs_in().await;
    eli.browser.says("You are learning with acme-1").await;
    ann.invites(DOT).await;
    let dot = Person::visits(&product.site, DOT).await;
    dot.browser.open(&invitation_link(&product.identity, DOT).await).await;
    dot.browser.press("Create an account").await;
    dot.browser.arrives_at("/u/signup").await;
    dot.browser.fill(&[("password", PASSWORD)]).await;
    dot.browser.press_at("button[name='action'][value='default']").await;
    dot.browser.says("You are learning with acme-1").await;

    ann.opens("/admin/sso").await;
    ann.browser.press("Connect OpenID Connect").await;
    faults.extend(ann.browser.inspect("sso-domain-none").await);
    ann.browser.fill(&[("domain", "acme.example")]).await;
    ann.browser.press("Add the domain").await;
    dns.publish(
        "_tenantry-challenge.acme.example",
        "google-site-verification=rXOxyZounnZasA8Z7oaD3c14JdjS9aKSWvsR1EbUSIQ",
    );
    ann.browser.press("Check now").await;
    ann.browser.says("We found “google-site-verification=").await;
    faults.extend(ann.browser.inspect("sso-domain-other-record").await);
    ann.publishes_the_record(&dns).await;
    ann.browser.press("Go on").await;
    ann.enters_credentials(&company).await;
    let here = ann.browser.url().await;
    ann.begins_the_test().await;
    ann.logs_in_at_the_company(BO).await;
    ann.browser.says("It works. Somebody like this would be let in.").await;
    ann.browser.press_at("main details:nth-of-type(1) > summary").await;
    ann.browser.press_at("main details:nth-of-type(2) > summary").await;
    faults.extend(ann.browser.inspect("sso-report-claims").await);
    ann.browser.open(&here).await;
    ann.browser.press("Go on").await;
    ann.browser.press("Turn it on").await;
    ann.browser.says("OpenID Connect is on.").await;
    let connection = ann.browser.url().await;
    let bo = Person::visits(&product.site, BO).await;
    bo.opens("/orgprompt").await;
    bo.browser.fill(&[("organization", BO)]).await;
    bo.browser.press("Continue").await;
    bo.logs_in_at_the_company(BO).await;
    bo.browser.says("You are learning with acme-1").await;
    faults.extend(bo.is_offered_nothing_of_their_own().await);
    ann.invites(CY).await;
    ann.invites(FAY).await;

    ann.browser.open(&connection).await;
    ann.browser.press("Turn it off").await;
    ann.browser.says("1 person came in through it and can’t sign in any more").await;
    faults.extend(ann.browser.inspect("sso-off-asked").await);
    ann.browser.press("Leave it on").await;
    ann.browser.press("Domains").await;
    ann.browser.press("Not this one: acme.example").await;
    ann.browser.says("1 member has signed in with an address in acme.example").await;
    faults.extend(ann.browser.inspect("sso-domain-asked").await);
    ann.browser.press("Keep it").await;
    ann.opens("/admin/members").await;
    ann.browser.press("Remove Bo Ek").await;
    ann.browser.says("OpenID Connect makes whoever comes through it a member").await;
    faults.extend(ann.browser.inspect("member-remove-returning").await);
    ann.browser.open(&connection).await;
    ann.demands("organization").await;
    ann.browser.says("2 members have never signed in with OpenID Connect").await;
    ann.browser.says("1 invitation can’t be accepted with OpenID Connect").await;
    faults.extend(ann.browser.inspect("sso-rule-asked").await);
    ann.browser.press("Leave it as it is").await;
    ann.demands("domains").await;
    ann.browser.says("1 member has never signed in with OpenID Connect").await;
    ann.browser.press("Close the other ways in").await;
    ann.browser.says("Whoever has an address in your domains has to sign in this way now.").await;
    ann.opens("/admin/members/add-member").await;
    ann.browser.says("Whoever has an address in acme.example signs in with OpenID Connect.").await;
    faults.extend(ann.browser.inspect("add-member-demanded").await);

    // Fay was invited before.
    let fay = Person::visits(&product.site, FAY).await;
    fay.browser.open(&invitation_link(&product.identity, FAY).await).await;
    fay.browser.says("You sign in to acme-1 with OpenID Connect.").await;
    faults.extend(fay.browser.inspect("invitation-demanded").await);

    // Whoever belongs to two organizations is asked which one, and whoever has to come another way reads where.
    let eli = eli.elsewhere().await;
    eli.says_who_and_logs_in().await;
    eli.browser.says("Which organization?").await;
    faults.extend(eli.browser.inspect("organizations-choice").await);
    eli.browser.press("Sign in to globex").await;
    eli.browser.says("You are learning with globex").await;
    let dot = dot.elsewhere().await;
    dot.opens("/api/auth/login?returnTo=/home/profile").await;
    dot.logs_in().await;
    dot.browser.says("Sign in with your organization’s own login").await;
    faults.extend(dot.browser.inspect("sso-required").await);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
