//! Who can still come in another way, where everybody has to come through a connection, is chosen and stays chosen.

use std::time::Duration;

use serde_json::json;
use tenantry_fake::SeedFile;
use tenantry_tests::steps::PASSWORD;

use super::corp::{BO, CONFIRMED, Corp};
use crate::answer::Answer;
use crate::api::program::Program;

const ANN: &str = "ann@nowhere.example";
const DEE: &str = "dee@nowhere.example";
/// More Administrators than the page can tell of, besides Ann.
const MANY: usize = 24;

/// Whether the form has this account chosen.
fn chosen(page: &Answer, field: &str) -> bool {
    let (_, rest) = page.body.split_once(&format!("name=\"{field}\"")).expect("a field of theirs");
    rest.split('>').next().unwrap().contains("checked")
}

#[tokio::test]
async fn s13_the_administrators_who_can_still_come_in_another_way_are_chosen_and_stay_so() {
    let (mut corp, id) = Corp::connected().await;
    corp.is_let_in(BO).await;
    let management = corp.site.management().await;
    management.add_member("corp", BO, &["Administrator"]).await;
    let mut dee = corp.site.member(DEE, "corp", &["Administrator"]).await;
    let field = async |email: &str| format!("holder.{}", management.user_id(email).await);
    let (ann, dees, bo) = (field(ANN).await, field(DEE).await, field(BO).await);
    let there = format!("/admin/sso/policy?connection={id}");
    let page = corp.admin.get(&there).await;
    assert!(chosen(page.is(200), &ann) && !chosen(&page, &dees), "{}", page.text());
    assert!(page.says("came through a connection, and has no other way"), "{}", page.text());

    let rule = [("connection", &*id), ("enforcement", "organization"), ("holder.", "1")];
    let nobody = corp.admin.post("/admin/sso/policy", &rule).await;
    assert!(nobody.is(409).says("Choose at least one Administrator"), "{}", nobody.text());
    let with_bo = [&rule[..], &[(&*bo, "1")]].concat();
    let refused = corp.admin.post("/admin/sso/policy", &with_bo).await;
    assert!(refused.is(409).says("choose one with a password"), "{}", refused.text());
    let alone = [&rule[..], &[(&*dees, "1")]].concat();
    let asked = corp.admin.post("/admin/sso/policy", &alone).await;
    assert!(asked.is(200).says("You are none of them"), "{}", asked.text());
    let both = [&rule[..], &[(&*ann, "1"), (&*dees, "1"), CONFIRMED]].concat();
    corp.admin.post("/admin/sso/policy", &both).await.is(303);

    corp.site.clock.advance(Duration::from_secs(1));
    // Somebody else saves the rule: nobody loses anything by it.
    dee.log_in_under("corp", DEE).await;
    let page = dee.get(&there).await;
    assert!(chosen(page.is(200), &ann) && chosen(&page, &dees), "{}", page.text());
    dee.post("/admin/sso/policy", &[("connection", &id), ("enforcement", "domains"), CONFIRMED])
        .await
        .is(303);
    let page = dee.get(&there).await;
    assert!(chosen(page.is(200), &ann) && chosen(&page, &dees), "{}", page.text());
}

