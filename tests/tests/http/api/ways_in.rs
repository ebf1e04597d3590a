//! By which way people are invited where an organization has its own login, and who is not invited since they could not
//! come in.

use serde_json::{Value, json};

use super::program::Program;
use super::sso::{DOMAINS, connected, path};
use crate::sso::corp::{BO, Company, Corp, DOMAIN};

const PATH: &str = "/api/v1/organization/invitations";
const WAYS: &str = "/api/v1/organization/login-connections";
const CY: &str = "cy@nowhere.example";
const ELI: &str = "eli@corp.example";
/// In a domain that corp only says to be its own.
const UMA: &str = "uma@unproved.example";

/// Each address with what became of it, and the connection of its invitation.
fn answered(answers: &Value) -> Vec<(String, String, Value)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let items = answers["items"].as_array().unwrap().iter();
    items
        .map(|one| (text(&one["email"]), text(&one["outcome"]), one["invitation"]["connection"].clone()))
        .collect()
}

impl Program {
    async fn invites(&mut self, wish: &Value) -> Vec<(String, String, Value)> {
        answered(&self.post(PATH, wish).await.is(200).json())
    }

    async fn demands(&mut self, id: &str, scope: &str) {
        self.put(&format!("{}/enforcement", path(id)), &json!({ "scope": scope })).await.is(200);
    }

    /// The id of the organization's own way of this name, to invite by.
    async fn way(&mut self, name: &str) -> Value {
        let ways = self.get(WAYS).await.is(200).json();
        let ways = ways["items"].as_array().unwrap().clone();
        ways.into_iter().find(|way| way["display_name"] == name).unwrap()["id"].clone()
    }
}

impl Corp {
    fn mails(&self, email: &str) -> usize {
        self.site.fake().mailbox().unwrap().iter().filter(|mail| mail.to == email).count()
    }
}

fn outcome(email: &str, outcome: &str, connection: &Value) -> (String, String, Value) {
    (email.to_owned(), outcome.to_owned(), connection.clone())
}

#[tokio::test]
async fn s13_a_program_invites_nobody_who_could_not_come_in_and_others_by_the_way_that_is_demanded() {
    let (mut corp, mut ann, id) = connected().await;
    let own = ann.way("Corp staff").await;
    ann.demands(&id, "organization").await;
    let refused = ann.post(PATH, &json!({ "emails": [CY, ELI, "ann@nowhere.example"] })).await.is(200).json();
    let expected = [
        outcome(CY, "no_way_in", &Value::Null),
        outcome(ELI, "invited", &own),
        outcome("ann@nowhere.example", "already_member", &Value::Null),
    ];
    assert_eq!(answered(&refused), expected);
    let why =
        "Can’t come in: everybody has to sign in with Corp staff, and this address is not in corp.example.";
    assert_eq!(refused["items"][0]["detail"], why);
    assert_eq!((corp.mails(CY), corp.mails(ELI)), (0, 1));
    assert!(corp.admin.get("/admin").await.says("1 member, 1 invited"), "who is not invited takes no seat");
    // Whatever was chosen for them.
    let password = ann.way("E-mail and password").await;
    let wish = json!({ "emails": [CY, BO], "connection": password });
    assert_eq!(
        ann.invites(&wish).await,
        [outcome(CY, "no_way_in", &Value::Null), outcome(BO, "invited", &own)]
    );
}

#[tokio::test]
async fn s13_an_invitation_from_before_is_sent_anew_by_the_way_that_is_demanded_now_or_not_at_all() {
    let (corp, mut ann, id) = connected().await;
    let made = ann.post(PATH, &json!({ "emails": [CY, ELI] })).await.is(200).json();
    let resend = |number: usize| {
        format!("{PATH}/{}/resend", made["items"][number]["invitation"]["id"].as_str().unwrap())
    };
    assert!(made["items"][1]["invitation"]["connection"].is_null(), "{made}");
    ann.demands(&id, "organization").await;
    let refused = ann.post(&resend(0), &json!({})).await;
    refused.is_problem(409, "no_way_in", None);
    assert!(refused.body.contains("is not in corp.example"), "{}", refused.summary());
    let anew = ann.post(&resend(1), &json!({})).await.is(200).json();
    assert_eq!(anew["connection"], ann.way("Corp staff").await);
    assert_eq!((corp.mails(CY), corp.mails(ELI)), (1, 2));
}

