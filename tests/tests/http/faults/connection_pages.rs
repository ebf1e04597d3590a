//! What an Administrator does about a connection on its pages, and what Bo does who comes through it.

use tenantry_fake::Fault;
use tenantry_tests::saml::SamlIdp;

use super::use_case::Person;
use super::world::World;
use crate::answer::Answer;
use crate::browser::Browser;
use crate::sso::corp::{BO, CLIENT, CONFIRMED, SECRET};

/// A page that asks the provider nothing, for whoever is not signed in.
const OUTSIDE: &str = "/";
/// Everybody has to come through it.
const RULE: (&str, &str) = ("enforcement", "organization");

/// What they do about the connection that they have before them.
impl Person {
    pub(super) async fn begins(&mut self, kind: &str) {
        let begun = self.browser.post("/admin/sso", &[("kind", kind)]).await.is(303).location();
        self.link = begun.query_pairs().find(|(name, _)| name == "connection").unwrap().1.into_owned();
    }

    pub(super) async fn changes(&mut self, what: &str, fields: &[(&str, &str)]) -> Answer {
        let id = self.link.clone();
        let fields = [&[("connection", id.as_str())], fields].concat();
        self.browser.post(&format!("/admin/sso/{what}"), &fields).await
    }

    /// Makes a change that closes a door, and says yes where that is asked first.
    pub(super) async fn means(&mut self, what: &str, fields: &[(&str, &str)]) -> Answer {
        let page = self.changes(what, fields).await;
        self.confirms(page).await
    }

    /// Opens the form of who has to come through it, and means everybody.
    pub(super) async fn demands(&mut self) -> Answer {
        let form = self.browser.get(&format!("/admin/sso/policy?connection={}", self.link)).await;
        let page = self.sends(form, RULE.0, &[RULE]).await;
        self.confirms(page).await
    }

    async fn confirms(&mut self, page: Answer) -> Answer {
        let answer = self.sends(page, CONFIRMED.0, &[]).await;
        assert!(!answer.status.is_success(), "it is done, or refused: {}", answer.summary());
        answer
    }

    /// Sends the form of this page that has the field, with these values; where there is none, the page is the end.
    async fn sends(&mut self, page: Answer, field: &str, values: &[(&str, &str)]) -> Answer {
        let Some(form) = page.forms().into_iter().find(|form| form.has(field)) else { return page };
        let filled = form.filled(values);
        let fields: Vec<_> = filled.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.browser.post_exactly(&form.action, &fields).await
    }

    /// Claims the domain, and has its record published. It was looked for in vain by then: nobody looks by themselves for
    /// the next minutes.
    pub(super) async fn claims(&mut self, world: &World, domain: &str) {
        let record = format!("_tenantry-challenge.{domain}");
        // Of another row's preparation, which is over.
        world.dns.withdraw(&record);
        self.changes("domain", &[("domain", domain)]).await.is(303);
        let page = self.checks(domain).await;
        let waits = page.is(200).body.rsplit(&record).next().unwrap();
        let value = waits.split("tenantry-domain-verification=").nth(1).unwrap().get(..32).unwrap();
        world.dns.publish(&record, &format!("tenantry-domain-verification={value}"));
    }

    pub(super) async fn checks(&mut self, domain: &str) -> Answer {
        self.changes("domain/check", &[("domain", domain)]).await
    }

    pub(super) async fn enters(&mut self, world: &World, client: &str) -> Answer {
        let issuer = world.company().await.issuer.to_string();
        let fields = [("discovery_url", &*issuer), ("client_id", client), ("client_secret", SECRET)];
        self.changes("credentials", &fields).await
    }

    pub(super) async fn enters_metadata(&mut self, idp: &SamlIdp) -> Answer {
        self.changes("saml", &[("metadata_url", idp.metadata_url().as_str())]).await
    }

    /// The connection is made, and nobody hears of it however often it is looked for.
    pub(super) async fn hears_nothing(&mut self, world: &World) {
        let faults = world.fake.faults();
        faults.add(Fault::lost_answer().on("POST", "/api/v2/connections"));
        faults.add(Fault::status(503).on("GET", "/api/v2/connections").after(1));
        self.enters(world, CLIENT).await.is(503);
    }

    /// Logs in through it as Bo, as far as that leads.
    pub(super) async fn tests(&mut self) -> Answer {
        let asked = self.changes("test", &[]).await;
        self.browser.logs_in_as_bo(asked).await
    }
}

/// What Bo does.
impl Person {
    pub(super) async fn arrives(&mut self) -> Answer {
        let answer = self.browser.post("/orgprompt", &[("organization", BO)]).await;
        self.browser.logs_in_as_bo(answer).await
    }

    /// Comes, is no member, and asks to be one.
    pub(super) async fn asks(&mut self) -> Answer {
        let page = self.arrives().await;
        if !page.says("You are not a member yet") {
            return page;
        }
        let asked = self.browser.presses_the_button(&page).await;
        if asked.says("can see that you ask") { self.browser.get(OUTSIDE).await } else { asked }
    }
}

impl Browser {
    /// Follows where that leads, and logs in at the company where that asks for it.
    async fn logs_in_as_bo(&mut self, answer: Answer) -> Answer {
        let page = self.follow(answer).await;
        if self.site.is_home_of(&page.url) { page } else { self.at_the_company(&page, BO).await }
    }
}