/// The fields of those of whom the form tells, and of those who are chosen.
fn told(page: &Answer) -> (Vec<String>, Vec<String>) {
    let fields = page.body.split("name=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let told: Vec<_> = fields
        .filter(|field| field.starts_with("holder.") && *field != "holder.")
        .map(str::to_owned)
        .collect();
    let ticked = told.iter().filter(|field| chosen(page, field)).cloned().collect();
    (told, ticked)
}

#[tokio::test]
async fn s13_of_many_administrators_those_who_are_chosen_and_whoever_looks_are_told_of_first() {
    let (mut corp, id) = Corp::connected().await;
    let management = corp.site.management().await;
    let emails: Vec<_> = (0..MANY).map(|number| format!("admin-{number}@nowhere.example")).collect();
    let accounts = emails.iter().map(|email| json!({ "email": email, "password": PASSWORD }));
    let members = emails.iter().map(|email| json!({ "user": email, "roles": ["Administrator"] }));
    let file = json!({
        "users": accounts.collect::<Vec<_>>(),
        "organizations": [{ "name": "corp", "members": members.collect::<Vec<_>>() }],
    });
    corp.site.fake().seed(&SeedFile::from_json(file).unwrap()).await.unwrap();
    let mut fields = Vec::new();
    for email in emails {
        fields.push((format!("holder.{}", management.user_id(&email).await), email));
    }
    let ann = format!("holder.{}", management.user_id(ANN).await);
    let there = format!("/admin/sso/policy?connection={id}");
    corp.site.fake().clear_requests();
    let page = corp.admin.get(&there).await;
    let asked = corp.site.fake().requests();
    assert!(asked.len() <= 3, "asked {} times: {asked:?}", asked.len());
    let (first, ticked) = told(page.is(200));
    assert_eq!((first.len(), &*ticked), (20, &[ann.clone()][..]), "{}", page.text());
    let mut untold = fields.iter().filter(|(field, _)| !first.contains(field));
    let ((one, _), (other, email)) = (untold.next().unwrap(), untold.next().unwrap());

    // A program may choose whom the page did not tell of; the page then keeps them.
    let chosen = json!({ "scope": "organization", "break_glass": [one.strip_prefix("holder.").unwrap()] });
    let mut program = Program::of(corp.admin.clone()).await;
    program.put(&format!("/api/v1/sso/connections/{id}/enforcement"), &chosen).await.is(200);
    let (now, ticked) = told(&corp.admin.get(&there).await);
    assert!(now.contains(&ann), "whoever looks is told of, too");
    assert_eq!((now.len(), &*ticked), (20, &[one.clone()][..]));
    let rule = [("connection", &*id), ("enforcement", "organization"), ("holder.", "1"), CONFIRMED];
    let saves: Vec<_> = ticked.iter().map(|field| (field.as_str(), "1")).collect();
    let saves = [&rule[..], &saves, &[(ann.as_str(), "1")]].concat();
    corp.admin.post("/admin/sso/policy", &saves).await.is(303);
    let mut both = [one.clone(), ann.clone()];
    let (_, mut ticked) = told(&corp.admin.get(&there).await);
    both.sort();
    ticked.sort();
    assert_eq!(ticked, both);

    // And whoever of the others looks finds themselves.
    let fields = [("connection", &*id), ("enforcement", "off"), ("holder.", "1")];
    corp.admin.post("/admin/sso/policy", &fields).await.is(303);
    corp.site.clock.advance(Duration::from_secs(1));
    let mut looks = corp.site.browser();
    looks.log_in_under("corp", email).await;
    let (_, ticked) = told(looks.get(&there).await.is(200));
    assert_eq!(ticked, std::slice::from_ref(other));
}

#[tokio::test]
async fn whoever_does_not_run_the_organization_is_told_so_before_their_rule_is_looked_at() {
    let (corp, id) = Corp::connected().await;
    let mut eve = corp.site.member("eve@nowhere.example", "corp", &["Employee"]).await;
    for rule in ["nobody", "off"] {
        eve.post("/admin/sso/policy", &[("connection", &*id), ("enforcement", rule)]).await.is(403);
    }
}

#[tokio::test]
async fn more_than_can_be_chosen_are_refused() {
    let (mut corp, id) = Corp::connected().await;
    let made_up: Vec<_> = (0..21).map(|number| format!("holder.auth0|{number}")).collect();
    let mut fields = vec![("connection", &*id), ("enforcement", "organization"), CONFIRMED];
    fields.extend(made_up.iter().map(|field| (field.as_str(), "1")));
    let refused = corp.admin.post("/admin/sso/policy", &fields).await;
    assert!(refused.is(409).says("Choose at most 20 Administrators"), "{}", refused.text());
}
