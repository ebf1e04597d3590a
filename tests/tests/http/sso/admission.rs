//! What becomes of those who come: as whom they join, where they begin, and for how long.

use std::time::Duration;

use serde_json::json;
use tenantry_fake::{Fake, SeedFile};
use url::Url;

use super::corp::{BO, CLIENT, CONFIRMED, Corp, SECRET, reference, step};
use crate::answer::Answer;

const DAY: Duration = Duration::from_hours(24);

async fn runs_the_action(fake: &Fake, body: &str) {
    let code = format!("exports.onExecutePostLogin = async (event, api) => {{ {body} }};");
    let action = json!({ "name": "teams", "code": code, "bound": true });
    let file = SeedFile::from_json(json!({ "actions": [action] })).unwrap();
    fake.seed(&file).await.unwrap();
}

#[tokio::test]
async fn a_claim_of_the_companys_makes_a_newcomer_administrator_and_the_others_are_employees() {
    let (mut corp, id) = Corp::connected().await;
    let says = "if (event.user.email === 'bo@corp.example') api.idToken.setCustomClaim('teams', ['staff', 'admins']);";
    runs_the_action(&corp.company.fake, says).await;
    let passes = "if (event.user.teams) api.idToken.setCustomClaim('teams', event.user.teams);";
    runs_the_action(corp.site.fake(), passes).await;
    corp.maps_admins(&id, &[]).await;
    let report = corp.tests_as(&id, BO).await;
    assert!(report.says("admins") && report.says("Administrator"), "{}", report.summary());
    corp.company.has("cal", "cal@corp.example", true).await;
    let (mut bo, mut cal) = (corp.is_let_in(BO).await, corp.is_let_in("cal@corp.example").await);
    bo.get("/admin").await.is(200);
    cal.get("/admin").await.is(403);
    assert!(cal.get("/home/profile").await.says("Role Employee"));

    // Members keep what they have: a claim neither gives nor takes.
    let reversed =
        "if (event.user.email === 'cal@corp.example') api.idToken.setCustomClaim('teams', ['admins']);";
    runs_the_action(&corp.company.fake, reversed).await;
    corp.is_let_in(BO).await.get("/admin").await.is(200);
    corp.is_let_in("cal@corp.example").await.get("/admin").await.is(403);
}

#[tokio::test]
async fn a_claim_that_a_rule_looks_at_is_never_said_to_be_added_on_the_way() {
    const TEAMS: &str = "https://corp.example/teams";
    let (mut corp, id) = Corp::connected().await;
    let passes = format!("api.idToken.setCustomClaim('{TEAMS}', ['admins']);");
    runs_the_action(corp.site.fake(), &passes).await;
    let shown = format!("<dt>{TEAMS}</dt>");
    let where_it_is = |report: &Answer| {
        let (_, claims) = report.body.split_once("What your provider said").unwrap();
        let (said, added) = claims.split_once("What was added on the way here").unwrap();
        assert!(added.contains("or passed it on from your provider"), "{}", report.text());
        (said.contains(&shown), added.contains(&shown))
    };
    let report = corp.tests_as(&id, BO).await;
    assert_eq!(where_it_is(&report), (false, true), "{}", report.text());
    let fields = [
        ("connection", &*id),
        ("display_name", "Corp staff"),
        ("default_role", "Employee"),
        ("claim_1", TEAMS),
        ("value_1", "admins"),
        ("role_1", "Administrator"),
    ];
    corp.admin.post("/admin/sso/people", &fields).await.is(303);
    let report = corp.admin.get(&step(&id, "test")).await;
    assert_eq!(where_it_is(&report), (true, false), "{}", report.text());
}

#[tokio::test]
async fn where_newcomers_do_not_join_by_themselves_they_read_whom_to_ask() {
    let (mut corp, id) = Corp::connected().await;
    let fields = [("connection", &*id), ("display_name", "Corp staff"), ("default_role", "Employee")];
    corp.admin.post("/admin/sso/people", &fields).await.is(303);
    corp.site.clock.advance(Duration::from_secs(1));
    let end = corp.is_refused(BO, 403).await;
    assert!(end.says("You are not a member of this organization yet. Ask to be let in"));
    assert_eq!(corp.members("corp").await.len(), 1);
    let page = corp.connection(&id).await;
    let found = page.says(&reference(&end)) && page.says("newcomers do not become members by themselves");
    assert!(found && page.says("are invited, or ask to be let in"), "{}", page.summary());
}

