//! The steps of the journey, and the people that tests need: each fails unless it led where it should.

use tenantry_tests::steps::{DECLINED_CARD, GOOD_CARD, PASSWORD, card};
use url::Url;

use crate::answer::Answer;
use crate::browser::Browser;
use crate::site::Site;

impl Site {
    /// Somebody who has signed up: signed in, and on trial.
    pub(crate) async fn newcomer(&self, email: &str) -> Browser {
        let mut browser = self.browser();
        browser.sign_up(email).await;
        browser
    }

    /// Somebody who has bought Team and named an organization: signed in under it, as its Administrator.
    pub(crate) async fn administrator(&self, email: &str, organization: &str) -> Browser {
        let mut browser = self.newcomer(email).await;
        browser.buy_team(organization).await;
        browser
    }

    /// Somebody with this one role, signed in under an organization that is there.
    pub(crate) async fn member(&self, email: &str, organization: &str, roles: &[&str]) -> Browser {
        self.newcomer(email).await;
        self.management().await.add_member(organization, email, roles).await;
        let mut browser = self.browser();
        browser.log_in_under(organization, email).await;
        browser
    }
}

impl Browser {
    /// Makes an account.
    pub(crate) async fn sign_up(&mut self, email: &str) {
        let page = self.open("/api/auth/signup").await;
        let answer = self.fill(&page, &[("email", email), ("password", PASSWORD)]).await;
        self.is_home(answer).await;
    }

    /// Signs in as a person.
    pub(crate) async fn log_in(&mut self, email: &str) {
        let answer = self.get("/api/auth/login").await;
        self.prove_identity(answer, email).await;
    }

    /// Signs in by the name of an organization.
    pub(crate) async fn log_in_under(&mut self, organization: &str, email: &str) {
        let answer = self.post("/orgprompt", &[("organization", organization)]).await;
        self.prove_identity(answer, email).await;
    }

    /// Where a login under an organization goes at the provider. The attempt waits in this browser.
    pub(crate) async fn leaves_for(&mut self, organization: &str) -> Url {
        let mut there = self.post("/orgprompt", &[("organization", organization)]).await.location();
        while self.site.is_home_of(&there) {
            there = self.hop(&there).await.location();
        }
        there
    }

    async fn prove_identity(&mut self, answer: Answer, email: &str) {
        let page = self.follow(answer).await;
        if self.site.is_home_of(&page.url) {
            self.is_home(page).await;
        } else {
            let answer = self.fill(&page, &[("username", email), ("password", PASSWORD)]).await;
            self.is_home(answer).await;
        }
    }

    async fn is_home(&mut self, answer: Answer) {
        let page = self.follow(answer).await;
        assert_eq!((page.url.path(), page.status.as_u16()), ("/home", 200), "{}", page.summary());
        assert!(self.site.is_home_of(&page.url), "{}", page.summary());
    }

    /// The checkout of a plan: the id of a purchase that is not made yet.
    pub(crate) async fn new_purchase(&mut self, plan: &str) -> String {
        let page = self.get(&format!("/home/confirm-plan?plan={plan}")).await;
        page.is(200).field("purchase")
    }

    /// Sends the checkout's form with this card; whatever comes of it.
    pub(crate) async fn charge(&mut self, plan: &str, purchase: &str, number: &str) -> Answer {
        let mut fields = vec![("plan", plan), ("purchase", purchase)];
        fields.extend(card(number));
        self.post("/home/confirm-plan", &fields).await
    }

    /// Buys a plan.
    pub(crate) async fn pay(&mut self, plan: &str) -> Answer {
        let purchase = self.new_purchase(plan).await;
        self.charge(plan, &purchase, GOOD_CARD).await
    }

    /// Tries to buy a plan with a card that the bank refuses.
    pub(crate) async fn pay_in_vain(&mut self, plan: &str) -> Answer {
        let purchase = self.new_purchase(plan).await;
        self.charge(plan, &purchase, DECLINED_CARD).await
    }

    /// Sends the name of an organization; whatever comes of it.
    pub(crate) async fn name_organization(&mut self, name: &str) -> Answer {
        self.post("/home/register-business", &[("organization", name)]).await
    }

    /// Buys Team and names the organization.
    pub(crate) async fn buy_team(&mut self, organization: &str) {
        self.pay("team").await.leads_to("/home/register-business");
        let answer = self.name_organization(organization).await;
        self.is_home(answer).await;
    }

    /// Buys Personal.
    pub(crate) async fn buy_personal(&mut self) {
        self.pay("personal").await.leads_to("/home/register-personal");
        self.post("/home/register-personal", &[]).await.leads_to("/home");
    }

    /// Whether the courses are open.
    pub(crate) async fn has_courses(&mut self) -> bool {
        let home = self.get("/home").await;
        home.is(200);
        let (open, locked) = (home.says("lessons"), home.says("Locked"));
        assert_ne!(open, locked, "courses are open or locked: {}", home.summary());
        open
    }
}
