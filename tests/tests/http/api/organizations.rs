//! Organizations over the API.

use reqwest::Method;
use serde_json::{Value, json};

use super::program::Program;
use crate::site::Site;

const LOOK: &str = "/api/v1/organization/customization";

#[tokio::test]
async fn the_organization_is_the_sessions_own() {
    let site = Site::start().await;
    let mut ann = Program::of(site.administrator("ann@example.com", "acme").await).await;
    let mut eve = Program::of(site.member("eve@example.com", "acme", &["Employee"]).await).await;
    let mut joe = Program::of(site.newcomer("joe@example.com").await).await;
    let organization = ann.get("/api/v1/organization").await.is(200).json();
    assert_eq!((&organization["name"], &organization["may_administer"]), (&json!("acme"), &json!(true)));
    assert_eq!(eve.get("/api/v1/organization").await.is(200).json()["may_administer"], false);
    joe.get("/api/v1/organization").await.is_problem(403, "no_organization", None);
    let usage = ann.get("/api/v1/organization/subscription").await.is(200).json();
    assert_eq!((&usage["subscription"]["plan"], &usage["members"]), (&json!("team"), &json!(2)));
    for path in ["/api/v1/organization/subscription", "/api/v1/organization/members", LOOK] {
        eve.get(path).await.is_problem(403, "not_permitted", None);
        joe.get(path).await.is_problem(403, "no_organization", None);
    }
}

#[tokio::test]
async fn who_belongs_to_several_is_told_the_way_into_each() {
    let site = Site::start().await;
    let mut ann = Program::of(site.administrator("ann@example.com", "acme").await).await;
    site.administrator("bob@example.com", "bobs").await;
    site.administrator("joe@example.com", "joes").await;
    let management = site.management().await;
    management.add_member("bobs", "ann@example.com", &["Employee"]).await;
    let mine = ann.get("/api/v1/organizations").await.is(200).json();
    let named = |one: &Value| (one["name"].clone(), one["is_current"].clone());
    let all: Vec<_> = mine["items"].as_array().unwrap().iter().map(named).collect();
    assert_eq!(all, [(json!("acme"), json!(true)), (json!("bobs"), json!(false))]);
    let bobs = management.organization_id("bobs").await;
    let switch = ann.post(&format!("/api/v1/organizations/{bobs}/switch"), &json!({})).await;
    let url = switch.is(200).json()["login_url"].as_str().unwrap().parse().unwrap();
    let answer = ann.browser.hop(&url).await;
    ann.browser.follow(answer).await;
    assert_eq!(ann.get("/api/v1/organization").await.is(200).json()["name"], "bobs");
    let joes = management.organization_id("joes").await;
    let mut ann = Program::of(ann.browser).await;
    let mut bodies = Vec::new();
    for strange in [joes.as_str(), "org_0000000000000000", "%00", "..%2f..%2fbobs", "%ff"] {
        let answer = ann.post(&format!("/api/v1/organizations/{strange}/switch"), &json!({})).await;
        let mut problem = answer.is_problem(404, "not_found", None).json();
        problem["request_id"] = Value::Null;
        bodies.push(problem);
    }
    assert!(bodies.iter().all(|body| *body == bodies[0]), "foreign, absent and malformed are the same");
}

#[tokio::test]
async fn what_is_sent_of_the_look_changes_and_the_rest_stays() {
    let site = Site::start().await;
    let mut ann = Program::of(site.administrator("ann@example.com", "acme").await).await;
    let colours = json!({ "primary": "#123456", "background": "#fafafa" });
    ann.patch(LOOK, &json!({ "colours": colours })).await.is(200);
    let look = ann.patch(LOOK, &json!({ "display_name": "Acme & Sons" })).await.is(200).json();
    assert_eq!((&look["display_name"], &look["colours"]), (&json!("Acme & Sons"), &colours));
    assert_eq!(ann.get(LOOK).await.is(200).json(), look);
    let look = ann.patch(LOOK, &json!({ "colours": null })).await.is(200).json();
    assert_eq!((&look["display_name"], &look["colours"]), (&json!("Acme & Sons"), &Value::Null));
    let noted = ann.get("/api/v1/organization/audit-log").await.is(200).json();
    assert_eq!(ann.patch(LOOK, &json!({})).await.is(200).json(), look);
    let after = ann.get("/api/v1/organization/audit-log").await.is(200).json();
    assert_eq!(after, noted, "nothing was changed, so nothing is noted");
}

