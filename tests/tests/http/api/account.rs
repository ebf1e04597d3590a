//! One's own account over the API.

use serde_json::{Value, json};

use super::program::Program;
use crate::site::Site;

const ANN: &str = "ann@example.com";

#[tokio::test]
async fn a_name_is_changed_and_shown_at_once() {
    let site = Site::start().await;
    let mut ann = Program::of(site.newcomer(ANN).await).await;
    let me = ann.patch("/api/v1/me", &json!({ "name": " Ann Lee " })).await.is(200).json();
    assert_eq!((&me["name"], &me["email"]), (&json!("Ann Lee"), &json!(ANN)));
    assert_eq!(ann.get("/api/v1/me").await.is(200).json(), me);
    assert_eq!(me["subscription"]["plan"], "trial");
}

#[tokio::test]
async fn sessions_are_listed_and_ended_by_their_owner_alone() {
    let site = Site::start().await;
    let mut ann = Program::of(site.newcomer(ANN).await).await;
    let mut elsewhere = ann.browser.elsewhere();
    elsewhere.log_in(ANN).await;
    let mut elsewhere = Program::of(elsewhere).await;
    let mut bob = Program::of(site.newcomer("bob@example.com").await).await;
    let mine = ann.get("/api/v1/me/sessions").await.is(200).json();
    let items = mine["items"].as_array().unwrap();
    let current: Vec<_> = items.iter().map(|one| one["is_current"].as_bool().unwrap()).collect();
    assert_eq!(current, [true, false]);
    let other = format!("/api/v1/me/sessions/{}", items[1]["id"].as_str().unwrap());
    let mut problems = Vec::new();
    for path in [other.as_str(), "/api/v1/me/sessions/AAAA", "/api/v1/me/sessions/%00"] {
        let mut problem = bob.delete(path, None).await.is_problem(404, "not_found", None).json();
        problem["request_id"] = Value::Null;
        problems.push(problem);
    }
    assert!(problems.iter().all(|problem| *problem == problems[0]));
    elsewhere.get("/api/v1/me").await.is(200);
    ann.delete(&other, None).await.is(204);
    elsewhere.get("/api/v1/me").await.is_problem(401, "not_signed_in", None);
    ann.delete(&other, None).await.is_problem(404, "not_found", None);
    ann.browser.elsewhere().log_in(ANN).await;
    assert_eq!(ann.delete("/api/v1/me/sessions", None).await.is(200).json()["ended"], 1);
}

#[tokio::test]
async fn a_copy_holds_the_account_and_no_secret() {
    let site = Site::start().await;
    let mut ann = Program::of(site.administrator(ANN, "acme").await).await;
    let copy = ann.post("/api/v1/me/export", &json!({})).await;
    let known = copy.is(200).json();
    assert_eq!(known["account"]["email"], ANN);
    assert_eq!(known["memberships"][0]["organization"]["name"], "acme");
    assert!(!copy.body.contains(&ann.browser.session()));
}

#[tokio::test]
async fn an_account_goes_unless_it_alone_runs_an_organization() {
    let site = Site::start().await;
    let mut ann = Program::of(site.administrator(ANN, "acme").await).await;
    let sure = json!({ "confirmation": ANN });
    // Logging in under the organization has asked for no credentials.
    ann.delete("/api/v1/me", Some(&sure)).await.is_problem(403, "login_needed", None);
    ann.browser.proves_it("/home/account/password", ANN).await;
    let mut ann = Program::of(ann.browser).await;
    ann.delete("/api/v1/me", Some(&sure)).await.is_problem(409, "last_administrator", None);
    let mut bob = Program::of(site.newcomer("bob@example.com").await).await;
    let nothing = bob.ask(reqwest::Method::DELETE, "/api/v1/me", Some(Vec::new()), &[]).await;
    nothing.is_problem(400, "malformed_json", None);
    assert!(nothing.body.contains("confirmation") && !nothing.body.contains("line"), "{}", nothing.summary());
    let wrong = bob.delete("/api/v1/me", Some(&sure)).await;
    wrong.is_problem(422, "not_confirmed", Some("confirmation"));
    assert!(wrong.body.contains("as GET /api/v1/me tells them"), "{}", wrong.body);
    let sure = json!({ "confirmation": "bob@example.com" });
    let mut later = bob.clone();
    bob.delete("/api/v1/me", Some(&sure)).await.is(204);
    later.get("/api/v1/me").await.is_problem(401, "not_signed_in", None);
}

#[tokio::test]
async fn a_password_is_chosen_at_the_provider_by_who_has_just_logged_in() {
    let site = Site::start().await;
    let mut ann = Program::of(site.newcomer(ANN).await).await;
    let page = ann.post("/api/v1/me/password-change", &json!({})).await.is(200).json();
    assert!(page["url"].as_str().unwrap().starts_with(site.identity.as_str()), "{page}");
    site.clock.advance(std::time::Duration::from_hours(1));
    ann.post("/api/v1/me/password-change", &json!({})).await.is_problem(403, "login_needed", None);
}
