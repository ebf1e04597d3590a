//! Lists: every item on one page, and no page of anybody else's.

use serde_json::json;
use tenantry_tests::steps::PASSWORD;

use super::program::Program;
use crate::provider::Provider;
use crate::site::Site;

const MEMBERS: &str = "/api/v1/organization/members";
const ACTIVITY: &str = "/api/v1/organization/audit-log";

#[tokio::test]
async fn pages_hold_every_member_once() {
    let (provider, site) = Provider::with_site().await;
    let mut ann = Program::of(site.administrator("ann@example.com", "acme").await).await;
    let management = provider.management().await;
    for number in 0..6 {
        let email = format!("person-{number}@example.com");
        management.make_user(&email, PASSWORD).await;
        management.add_member("acme", &email, &["Employee"]).await;
    }
    let (mut seen, mut next, mut pages) = (Vec::new(), String::new(), 0);
    loop {
        let page = ann.get(&format!("{MEMBERS}?limit=3{next}")).await.is(200).json();
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= 3, "{page}");
        seen.extend(items.iter().map(|member| member["email"].as_str().unwrap().to_owned()));
        pages += 1;
        match page["next"].as_str() {
            Some(cursor) => next = format!("&cursor={cursor}"),
            None => break,
        }
    }
    seen.sort();
    let all: Vec<_> = (0..6).map(|number| format!("person-{number}@example.com")).collect();
    assert_eq!(seen, [&["ann@example.com".to_owned()], all.as_slice()].concat());
    assert_eq!(pages, 3);
}

#[tokio::test]
async fn a_limit_or_a_cursor_that_is_none_is_422() {
    let site = Site::start().await;
    let mut ann = Program::of(site.administrator("ann@example.com", "acme").await).await;
    for limit in
        ["0", "-1", "101", "256", "1e1", "+5", "", "ten", "99999999999999999999", "1.0", "%00", "1%200"]
    {
        let answer = ann.get(&format!("{MEMBERS}?limit={limit}")).await;
        answer.is_problem(422, "invalid_field", Some("limit"));
    }
    ann.get(&format!("{MEMBERS}?limit=1&limit=2")).await.is_problem(422, "invalid_field", Some("limit"));
    for limit in ["1", "100", "007"] {
        ann.get(&format!("{MEMBERS}?limit={limit}")).await.is(200);
    }
    for cursor in ["", "x", "%00", "🦀", &"A".repeat(43), &"A".repeat(9000)] {
        let answer = ann.get(&format!("{MEMBERS}?cursor={cursor}")).await;
        answer.is_problem(422, "invalid_cursor", Some("cursor"));
    }
}

#[tokio::test]
async fn a_cursor_is_good_for_one_organization_alone() {
    let site = Site::start().await;
    let mut ann = Program::of(site.administrator("ann@example.com", "acme").await).await;
    let mut bob = Program::of(site.administrator("bob@example.com", "bobs").await).await;
    site.member("eve@example.com", "acme", &["Employee"]).await;
    site.member("joe@example.com", "bobs", &["Employee"]).await;
    let first = ann.get(&format!("{MEMBERS}?limit=1")).await.is(200).json();
    let cursor = first["next"].as_str().unwrap();
    let second = ann.get(&format!("{MEMBERS}?limit=1&cursor={cursor}")).await.is(200).json();
    assert_ne!(second["items"], first["items"]);
    let foreign = bob.get(&format!("{MEMBERS}?limit=1&cursor={cursor}")).await;
    foreign.is_problem(422, "invalid_cursor", Some("cursor"));
}

#[tokio::test]
async fn a_cursor_that_was_not_given_out_for_this_list_is_none_even_where_its_place_could_be_read() {
    let site = Site::start().await;
    let mut ann = Program::of(site.administrator("ann@example.com", "acme").await).await;
    let mut bob = Program::of(site.administrator("bob@example.com", "bobs").await).await;
    for name in ["Acme A", "Acme B", "Acme C"] {
        ann.patch("/api/v1/organization/customization", &json!({ "display_name": name })).await.is(200);
    }
    let first = ann.get(&format!("{ACTIVITY}?limit=1")).await.is(200).json();
    let cursor = first["next"].as_str().unwrap();
    ann.get(&format!("{ACTIVITY}?cursor={cursor}")).await.is(200);
    let of_nobody = format!("{}{}", "A".repeat(43), &cursor[43..]);
    for (program, cursor) in [(&mut bob, cursor), (&mut ann, of_nobody.as_str())] {
        let refused = program.get(&format!("{ACTIVITY}?cursor={cursor}")).await;
        refused.is_problem(422, "invalid_cursor", Some("cursor"));
    }
}
