//! The end of an organization, and a copy of it before.

use std::time::Duration;

use serde_json::{Value, json};
use tenantry_fake::Fault;

use crate::api::program::Program;
use crate::provider::Provider;
use crate::site::Site;
use crate::sso::corp::{BO, CLIENT, Corp, DOMAIN, EVE, SECRET, reference};

const ANN: &str = "ann@example.com";
const DELETE: &str = "/admin/customization/delete";

#[tokio::test]
async fn a_deleted_organization_is_gone_for_everybody_at_once_and_people_stay() {
    let site = Site::start().await;
    let mut ann = site.administrator(ANN, "acme").await;
    let mut eve = site.member("eve@example.com", "acme", &["Employee"]).await;
    let mut bob = site.administrator("bob@example.com", "bobs").await;
    let page = ann.get(DELETE).await;
    assert!(
        page.is(200).says("Its Team plan, paid until") && page.says("Export a copy first"),
        "{}",
        page.summary()
    );
    // What is under way when it ends begins no session.
    let mut late = site.browser();
    let away = late.post("/orgprompt", &[("organization", "acme")]).await;
    let login = late.follow(away).await;
    for typed in ["", "ACME", "acm", "bobs"] {
        let page = ann.post(DELETE, &[("organization", typed)]).await;
        assert!(page.is(422).says("Type the name exactly"), "{}", page.summary());
    }
    ann.post(DELETE, &[("organization", " acme ")]).await.leads_to("/organizations/deleted");

    assert_eq!(site.management().await.organizations().await, ["bobs"]);
    for browser in [&mut ann, &mut eve] {
        assert!(!browser.is_signed_in().await);
        assert!(
            browser.get("/organizations/deleted").await.is(200).says("an account of your own is as it was")
        );
    }
    let answer = late
        .fill(&login, &[("username", "eve@example.com"), ("password", tenantry_tests::steps::PASSWORD)])
        .await;
    let page = late.follow(answer).await;
    assert!(!page.status.is_success(), "{}", page.summary());
    assert!(!late.is_signed_in().await);
    assert!(bob.get("/admin").await.is(200).says("bobs"), "nobody else notices");

    ann.log_in(ANN).await;
    let home = ann.get("/home").await;
    assert!(home.is(200).says("You belong to no organization any more"), "{}", home.summary());
    assert!(!home.says("Log in under its name") && home.links_to("/home/upgrade-plan"), "{}", home.summary());
    // Where the provider takes its time the page does not, and says what is true in any case.
    let slowly = Fault::delay(Duration::from_secs(3)).on("GET", "/api/v2/users/*/organizations");
    site.fake().faults().add(slowly.times(1));
    let home = ann.get("/home").await;
    assert!(home.is(200).says("Log in under its name"), "{}", home.summary());
    let profile = ann.get("/home/profile").await;
    assert!(profile.is(200).says("ends with it. For yourself you have none"), "{}", profile.summary());
    assert!(!profile.says("days left") && !profile.says("Active"), "{}", profile.text());
    let plans = ann.get("/home/upgrade-plan").await;
    assert!(plans.is(200).says("Choose Plan") && !plans.says("Your plan"), "{}", plans.text());
    let mine = ann.get("/organizations").await;
    assert!(mine.is(200).says("You belong to no organization yet"), "{}", mine.summary());
    // The name is free, and what comes to bear it has nothing of the old one.
    ann.pay("team").await.leads_to("/home/register-business");
    let answer = ann.name_organization("acme").await;
    ann.follow(answer).await.is(200);
    let members = ann.get("/admin/members").await;
    assert!(members.is(200).says(ANN) && !members.says("eve@example.com"), "{}", members.summary());
}

#[tokio::test]
async fn the_link_of_a_deleted_organizations_invitation_says_so() {
    let site = Site::start().await;
    let mut ann = site.administrator(ANN, "acme").await;
    ann.invite("bo@acme.example").await.is(200);
    let link = site.management().await.invitation_link("acme", "bo@acme.example").await;
    let cut = &link.replace("invitation=", "invitation=x");
    let lost = site.browser().get(cut).await;
    assert!(lost.is(404).says("may have lost a part"), "{}", lost.summary());
    ann.post(DELETE, &[("organization", "acme")]).await.leads_to("/organizations/deleted");
    let gone = site.browser().get(&link).await;
    assert!(gone.is(404).says("does not exist any more") && !gone.says("lost a part"), "{}", gone.summary());
}

