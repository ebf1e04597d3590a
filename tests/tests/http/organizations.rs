//! Faults 7 and 8: organizations that nobody has paid for, and organizations that are left without an administrator.

use std::time::Duration;

use tenantry_tests::steps::GOOD_CARD;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::management::Management;
use crate::provider::{Provider, Trouble};
use crate::site::Site;

const ANN: &str = "ann@example.com";

#[tokio::test]
async fn fault07_a_trial_makes_no_organization() {
    let site = Site::start().await;
    let mut ann = site.newcomer(ANN).await;
    for fields in [
        vec![("organization", "acme")],
        vec![("organization", "acme"), ("plan", "team"), ("status", "activation")],
        vec![("organization", "acme"), ("subscription", "team;2030-01-01T00:00:00.000Z;activation")],
    ] {
        let answer = ann.post("/home/register-business", &fields).await;
        assert!(answer.is(402).links_to("/home/upgrade-plan"), "a way on: {}", answer.summary());
    }
    assert!(site.management().await.organizations().await.is_empty());
}

#[tokio::test]
async fn fault07_a_personal_plan_makes_no_organization() {
    let site = Site::start().await;
    let mut ann = site.newcomer(ANN).await;
    ann.pay("personal").await.leads_to("/home/register-personal");
    ann.name_organization("acme").await.is(402);
    ann.post("/home/register-personal", &[]).await.leads_to("/home");
    ann.name_organization("acme").await.is(402);
    assert!(site.management().await.organizations().await.is_empty());
}

#[tokio::test]
async fn fault07_one_payment_makes_one_organization() {
    let site = Site::start().await;
    let mut ann = site.administrator(ANN, "acme").await;
    ann.name_organization("acme-2").await;
    let mut outside = site.browser();
    outside.log_in(ANN).await;
    outside.name_organization("acme-3").await;
    assert_eq!(site.management().await.organizations().await, ["acme"]);
}

#[tokio::test]
async fn fault08_a_double_click_makes_one_organization() {
    let site = Site::start().await;
    let mut ann = site.newcomer(ANN).await;
    ann.pay("team").await.leads_to("/home/register-business");
    let token = ann.token().await;
    let mut clicks = JoinSet::new();
    for _ in 0..8 {
        let (mut window, token) = (ann.clone(), token.clone());
        clicks.spawn(async move {
            let fields = [("csrf", token.as_str()), ("organization", "acme")];
            window.post_exactly("/home/register-business", &fields).await.status.as_u16()
        });
    }
    assert_eq!(clicks.join_all().await, [303; 8], "each click goes on to the organization");
    one_administrator(&site.management().await, ANN).await;
}

#[tokio::test]
async fn fault08_another_name_while_the_first_is_being_made_makes_one_organization() {
    let (provider, site) = Provider::with_site().await;
    let mut ann = site.newcomer(ANN).await;
    ann.pay("team").await.leads_to("/home/register-business");
    let mut window = ann.clone();
    provider.has(Trouble::SlowChanges(Duration::from_millis(300)));
    let second_thoughts = async {
        sleep(Duration::from_millis(150)).await;
        window.name_organization("acme-2").await
    };
    tokio::join!(ann.name_organization("acme"), second_thoughts);
    provider.has(Trouble::None);
    one_administrator(&provider.management().await, ANN).await;
}

#[tokio::test]
async fn fault08_two_buyers_of_one_name_get_one_organization_and_one_message() {
    let site = Site::start().await;
    let (mut ann, mut bob) = (site.newcomer(ANN).await, site.newcomer("bob@example.com").await);
    for person in [&mut ann, &mut bob] {
        person.pay("team").await.leads_to("/home/register-business");
    }
    let (first, second) = tokio::join!(ann.name_organization("acme"), bob.name_organization("acme"));
    let (mut loser, answer) = if first.status == 303 { (bob, second) } else { (ann, first) };
    assert!(answer.is(422).says("This name is taken"), "{}", answer.summary());
    assert_eq!(answer.field("organization"), "acme", "what was typed is still there");
    assert_eq!(site.management().await.organizations().await, ["acme"]);

    assert!(loser.get("/home").await.says("Name of your organization"), "nothing is lost");
    loser.name_organization("acme-2").await.is(303);
    let mut names = site.management().await.organizations().await;
    names.sort();
    assert_eq!(names, ["acme", "acme-2"]);
}

#[tokio::test]
async fn fault08_a_provider_that_fails_half_way_leaves_nothing_half_done() {
    let (provider, site) = Provider::with_site().await;
    for (left, is_carried_out) in
        [(0, false), (0, true), (1, false), (1, true), (2, false), (2, true), (3, true)]
    {
        let (email, name) =
            (format!("ann-{left}-{is_carried_out}@example.com"), format!("acme-{left}-{is_carried_out}"));
        let mut ann = site.newcomer(&email).await;
        ann.pay("team").await.leads_to("/home/register-business");
        provider.has(Trouble::AfterChanges { left, is_carried_out });
        let answer = ann.name_organization(&name).await;
        assert!(answer.is(503).says("Nothing is lost"), "change {left}: {}", answer.summary());

        provider.has(Trouble::None);
        ann.name_organization(&name).await.is(303);
        let management = provider.management().await;
        let everything = management.everything().await;
        let organizations = everything["organizations"].as_array().unwrap();
        let made: Vec<_> =
            organizations.iter().filter(|found| found["organization"]["name"] == name).collect();
        assert_eq!(made.len(), 1, "change {left}, carried out: {is_carried_out}: {everything:#}");
        assert_eq!(made[0]["members"][0]["roles"][0]["name"], "Administrator", "{made:#?}");
        assert_eq!(management.subscription(&email).await, "team;2027-01-02T03:04:05.678Z;active");
    }
}

#[tokio::test]
async fn fault08_a_payment_whose_record_fails_is_kept_and_taken_once() {
    for is_carried_out in [false, true] {
        let (provider, site) = Provider::with_site().await;
        let mut ann = site.newcomer(ANN).await;
        let purchase = ann.new_purchase("team").await;
        provider.has(Trouble::AfterChanges { left: 0, is_carried_out });
        let answer = ann.charge("team", &purchase, GOOD_CARD).await;
        assert!(answer.is(503).says("Nothing is lost"), "{}", answer.summary());

        provider.has(Trouble::None);
        site.clock.advance(Duration::from_hours(1));
        let mut elsewhere = site.browser();
        elsewhere.log_in(ANN).await;
        assert!(
            elsewhere.get("/home").await.says("Name of your organization"),
            "it goes on where it stopped"
        );
        elsewhere.name_organization("acme").await.is(303);
        let paid = provider.management().await.organization_subscription("acme").await;
        assert_eq!(paid, "team;2027-01-02T03:04:05.678Z;active", "a year from the day of paying");
    }
}

/// There is one organization, whose only member is this Administrator.
async fn one_administrator(management: &Management, email: &str) {
    let everything = management.everything().await;
    let organizations = everything["organizations"].as_array().unwrap();
    assert_eq!(organizations.len(), 1, "{everything:#}");
    let members = organizations[0]["members"].as_array().unwrap();
    assert_eq!(members.len(), 1, "{everything:#}");
    assert_eq!(members[0]["user_id"], management.user_id(email).await.as_str());
    assert_eq!(members[0]["roles"][0]["name"], "Administrator");
}