#[tokio::test]
async fn who_comes_through_a_connection_that_is_turned_off_meanwhile_is_told_so_member_or_not() {
    let (mut corp, id) = Corp::connected().await;
    corp.is_let_in(BO).await;
    let (mut bo, page) = corp.enters_address(BO).await;
    let off = [("connection", &*id), ("turn", "off"), CONFIRMED];
    corp.admin.post("/admin/sso/turn", &off).await.is(303);
    let end = bo.at_the_company(&page, BO).await;
    assert!(end.is(403).says("Your organization does not use this login any more"), "{}", end.text());
    assert!(!end.says("Ask to be let in"), "{}", end.text());
    let page = corp.connection(&id).await;
    assert!(page.says(&reference(&end)) && page.says("The connection is turned off"), "{}", page.text());
}

#[tokio::test]
async fn rp47_a_tile_at_the_companys_provider_begins_a_login_that_ends_where_it_says() {
    let (mut corp, id) = Corp::connected().await;
    let page = corp.connection(&id).await;
    let link = page.body.split("id=\"start-link\">").nth(1).unwrap().split('<').next().unwrap();
    let link = Url::parse(&link.replace("&#38;", "&").replace("&amp;", "&")).unwrap();
    let begins = |more: &[(&str, &str)]| {
        let mut link = link.clone();
        link.query_pairs_mut().extend_pairs(more);
        format!("{}?{}", link.path(), link.query().unwrap())
    };
    let target = corp.site.address.at("/home/profile").to_string();
    let issuer = corp.issuer.as_str().to_owned();
    let mut bo = corp.site.browser();
    let page = bo.open(&begins(&[("iss", &issuer), ("target_link_uri", &target), ("login_hint", BO)])).await;
    assert_eq!(page.url.origin(), corp.issuer.origin(), "{}", page.summary());
    let end = bo.at_the_company(&page, BO).await;
    assert_eq!((end.url.path(), end.status.as_u16()), ("/home/profile", 200), "{}", end.summary());

    let is_refused = |answer: Answer| {
        assert!(answer.status.is_client_error() && !answer.status.is_redirection(), "{}", answer.summary());
    };
    for (iss, target) in [
        ("https://evil.example/", target.as_str()),
        (&issuer[..issuer.len() - 1], &target),
        (&issuer, "https://evil.example/"),
        (&issuer, "//evil.example/"),
    ] {
        let path = begins(&[("iss", iss), ("target_link_uri", target)]);
        is_refused(corp.site.browser().get(&path).await);
    }
    // The company's provider speaks for its own connection alone, and only while that is on.
    let organization = corp.site.management().await.organization_id("corp").await;
    let path = format!("/api/auth/login?organization={organization}&iss={issuer}");
    is_refused(corp.site.browser().get(&path).await);
    corp.admin.post("/admin/sso/turn", &[("connection", &id), ("turn", "off"), CONFIRMED]).await.is(303);
    is_refused(corp.site.browser().get(&begins(&[("iss", &issuer)])).await);
}

#[tokio::test]
async fn an_address_of_several_organizations_is_asked_which_one() {
    let corp = Corp::new().await;
    corp.site.administrator("dee@nowhere.example", "globex").await;
    corp.site.member("cy@nowhere.example", "corp", &["Employee"]).await;
    corp.site.management().await.add_member("globex", "cy@nowhere.example", &["Employee"]).await;
    let (mut cy, page) = corp.enters_address("cy@nowhere.example").await;
    let answer = cy.fill(&page, &[("password", tenantry_tests::steps::PASSWORD)]).await;
    let page = cy.follow(answer).await;
    assert!(page.is(200).says("Which organization?"), "{}", page.summary());
    assert!(page.body.contains("> to corp<") && page.body.contains("> to globex<"), "{}", page.summary());
    let link = page.body.split("<a ").find(|rest| rest.contains("> to globex<")).unwrap();
    let path = link.split("href=\"").nth(1).unwrap().split('"').next().unwrap().replace("&#38;", "&");
    let home = cy.open(&path).await;
    assert!(home.url.path() == "/home" && home.says("Organization: globex"), "{}", home.summary());
    cy.open("/organizations?choose=one").await.is(200).says("Organization: globex");
}

