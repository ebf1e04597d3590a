//! Who can still come in another way, where everybody has to come through a connection, is chosen and stays chosen.

use std::time::Duration;

use super::corp::{BO, CONFIRMED, Corp};
use crate::answer::Answer;

const ANN: &str = "ann@nowhere.example";
const DEE: &str = "dee@nowhere.example";

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