#[tokio::test]
async fn a_copy_is_whole_and_deletion_needs_the_name() {
    let site = Site::start().await;
    let mut ann = Program::of(site.administrator("ann@example.com", "acme").await).await;
    let copy = ann.post_with_key("/api/v1/organization/export", &json!({}), "k").await;
    assert_eq!(copy.is(200).header("content-type"), "application/jsonl; charset=utf-8");
    let kinds: Vec<_> = copy.body.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()).collect();
    assert_eq!((&kinds[0]["kind"], &kinds.last().unwrap()["kind"]), (&json!("organization"), &json!("end")));
    let path = "/api/v1/organization";
    ann.delete(path, None).await.is_problem(415, "unsupported_media_type", None);
    ann.delete(path, Some(&json!({}))).await.is_problem(422, "invalid_field", Some("name"));
    let wrong = ann.delete(path, Some(&json!({ "name": "acm" }))).await;
    wrong.is_problem(422, "not_confirmed", Some("name"));
    assert!(wrong.body.contains("as GET /api/v1/organization tells it"), "{}", wrong.body);
    ann.get(path).await.is(200);
    let mut copied = ann.clone();
    let gone = ann.delete(path, Some(&json!({ "name": "acme" }))).await;
    assert!(gone.is(204).body.is_empty());
    copied.get(path).await.is_problem(401, "not_signed_in", None);
}

/// A PNG of one pixel, as far as anybody looks.
const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\0\0\0\0";

#[tokio::test]
async fn a_logo_is_uploaded_and_taken_away() {
    const LOGO: &str = "/api/v1/organization/logo";
    let site = Site::start().await;
    let mut ann = Program::of(site.administrator("ann@example.com", "acme").await).await;
    let mut eve = Program::of(site.member("eve@example.com", "acme", &["Employee"]).await).await;
    let sends = async |who: &mut Program, kind: &str, body: &[u8]| {
        let request = who.browser.site.request(Method::PUT, LOGO).header("x-csrf-token", &who.token);
        who.browser.send(request.header("content-type", kind).body(body.to_vec()), LOGO).await
    };
    assert!(ann.get(LOOK).await.is(200).json()["logo_url"].is_null());
    for kind in ["image/png", "image/webp", "application/octet-stream"] {
        let look = sends(&mut ann, kind, PICTURE).await.is(200).json();
        let url: url::Url = look["logo_url"].as_str().unwrap().parse().unwrap();
        assert_eq!(site.get(url.path()).await.is(200).header("content-type"), "image/png");
        assert_eq!(ann.get(LOOK).await.is(200).json(), look);
    }
    for (kind, body, status, code) in [
        ("application/json", PICTURE, 415, "unsupported_media_type"),
        ("image/svg+xml", PICTURE, 415, "unsupported_media_type"),
        ("image/png", b"<svg onload=\"alert(1)\"/>", 422, "invalid_logo"),
        ("image/png", b"", 422, "invalid_logo"),
        ("image/png", &vec![0; 65 * 1024], 413, "too_large"),
    ] {
        sends(&mut ann, kind, body).await.is_problem(status, code, None);
    }
    // Whoever may not change it is told so, and nothing of what they sent.
    for picture in [PICTURE, b"none"] {
        sends(&mut eve, "image/png", picture).await.is_problem(403, "not_permitted", None);
    }
    eve.delete(LOGO, None).await.is_problem(403, "not_permitted", None);
    assert!(ann.get(LOOK).await.is(200).json()["logo_url"].is_string());
    for _ in 0..2 {
        assert!(ann.delete(LOGO, None).await.is(200).json()["logo_url"].is_null());
    }
}

#[tokio::test]
async fn a_name_is_looked_up_as_on_the_page_and_as_often() {
    let site = Site::start().await;
    site.administrator("bob@example.com", "bobs").await;
    let mut ann = Program::of(site.newcomer("ann@example.com").await).await;
    let path = |name: &str| format!("/api/v1/organizations/look-up?name={name}");
    let found = ann.get(&path("Bobs")).await.is(200).json();
    assert_eq!(found.as_object().unwrap().len(), 2, "its existence, and nothing more: {found}");
    let url: url::Url = found["login_url"].as_str().unwrap().parse().unwrap();
    ann.browser.clone().hop(&url).await.is(303);
    for empty in [path(""), path("").replace("?name=", "")] {
        ann.get(&empty).await.is_problem(422, "invalid_field", Some("name"));
    }
    let mut refused = None;
    for number in 0..40 {
        let answer = ann.get(&path(&format!("guess-{number}"))).await;
        if answer.status == 429 {
            refused = Some((number, answer));
            break;
        }
        answer.is_problem(404, "unknown_organization", None);
    }
    let (tries, refused) = refused.expect("whoever guesses has to wait");
    refused.is_problem(429, "too_many_look_ups", None);
    assert!((20..30).contains(&tries) && !refused.header("retry-after").is_empty(), "{tries}");
    // The page and the operation are counted together.
    ann.browser.post("/orgprompt", &[("organization", "bobs")]).await.is(429);
}
