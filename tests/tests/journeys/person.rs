//! A person at their browser: the steps that more than one journey takes, each checked by where it leads.

use std::time::Duration;

use serde_json::Value;
use tenantry_tests::browser::Browser;
use tenantry_tests::steps::{GOOD_CARD, PASSWORD, card};
use url::Url;

/// The link in the latest invitation that this address was mailed, as its owner finds it in their mailbox.
pub(crate) async fn invitation_link(identity: &Url, email: &str) -> Url {
    let mut mailbox = identity.join("_tenantry/mailbox").unwrap();
    mailbox.query_pairs_mut().append_pair("to", email).append_pair("kind", "invitation");
    let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(20)).build().unwrap();
    let mails: Value = http.get(mailbox).send().await.unwrap().json().await.unwrap();
    let latest = mails.as_array().and_then(|mails| mails.last());
    let latest = latest.unwrap_or_else(|| panic!("nobody has mailed {email}: {mails}"));
    latest["link"].as_str().unwrap().parse().unwrap()
}

/// Somebody with a browser of their own.
pub(crate) struct Person {
    pub(crate) browser: Browser,
    pub(crate) email: String,
    site: Url,
}

impl Person {
    /// Somebody who comes to the site for the first time and opens its front page.
    pub(crate) async fn visits(site: &Url, email: &str) -> Self {
        let person = Self { browser: Browser::start().await, email: email.to_owned(), site: site.clone() };
        person.opens("/").await;
        person
    }

    /// Somebody who has an account, made just now, and is on trial.
    pub(crate) async fn signed_up(site: &Url, email: &str) -> Self {
        let person = Self::visits(site, email).await;
        person.browser.press("Start Free Trial").await;
        person.signs_up().await;
        person
    }

    /// Signed up, with an organization on the Team plan, and at home in it.
    pub(crate) async fn founds(site: &Url, email: &str, organization: &str) -> Self {
        let person = Self::signed_up(site, email).await;
        person.buys("Team").await;
        person.names_organization(organization).await;
        person.browser.arrives_at("/home").await;
        person
    }

    /// The same person at another browser, which knows nothing of them. The first one is closed.
    pub(crate) async fn elsewhere(self) -> Self {
        Self { browser: Browser::start().await, ..self }
    }

    /// Types in a path of the site.
    pub(crate) async fn opens(&self, path: &str) {
        self.browser.open(&self.site.join(path).unwrap()).await;
    }

    /// Fills in the provider's sign-up page.
    pub(crate) async fn signs_up(&self) {
        self.browser.arrives_at("/u/signup").await;
        self.browser.fill(&[("email", &self.email), ("password", PASSWORD)]).await;
        self.browser.press_at("button[name='action'][value='default']").await;
        self.browser.arrives_at("/home").await;
    }

    /// Fills in the provider's login page.
    pub(crate) async fn logs_in(&self) {
        self.browser.arrives_at("/u/login").await;
        self.browser.fill(&[("username", &self.email), ("password", PASSWORD)]).await;
        self.browser.press_at("button[name='action'][value='default']").await;
    }

    /// Goes from home to the checkout of a plan.
    pub(crate) async fn chooses(&self, plan: &str) {
        self.opens("/home/upgrade-plan").await;
        self.browser.press(&format!("Choose Plan {plan}")).await;
        self.browser.arrives_at("/home/confirm-plan").await;
    }

    /// Pays at the checkout that is open.
    pub(crate) async fn pays_with(&self, number: &str) {
        self.browser.fill(&card(number)).await;
        self.browser.press_at("main form[action='/home/confirm-plan'] button[type='submit']").await;
    }

    /// Chooses a plan for organizations and pays: what is left is to name the organization.
    pub(crate) async fn buys(&self, plan: &str) {
        self.chooses(plan).await;
        self.pays_with(GOOD_CARD).await;
        self.browser.arrives_at("/home/register-business").await;
    }

    /// Enters a name for the organization, good or bad.
    pub(crate) async fn names_organization(&self, name: &str) {
        self.browser.fill(&[("organization", name)]).await;
        self.browser.press("Create organization").await;
    }

    /// Chooses colours as the browser's own picker would, and sees the page in them.
    pub(crate) async fn picks_colours(&self, primary: &str, background: &str) {
        for (id, colour) in [("primary", primary), ("background", background)] {
            let script = format!(
                "const field = document.getElementById('{id}'); field.value = '{colour}'; \
                 field.dispatchEvent(new Event('input', {{ bubbles: true }})); return field.value"
            );
            assert_eq!(self.browser.evaluate(&script).await, colour);
        }
        // Each of the two restyles the page, and the sheet of the one before goes when that of both is there.
        let both = format!("{}-{}.css", &primary[1..], &background[1..]);
        let script = format!(
            "const sheets = [...document.querySelectorAll('link[data-look]')]; \
             return sheets.length === 1 && sheets[0].href.endsWith('{both}')"
        );
        self.browser.comes_to(&script).await;
    }

    /// Invites these addresses; the answers are on the page.
    pub(crate) async fn invites(&self, emails: &str) {
        self.opens("/admin/members/add-member").await;
        self.browser.fill(&[("emails", emails), ("message", "Welcome to the team.")]).await;
        self.browser.press("Send invitations").await;
        self.browser.says("on the way").await;
    }

    /// Leaves by the menu under their picture.
    pub(crate) async fn signs_out(&self) {
        self.browser.press_at("details:has(form[action='/api/auth/logout']) > summary").await;
        self.browser.press("Sign out").await;
    }

    /// What the profile says that the provider has signed about them.
    pub(crate) async fn claims(&self) -> Value {
        self.opens("/home/profile").await;
        let claims = self.browser.evaluate("return document.querySelector('#claims-json').textContent").await;
        serde_json::from_str(claims.as_str().unwrap()).unwrap()
    }

    /// Their subscription, taken apart: plan, end and status.
    pub(crate) async fn subscription(&self) -> [String; 3] {
        let claims = self.claims().await;
        let text = claims["subscription"].as_str().unwrap_or_default();
        let parts: Vec<_> = text.split(';').map(str::to_owned).collect();
        parts.try_into().unwrap_or_else(|_| panic!("a subscription is plan;end;status, not {text:?}"))
    }
}