#[tokio::test]
async fn whoever_is_signed_in_outside_of_an_organization_is_told_nothing_that_only_it_knows() {
    let site = Site::start().await;
    let mut ann = site.administrator(ANN, "acme").await;
    ann.log_in(ANN).await;
    let home = ann.get("/home").await;
    assert!(home.is(200).says("Log in under its name to go on"), "{}", home.summary());
    let profile = ann.get("/home/profile").await;
    assert!(!profile.is(200).says("days left") && profile.links_to("/organizations"), "{}", profile.text());
    assert!(!ann.get("/home/upgrade-plan").await.is(200).says("Your plan"));
}

#[tokio::test]
async fn what_a_crash_left_is_cleared_by_a_repetition_or_within_a_minute() {
    let site = Site::start().await;
    let mut ann = site.administrator(ANN, "acme").await;
    let mut eve = site.member("eve@example.com", "acme", &["Employee"]).await;
    let mut olga = site.administrator("olga@example.com", "olgas").await;
    let mut emil = site.member("emil@example.com", "olgas", &["Employee"]).await;
    // The provider has deleted them, and whoever asked for it died before the rest was done.
    for name in ["acme", "olgas"] {
        site.management().await.delete_organization(name).await;
    }
    ann.post(DELETE, &[("organization", "acme")]).await.leads_to("/organizations/deleted");
    assert!(!eve.is_signed_in().await);
    assert!(emil.is_signed_in().await, "the other one is not cleared yet");
    site.clock.advance(Duration::from_mins(1));
    olga.get("/home").await.is(303);
    assert!(!emil.is_signed_in().await);
}

