//! Members over the API.

use serde_json::{Value, json};

use super::program::Program;
use crate::site::Site;

const MEMBERS: &str = "/api/v1/organization/members";
const ANN: &str = "ann@example.com";
const EVE: &str = "eve@example.com";

/// The path of a member of whom a test knows the address.
async fn path_of(site: &Site, email: &str) -> String {
    let id = site.management().await.user_id(email).await;
    format!("{MEMBERS}/{}", id.replace('|', "%7C"))
}

#[tokio::test]
async fn a_member_is_found_changed_and_removed() {
    let site = Site::start().await;
    let mut ann = Program::of(site.administrator(ANN, "acme").await).await;
    let mut eve = Program::of(site.member(EVE, "acme", &["Employee"]).await).await;
    let path = path_of(&site, EVE).await;
    let shown = ann.get(&path).await.is(200).json();
    assert_eq!((&shown["member"]["email"], &shown["is_you"]), (&json!(EVE), &json!(false)));
    let found = ann.get(&format!("{MEMBERS}?search=eve@")).await.is(200).json();
    assert_eq!(found["items"].as_array().unwrap().len(), 1);
    assert_eq!((&found["items"][0]["email"], &found["items"][0]["roles"]), (&json!(EVE), &Value::Null));
    ann.get(&format!("{MEMBERS}?search=ev")).await.is_problem(422, "invalid_search", Some("search"));
    let roles = format!("{path}/roles");
    let both = json!({ "roles": ["Administrator", "Employee"] });
    let changed = ann.put(&roles, &both).await.is(200).json();
    assert_eq!(changed["roles"], both["roles"]);
    eve.get("/api/v1/me").await.is_problem(401, "not_signed_in", None);
    for (body, field) in [
        (json!({ "roles": [] }), "roles"),
        (json!({ "roles": ["Owner"] }), "roles[0]"),
        (json!({ "roles": "Administrator" }), "roles"),
    ] {
        let answer = ann.put(&roles, &body).await;
        assert_eq!((answer.is(422).json()["field"].as_str(), body.clone()), (Some(field), body));
    }
    ann.delete(&path, None).await.is(204);
    ann.delete(&path, None).await.is_problem(404, "not_found", None);
    let log = ann.get("/api/v1/organization/audit-log?limit=1").await.is(200).json();
    assert_eq!(log["items"][0]["action"], "member.removed");
    let next = log["next"].as_str().unwrap();
    let log = ann.get(&format!("/api/v1/organization/audit-log?limit=1&cursor={next}")).await.is(200).json();
    assert_eq!(log["items"][0]["action"], "member.roles_changed");
    ann.get(&format!("{MEMBERS}?cursor={next}")).await.is_problem(422, "invalid_cursor", Some("cursor"));
}

#[tokio::test]
async fn s12_the_last_administrator_stays() {
    let site = Site::start().await;
    let mut ann = Program::of(site.administrator(ANN, "acme").await).await;
    let mut eve = Program::of(site.member(EVE, "acme", &["Employee"]).await).await;
    let (path, eves) = (path_of(&site, ANN).await, path_of(&site, EVE).await);
    let employee = json!({ "roles": ["Employee"] });
    ann.put(&format!("{path}/roles"), &employee).await.is_problem(409, "last_administrator", None);
    ann.delete(&path, None).await.is_problem(422, "yourself", None);
    ann.post("/api/v1/organization/leave", &json!({})).await.is_problem(409, "last_administrator", None);
    eve.put(&format!("{eves}/roles"), &json!({ "roles": ["Administrator"] })).await.is(403);
    eve.post("/api/v1/organization/leave", &json!({})).await.is(204);
    ann.get(&eves).await.is_problem(404, "not_found", None);
}

#[tokio::test]
async fn an_organization_is_handed_over() {
    let site = Site::start().await;
    let mut ann = Program::of(site.administrator(ANN, "acme").await).await;
    site.member(EVE, "acme", &["Employee"]).await;
    let id = site.management().await.user_id(EVE).await;
    let answer = ann.post_with_key("/api/v1/organization/transfer", &json!({ "member_id": id }), "k").await;
    assert_eq!(answer.is(200).json()["roles"], json!(["Administrator", "Employee"]));
    ann.get(MEMBERS).await.is(401);
}

#[tokio::test]
async fn another_organizations_member_is_nobody() {
    let site = Site::start().await;
    let mut ann = Program::of(site.administrator(ANN, "acme").await).await;
    site.administrator("bob@example.com", "bobs").await;
    let bob = path_of(&site, "bob@example.com").await;
    let before = site.management().await.everything().await;
    let mut problems = Vec::new();
    for path in [
        bob.as_str(),
        "/api/v1/organization/members/auth0%7C000000000000000000000000",
        "/api/v1/organization/members/%00",
    ] {
        let answers = [
            ann.get(path).await,
            ann.put(&format!("{path}/roles"), &json!({ "roles": ["Employee"] })).await,
            ann.delete(path, None).await,
        ];
        for answer in answers {
            let mut problem = answer.is_problem(404, "not_found", None).json();
            problem["request_id"] = Value::Null;
            problems.push(problem);
        }
    }
    assert!(problems.iter().all(|problem| *problem == problems[0]));
    let id = site.management().await.user_id("bob@example.com").await;
    let answer = ann.post("/api/v1/organization/transfer", &json!({ "member_id": id })).await;
    answer.is_problem(404, "not_found", None);
    assert_eq!(site.management().await.everything().await, before, "and nothing has changed");
}
