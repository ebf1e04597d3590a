//! S12: nobody closes the way in by which the last Administrator of an organization comes.

use super::corp::{BO, CONFIRMED, Corp, DOMAIN};
use crate::answer::Answer;
use crate::browser::Browser;

/// Corp, run by Bo, who comes through its connection, and by Ann, who does not.
pub(crate) async fn run_by_two() -> (Corp, String, Browser) {
    let (corp, id) = Corp::connected().await;
    corp.is_let_in(BO).await;
    corp.site.management().await.add_member("corp", BO, &["Administrator"]).await;
    let bo = corp.is_let_in(BO).await;
    (corp, id, bo)
}

/// Whatever closes the connection.
fn ends(id: &str) -> [(&'static str, Vec<(&'static str, &str)>); 4] {
    [
        ("/admin/sso/delete", vec![("connection", id)]),
        ("/admin/sso/turn", vec![("connection", id), ("turn", "off"), CONFIRMED]),
        ("/admin/sso/domain/release", vec![("domain", DOMAIN), CONFIRMED]),
        ("/admin/sso/domain/remove", vec![("connection", id), ("domain", DOMAIN), CONFIRMED]),
    ]
}

fn is_refused(answer: &Answer) {
    assert!(answer.is(409).says("Nobody could run your organization any more"), "{}", answer.summary());
    assert!(answer.links_to("/admin/members"), "{}", answer.summary());
}

#[tokio::test]
async fn s12_the_connection_of_the_last_administrator_is_not_closed_in_any_way() {
    let (mut corp, id, mut bo) = run_by_two().await;
    corp.admin.post("/home/leave", &[]).await.is(303);
    for (path, fields) in ends(&id) {
        is_refused(&bo.post(path, &fields).await);
        bo = corp.is_let_in(BO).await;
    }
    // Somebody else with a login of their own is enough.
    corp.site.member("cy@nowhere.example", "corp", &["Administrator"]).await;
    for (path, fields) in ends(&id).into_iter().rev() {
        assert!(bo.post(path, &fields).await.status.is_redirection(), "{path}");
    }
    let members = corp.members("corp").await;
    assert!(members.iter().any(|(_, roles)| roles.iter().any(|role| role == "Administrator")), "{members:?}");
}

#[tokio::test]
async fn s12_of_the_last_two_ways_in_that_are_closed_at_the_same_time_one_stays() {
    for round in 0..3 {
        let (mut corp, id, mut bo) = run_by_two().await;
        let fields = [("connection", &*id)];
        let (left, deleted) =
            tokio::join!(corp.admin.post("/home/leave", &[]), bo.post("/admin/sso/delete", &fields));
        let (has_left, is_deleted) = (left.status.is_redirection(), deleted.status.is_redirection());
        assert!(has_left != is_deleted, "{round}: {} and {}", left.summary(), deleted.summary());
        let members = corp.members("corp").await;
        let runs_it = |roles: &Vec<String>| roles.iter().any(|role| role == "Administrator");
        assert_eq!(members.iter().filter(|(_, roles)| runs_it(roles)).count(), 1, "{members:?}");
    }
}

#[tokio::test]
async fn s12_where_single_sign_on_is_demanded_its_end_opens_the_other_ways_again() {
    let (mut corp, id, _) = run_by_two().await;
    corp.site.member("cy@nowhere.example", "corp", &["Employee"]).await;
    corp.demands(&id).await;
    corp.admin.post("/admin/sso/delete", &[("connection", &id)]).await.leads_to("/admin/sso");
    let mut cy = corp.site.browser();
    cy.log_in_under("corp", "cy@nowhere.example").await;
}
