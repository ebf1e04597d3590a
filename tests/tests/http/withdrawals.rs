//! S14: whoever may invite nobody any more leaves no link behind that the identity provider would let count.

use serde_json::Value;
use tenantry_tests::steps::PASSWORD;
use url::Url;

use crate::browser::Browser;
use crate::management::Management;
use crate::provider::{Provider, Trouble};
use crate::site::Site;

const ANN: &str = "ann@example.com";
const EVE: &str = "eve@example.com";
const BO: &str = "bo@acme.example";
const CY: &str = "cy@acme.example";
const EDIT: &str = "/admin/members/edit-member";

/// Acme, which Ann and Eve run. Ann has invited Cy, and Eve Bo.
struct Acme {
    provider: Provider,
    site: Site,
    management: Management,
    ann: Browser,
    eve: Browser,
    eves_id: String,
    eves_link: String,
}

async fn acme() -> Acme {
    let (provider, site) = Provider::with_site().await;
    let mut ann = site.administrator(ANN, "acme").await;
    let management = provider.management().await;
    management.make_user(EVE, PASSWORD).await;
    management.add_member("acme", EVE, &["Administrator"]).await;
    let mut eve = site.browser();
    eve.log_in_under("acme", EVE).await;
    ann.invite(CY).await.is(200);
    eve.invite(BO).await.is(200);
    let (eves_id, eves_link) = (management.user_id(EVE).await, management.invitation_link("acme", BO).await);
    Acme { provider, site, management, ann, eve, eves_id, eves_link }
}

impl Acme {
    /// Goes to the provider with the link's ticket as the product's page would, without asking the product.
    async fn tries_the_ticket(&self) -> crate::answer::Answer {
        let mut browser = self.site.browser();
        let mut asked = browser.leaves_for("acme").await;
        let link = Url::parse("http://x").unwrap().join(&self.eves_link).unwrap();
        let ticket = link.query_pairs().find(|(name, _)| name == "invitation").unwrap().1.into_owned();
        asked.query_pairs_mut().append_pair("invitation", &ticket);
        let answer = browser.hop(&asked).await;
        browser.follow(answer).await
    }

    async fn invited(&self) -> Vec<String> {
        let listed = self.management.invitations("acme").await;
        let email = |found: &Value| found["invitee"]["email"].as_str().unwrap().to_owned();
        let mut emails: Vec<String> = listed.iter().map(email).collect();
        emails.sort();
        emails
    }

    /// Of the two links Eve's is dead, at the provider too, and Ann's is not.
    async fn has_lost_eves(&self, how: &str) {
        let tried = self.tries_the_ticket().await;
        assert!(!tried.status.is_success(), "{how}: {}", tried.summary());
        assert_eq!(self.invited().await, [CY], "{how}");
        self.site.browser().get(&self.eves_link).await.is(410);
        let anns = self.management.invitation_link("acme", CY).await;
        self.site.browser().get(&anns).await.is(200);
    }
}

#[tokio::test]
async fn s14_whoever_ceases_to_be_administrator_leaves_no_live_link_behind() {
    for how in ["demoted", "removed", "left", "handed over", "deleted"] {
        let mut acme = acme().await;
        let asked = acme.tries_the_ticket().await;
        assert!(asked.is(200).body.contains("password"), "the ticket counts: {}", asked.summary());
        let (eves_id, anns_id) = (acme.eves_id.clone(), acme.management.user_id(ANN).await);
        let answer = match how {
            "demoted" => acme.ann.post(EDIT, &[("user_id", &eves_id), ("role.Employee", "on")]).await,
            "removed" => acme.ann.post("/admin/members/remove", &[("user_id", &eves_id)]).await,
            "left" => acme.eve.post("/home/leave", &[]).await,
            "handed over" => acme.eve.post("/admin/members/transfer", &[("user_id", &anns_id)]).await,
            _ => {
                acme.eve.proves_it("/home/account/delete", EVE).await;
                acme.eve.post("/home/account/delete", &[("confirmation", EVE)]).await
            }
        };
        answer.is(303);
        acme.has_lost_eves(how).await;
        let log = acme.ann.get("/admin/activity").await;
        assert!(log.is(200).says(&format!("Took back the invitation of {BO}")), "{how}: {}", log.summary());
    }
}

#[tokio::test]
async fn s14_a_failure_while_links_are_taken_back_leaves_the_role_and_the_next_try_finishes() {
    for is_carried_out in [false, true] {
        let mut acme = acme().await;
        let demotion = [("user_id", acme.eves_id.clone()), ("role.Employee", "on".to_owned())];
        let demotion: Vec<(&str, &str)> =
            demotion.iter().map(|(name, value)| (*name, value.as_str())).collect();
        acme.provider.has(Trouble::AfterChanges { left: 0, is_carried_out });
        acme.ann.post(EDIT, &demotion).await.is(503);
        acme.provider.has(Trouble::None);
        assert!(acme.eve.get("/admin/members").await.is(200).says(BO), "she is still Administrator");
        acme.ann.post(EDIT, &demotion).await.leads_to("/admin/members");
        acme.has_lost_eves("demoted at the second try").await;
    }
}