#[tokio::test]
async fn an_invitation_whose_way_lets_them_in_no_more_is_taken_back_and_made_anew() {
    let (_corp, mut ann, _) = connected().await;
    let wish = json!({ "emails": [ELI], "connection": ann.way("Corp staff").await });
    let made = ann.post(PATH, &wish).await.is(200).json();
    let id = made["items"][0]["invitation"]["id"].as_str().unwrap();
    ann.delete(&format!("{DOMAINS}/{DOMAIN}"), None).await.is(204);
    let refused = ann.post(&format!("{PATH}/{id}/resend"), &json!({})).await;
    refused.is_problem(409, "no_way_in", None);
    let why = "Can’t come in with Corp staff, which lets nobody in as things are. Take the invitation back, and invite \
               them anew.";
    assert_eq!(refused.json()["detail"], why);
}

#[tokio::test]
async fn s13_a_domain_that_is_only_claimed_lets_nobody_in_whom_one_could_invite() {
    let (mut corp, mut ann, id) = connected().await;
    corp.domain = "unproved.example";
    corp.claims(&id).await;
    let own = ann.way("Corp staff").await;
    for (scope, chosen, became) in [
        ("organization", &Value::Null, "no_way_in"),
        ("domains", &Value::Null, "no_way_in"),
        ("off", &own, "no_way_in"),
        ("off", &Value::Null, "invited"),
    ] {
        ann.demands(&id, scope).await;
        let mut wish = json!({ "emails": [UMA] });
        if !chosen.is_null() {
            wish["connection"] = chosen.clone();
        }
        assert_eq!(ann.invites(&wish).await, [outcome(UMA, became, &Value::Null)], "{scope} {chosen}");
    }
    let wish = json!({ "emails": [CY, ELI], "connection": own });
    let expected = [outcome(CY, "no_way_in", &Value::Null), outcome(ELI, "invited", &own)];
    assert_eq!(ann.invites(&wish).await, expected, "a way that was chosen has to let them in, too");
}

#[tokio::test]
async fn where_two_connections_are_demanded_of_everybody_both_are_named_and_either_opens() {
    const MAL: &str = "mal@globex.example";
    let (mut corp, mut ann, first) = connected().await;
    let globex = Company::start(&corp.site, &[("mal", MAL, true)]).await;
    // The first comes first.
    corp.site.clock.advance(std::time::Duration::from_secs(1));
    (corp.domain, corp.issuer) = ("globex.example", globex.issuer.clone());
    corp.others = Some(globex);
    let second = corp.connects(MAL).await;
    ann.patch(&path(&second), &json!({ "display_name": "Globex staff" })).await.is(200);
    for id in [&first, &second] {
        ann.demands(id, "organization").await;
    }
    let both = "Corp staff or Globex staff";
    let form = corp.admin.get("/admin/members/add-member").await;
    let said = format!(
        "They sign in with {both}, as everybody in your organization has to: corp.example or globex.example."
    );
    assert!(form.is(200).says(&said), "{}", form.text());
    let answer = corp.admin.invite(&format!("{ELI}\n{CY}\n{MAL}")).await;
    let why = format!(
        "everybody has to sign in with {both}, and this address is not in corp.example or globex.example."
    );
    assert!(answer.is(422).says(&why) && answer.says("2 invitations are on the way"), "{}", answer.text());
    let listed = ann.get(PATH).await.is(200).json();
    let way = |email: &str| {
        let items = listed["items"].as_array().unwrap().iter();
        items.clone().find(|one| one["email"] == email).unwrap()["connection"].clone()
    };
    assert_eq!(way(ELI), ann.way("Corp staff").await);
    assert_eq!(way(MAL), ann.way("Globex staff").await);
    let link = corp.site.management().await.invitation_link("corp", MAL).await;
    let page = corp.site.browser().get(&link).await;
    assert!(page.is(200).says("You sign in to corp with Globex staff."), "{}", page.text());
}

#[tokio::test]
async fn whoever_may_invite_nobody_hears_that_and_not_what_is_wrong_about_the_request() {
    let (corp, _, _) = connected().await;
    let mut emp = Program::of(corp.site.member(CY, "corp", &["Employee"]).await).await;
    for path in [PATH, "/api/v1/sso/access-requests/nobody/grant"] {
        emp.post(path, &json!({ "nonsense": true })).await.is(403);
    }
}