#[tokio::test]
async fn an_organization_whose_plan_has_ended_takes_its_copy_and_goes() {
    let site = Site::start().await;
    let mut ann = site.administrator(ANN, "acme").await;
    let mut eve = site.member("eve@example.com", "acme", &["Employee"]).await;
    assert!(!ann.get("/admin").await.is(200).links_to(DELETE), "it is among the settings");
    let ended = "team;2026-01-02T03:04:05.678Z;active";
    site.management().await.set_organization_subscription("acme", ended).await;
    site.clock.advance(Duration::from_mins(2));
    ann.get("/admin/members").await.is(402);
    ann.get("/admin/customization").await.is(402);
    assert!(ann.get("/admin").await.is(200).links_to(DELETE));
    let page = ann.get(DELETE).await;
    assert!(page.is(200).says("It has no plan that would end with it") && page.links_to("/admin"));
    let copy = ann.post("/admin/customization/export", &[]).await;
    assert!(copy.is(200).body.contains("eve@example.com") && copy.body.contains(r#""kind":"end""#));
    for path in [DELETE, "/admin/customization/export"] {
        eve.post(path, &[("organization", "acme")]).await.is(403);
    }
    ann.post(DELETE, &[("organization", "acme")]).await.leads_to("/organizations/deleted");
    assert!(site.management().await.organizations().await.is_empty());
}

#[tokio::test]
async fn whoever_may_not_delete_it_deletes_nothing() {
    let site = Site::start().await;
    let mut ann = site.administrator(ANN, "acme").await;
    let mut eve = site.member("eve@example.com", "acme", &["Employee"]).await;
    let mut bob = site.administrator("bob@example.com", "bobs").await;
    let before = site.management().await.everything().await;
    eve.post(DELETE, &[("organization", "acme")]).await.is(403);
    eve.post("/admin/customization/export", &[]).await.is(403);
    bob.post(DELETE, &[("organization", "acme"), ("org_id", "acme")]).await.is(422);
    site.browser().post(DELETE, &[("organization", "acme")]).await.is(303);
    assert_eq!(site.management().await.everything().await, before);
    site.management().await.take_role("acme", ANN, "Administrator").await;
    ann.post(DELETE, &[("organization", "acme")]).await.is(403);
    ann.post("/admin/customization/export", &[]).await.is(403);
    assert_eq!(site.management().await.organizations().await.len(), 2);
}

#[tokio::test]
async fn a_copy_holds_the_single_sign_on_without_a_secret_and_its_end_is_said() {
    let (mut corp, id) = Corp::connected().await;
    corp.maps_admins(&id, &[]).await;
    let end = corp.is_refused(EVE, 403).await;
    corp.is_let_in(BO).await;
    let copy = corp.admin.post("/admin/customization/export", &[]).await;
    let lines: Vec<Value> = copy.body.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let one = |kind: &str| {
        let found: Vec<_> = lines.iter().filter(|line| line["kind"] == kind).collect();
        assert_eq!(found.len(), 1, "{kind}: {}", copy.body);
        found[0]
    };
    let domain = one("domain");
    assert_eq!((&domain["domain"], &domain["state"]), (&json!(DOMAIN), &json!("proved")));
    let connection = one("connection");
    assert_eq!((&connection["id"], &connection["state"]), (&json!(id), &json!("on")));
    assert_eq!((&connection["provider"], &connection["domains"]), (&json!("oidc"), &json!([DOMAIN])));
    assert_eq!(connection["credentials"]["client_id"], CLIENT);
    let mapping = json!([{ "claim": "teams", "value": "admins", "role": "Administrator" }]);
    assert_eq!(connection["admission"]["mappings"], mapping);
    assert_eq!(connection["enforcement"], json!({ "scope": "off", "break_glass": [] }));
    let failure = one("login_failure");
    assert_eq!((&failure["connection"], &failure["fault"]["code"]), (&json!(id), &json!("other_domain")));
    let mut program = Program::of(corp.admin.clone()).await;
    let shown = program.get(&format!("/api/v1/sso/connections/{id}")).await.is(200).json();
    for name in ["display_name", "state", "credentials", "admission", "enforcement", "created_at", "begun_by"]
    {
        assert_eq!(connection[name], shown[name], "as the API tells it: {name}");
    }
    assert_eq!(failure["fault"], shown["health"]["last_failure"]["fault"]);
    assert_eq!(failure["reference"], json!(reference(&end)));
    assert!(!copy.body.contains(SECRET) && !copy.body.contains("tenantry-domain-verification"));
    assert_eq!(lines.last().unwrap(), &json!({ "kind": "end", "count": lines.len() - 1 }));
    let page = corp.admin.get(DELETE).await;
    let said = "Its connections to identity providers are deleted, with the client IDs and secrets.";
    assert!(page.says(said) && page.says("Its domains are proved for it no more"), "{}", page.text());
    assert!(page.says("but for those that came through a connection"), "{}", page.text());
    corp.admin.post(DELETE, &[("organization", "corp")]).await.is(303);
    assert!(
        !corp.site.management().await.everything().await.to_string().contains(BO),
        "the account ended, as was said"
    );
}

#[tokio::test]
async fn a_copy_holds_all_of_one_organization_and_nothing_of_another() {
    let (provider, site) = Provider::with_site().await;
    let mut ann = site.administrator(ANN, "acme").await;
    site.administrator("bob@example.com", "bobs").await;
    let management = provider.management().await;
    for number in 0..105 {
        let email = format!("person-{number}@example.com");
        management.make_user(&email, tenantry_tests::steps::PASSWORD).await;
        management.add_member("acme", &email, &["Employee"]).await;
    }
    ann.post("/admin/customization", &[("display_name", "Acme & Sons"), ("colours", "product")])
        .await
        .is(303);
    ann.invite("guest@acme.example").await.is(422);
    let management = provider.management().await;
    management.set_organization_subscription("acme", "enterprise;2027-01-02T03:04:05.678Z;active").await;
    site.clock.advance(Duration::from_mins(2));
    ann.invite("guest@acme.example").await.is(200);
    let link = management.invitation_link("acme", "guest@acme.example").await;
    let copy = ann.post("/admin/customization/export", &[]).await;
    assert_eq!(copy.is(200).header("content-type"), "application/jsonl; charset=utf-8");
    assert_eq!(copy.header("content-disposition"), "attachment; filename=\"acme.jsonl\"");
    let lines: Vec<Value> = copy.body.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |kind: &str| lines.iter().filter(|line| line["kind"] == kind).collect::<Vec<_>>();
    assert_eq!(lines[0]["display_name"], "Acme & Sons");
    assert!(lines[0]["subscription"].as_str().unwrap().starts_with("enterprise;"));
    assert_eq!(of("member").len(), 106);
    let founder = of("member").into_iter().find(|member| member["email"] == ANN).unwrap();
    assert_eq!(founder["roles"], serde_json::json!(["Administrator"]));
    let actions: Vec<_> = of("audit").into_iter().map(|entry| entry["action"].clone()).collect();
    assert_eq!(actions, ["organization.exported", "invitation.sent", "organization.customized"]);
    let [invitation] = of("invitation")[..] else { panic!("one is invited: {lines:?}") };
    assert_eq!(invitation["email"], "guest@acme.example");
    assert_eq!(invitation["roles"], serde_json::json!(["Employee"]));
    let ticket = link.split("invitation=").nth(1).unwrap().split('&').next().unwrap();
    assert!(!copy.body.contains(ticket) && !copy.body.contains("http"), "neither link nor ticket");
    assert_eq!(lines.last().unwrap(), &serde_json::json!({ "kind": "end", "count": lines.len() - 1 }));
    assert!(!copy.body.contains("bob"), "nothing of another organization");
}