#[tokio::test]
async fn whoever_belongs_to_one_organization_or_none_is_asked_nothing() {
    let corp = Corp::new().await;
    corp.site.member("cy@nowhere.example", "corp", &["Employee"]).await;
    let (mut cy, page) = corp.enters_address("cy@nowhere.example").await;
    let answer = cy.fill(&page, &[("password", tenantry_tests::steps::PASSWORD)]).await;
    let home = cy.follow(answer).await;
    assert!(home.url.path() == "/home" && home.says("Organization: corp"), "{}", home.summary());
    corp.site.newcomer("flo@nowhere.example").await;
    let (mut flo, page) = corp.enters_address("flo@nowhere.example").await;
    let answer = flo.fill(&page, &[("password", tenantry_tests::steps::PASSWORD)]).await;
    let home = flo.follow(answer).await;
    assert_eq!((home.url.path(), home.status.as_u16()), ("/home", 200), "{}", home.summary());
    assert!(!home.says("Organization:"), "{}", home.summary());
    flo.get("/organizations?choose=one").await.leads_to("/home");
    assert!(flo.get("/organizations").await.is(200).says("You belong to no organization yet"));
}

#[tokio::test]
async fn a_secret_that_is_soon_over_is_told_in_the_list() {
    let (mut corp, id) = Corp::connected().await;
    let enters = async |corp: &mut Corp, expires: &str| {
        let issuer = corp.issuer.to_string();
        let fields = [
            ("connection", &*id),
            ("discovery_url", issuer.as_str()),
            ("client_id", CLIENT),
            ("client_secret", SECRET),
            ("secret_expires", expires),
        ];
        corp.admin.post("/admin/sso/credentials", &fields).await.leads_to(&step(&id, "test"));
        corp.admin.get("/admin/sso").await
    };
    assert!(!enters(&mut corp, "2026-02-02").await.says("client secret expire"), "in a month and a day");
    let page = enters(&mut corp, "2026-01-31").await;
    assert!(page.says("The client secret expires on 31 January 2026"), "{}", page.summary());
    let page = enters(&mut corp, "2026-01-01").await;
    assert!(page.says("The client secret expired on 1 January 2026"), "{}", page.summary());
}

#[tokio::test]
async fn two_weeks_after_the_plan_people_still_come_in_and_its_administrators_were_told() {
    let (mut corp, _) = Corp::connected().await;
    corp.is_let_in(BO).await;
    assert!(!corp.admin.get("/admin").await.is(200).says("your own identity provider"));
    corp.site.clock.advance(340 * DAY);
    let mut ann = corp.site.browser();
    ann.log_in_under("corp", "ann@nowhere.example").await;
    let told = ann.get("/admin").await;
    let before =
        "your people can sign in with your own identity provider for two more weeks, until 16 January 2027";
    assert!(told.is(200).says(before), "{}", told.summary());

    // A second less than the rest of the year and two weeks.
    corp.site.clock.advance(38 * DAY + Duration::from_secs(24 * 3600 - 1));
    let mut bo = corp.is_let_in(BO).await;
    assert!(bo.get("/home").await.says("subscription expired"), "and they read why the courses are closed");
    let mut ann = corp.site.browser();
    ann.log_in_under("corp", "ann@nowhere.example").await;
    let told = ann.get("/admin").await;
    assert!(told.says("your people can still sign in with your own identity provider"), "{}", told.summary());

    corp.site.clock.advance(Duration::from_secs(1));
    let end = corp.is_refused(BO, 403).await;
    assert!(end.says("Your organization’s plan has ended. Ask whoever runs your organization"));
    assert!(bo.is_signed_in().await, "who is in stays in");
    let told = ann.get("/admin").await;
    assert!(told.says("nobody can sign in with your own identity provider"), "{}", told.summary());
    assert_eq!(corp.members("corp").await.len(), 2, "and stays a member");
    ann.pay("team").await.leads_to("/admin");
    corp.is_let_in(BO).await;
    assert!(!ann.get("/admin").await.says("your own identity provider"));
}
