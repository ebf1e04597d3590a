//! Invitations over the API.

use std::time::Duration;

use serde_json::{Value, json};

use super::program::Program;
use crate::site::Site;

const PATH: &str = "/api/v1/organization/invitations";
const ANN: &str = "ann@example.com";

fn outcomes(answers: &Value) -> Vec<(&str, &str)> {
    let items = answers["items"].as_array().unwrap();
    items.iter().map(|one| (one["email"].as_str().unwrap(), one["outcome"].as_str().unwrap())).collect()
}

#[tokio::test]
async fn each_address_is_answered_by_itself() {
    let site = Site::start().await;
    let mut ann = Program::of(site.administrator(ANN, "acme").await).await;
    let sent = json!({ "emails": ["eve@example.com", "nobody", ANN, "EVE@example.com", "a@b.example\nc@d.example"] });
    let first = ann.post_with_key(PATH, &sent, "k").await;
    let answers = first.is(200).json();
    assert_eq!(
        outcomes(&answers),
        [
            ("eve@example.com", "invited"),
            ("nobody", "invalid"),
            (ANN, "already_member"),
            ("EVE@example.com", "already_invited"),
            ("a@b.example\nc@d.example", "invalid"),
        ]
    );
    assert_eq!(ann.post_with_key(PATH, &sent, "k").await.body, first.body);
    let again = ann.post(PATH, &sent).await.is(200).json();
    assert_eq!(outcomes(&again)[0], ("eve@example.com", "already_invited"));
    let listed = ann.get(PATH).await.is(200).json();
    assert_eq!(
        (listed["items"].as_array().unwrap().len(), &listed["items"][0]["roles"]),
        (1, &json!(["Employee"]))
    );
    for (field, body) in [
        ("emails", json!({ "emails": [] })),
        ("emails", json!({ "emails": vec!["x@example.com"; 101] })),
        ("role", json!({ "emails": ["x@example.com"], "role": "Owner" })),
        ("message", json!({ "emails": ["x@example.com"], "message": "https://evil.example" })),
        ("lifetime_hours", json!({ "emails": ["x@example.com"], "lifetime_hours": 0 })),
        ("lifetime_hours", json!({ "emails": ["x@example.com"], "lifetime_hours": 721 })),
    ] {
        ann.post(PATH, &body).await.is_problem(422, "invalid_field", Some(field));
    }
}

#[tokio::test]
async fn an_invitation_is_sent_anew_and_taken_back_by_its_organization_alone() {
    let site = Site::start().await;
    let mut ann = Program::of(site.administrator(ANN, "acme").await).await;
    let mut bob = Program::of(site.administrator("bob@example.com", "bobs").await).await;
    ann.post(PATH, &json!({ "emails": ["eve@example.com"], "role": "Administrator" })).await.is(200);
    let listed = ann.get(PATH).await.is(200).json();
    let id = listed["items"][0]["id"].as_str().unwrap();
    let mut problems = Vec::new();
    for strange in [id, "uinv_0000000000000000", "%00"] {
        for answer in [
            bob.post(&format!("{PATH}/{strange}/resend"), &json!({})).await,
            bob.delete(&format!("{PATH}/{strange}"), None).await,
        ] {
            let mut problem = answer.is_problem(404, "not_found", None).json();
            problem["request_id"] = Value::Null;
            problems.push(problem);
        }
    }
    assert!(problems.iter().all(|problem| *problem == problems[0]));
    let anew = ann.post(&format!("{PATH}/{id}/resend"), &json!({})).await.is(200).json();
    assert_eq!((&anew["email"], &anew["roles"]), (&json!("eve@example.com"), &json!(["Administrator"])));
    let new_id = anew["id"].as_str().unwrap();
    assert_ne!(new_id, id);
    ann.delete(&format!("{PATH}/{new_id}"), None).await.is(204);
    assert_eq!(ann.get(PATH).await.is(200).json()["items"], json!([]));
    assert_eq!(bob.get(PATH).await.is(200).json()["items"], json!([]));
}

#[tokio::test]
async fn an_invitation_that_has_expired_is_not_sent_anew() {
    let site = Site::start().await;
    let mut ann = Program::of(site.administrator(ANN, "acme").await).await;
    let sent = json!({ "emails": ["eve@example.com"], "lifetime_hours": 1 });
    let made = ann.post(PATH, &sent).await.is(200).json();
    let id = made["items"][0]["invitation"]["id"].as_str().unwrap();
    site.clock.advance(Duration::from_hours(2));
    ann.post(&format!("{PATH}/{id}/resend"), &json!({})).await.is_problem(409, "invitation_expired", None);
    let listed = ann.get(PATH).await.is(200).json();
    assert_eq!((&listed["items"][0]["id"], &listed["items"][0]["has_expired"]), (&json!(id), &json!(true)));
    let anew = ann.post(PATH, &json!({ "emails": ["eve@example.com"] })).await.is(200).json();
    let listed = ann.get(PATH).await.is(200).json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 1, "the new one alone: {listed}");
    assert_eq!(listed["items"][0]["id"], anew["items"][0]["invitation"]["id"]);
    assert_eq!(listed["items"][0]["has_expired"], false);
}

#[tokio::test]
async fn what_was_asked_for_is_listed_and_a_connection_is_one_of_those_that_are_told() {
    let site = Site::start().await;
    let mut ann = Program::of(site.administrator(ANN, "acme").await).await;
    let ways = ann.get("/api/v1/organization/login-connections").await.is(200).json();
    let ways = ways["items"].as_array().unwrap();
    let password = ways.iter().find(|way| way["kind"] == "password").unwrap();
    assert_eq!(password["display_name"], "E-mail and password");
    let sent = json!({
        "emails": ["eve@example.com"], "connection": password["id"], "message": "Hi Eve", "lifetime_hours": 1,
    });
    let made = ann.post(PATH, &sent).await.is(200).json();
    let made = &made["items"][0]["invitation"];
    ann.post(PATH, &json!({ "emails": ["joe@example.com"] })).await.is(200);
    let listed = ann.get(PATH).await.is(200).json();
    let of = |listed: &Value, email: &str| {
        listed["items"].as_array().unwrap().iter().find(|one| one["email"] == email).unwrap().clone()
    };
    let id = made["id"].as_str().unwrap();
    let anew = ann.post(&format!("{PATH}/{id}/resend"), &json!({})).await.is(200).json();
    for one in [made, &of(&listed, "eve@example.com"), &anew] {
        assert_eq!((&one["connection"], &one["message"]), (&password["id"], &json!("Hi Eve")), "{one}");
    }
    let joe = of(&listed, "joe@example.com");
    assert!(joe["connection"].is_null() && joe["message"].is_null(), "{joe}");
    site.clock.advance(Duration::from_hours(2));
    let late = of(&ann.get(PATH).await.is(200).json(), "eve@example.com");
    assert_eq!((&late["has_expired"], &late["message"]), (&json!(true), &json!("Hi Eve")), "{late}");
    let sent = json!({ "emails": ["di@example.com"], "connection": "con_0000000000000000" });
    let refused = ann.post(PATH, &sent).await;
    refused.is_problem(422, "invalid_field", Some("connection"));
    assert!(refused.body.contains("/api/v1/organization/login-connections"), "{}", refused.summary());
}

#[tokio::test]
async fn a_program_that_sends_on_and_on_is_told_how_long_to_wait() {
    let site = Site::start().await;
    let mut ann = Program::of(site.administrator(ANN, "acme").await).await;
    let made = ann.post(PATH, &json!({ "emails": ["eve@example.com"] })).await.is(200).json();
    let mut id = made["items"][0]["invitation"]["id"].as_str().unwrap().to_owned();
    for _ in 0..4 {
        let anew = ann.post(&format!("{PATH}/{id}/resend"), &json!({})).await.is(200).json();
        anew["id"].as_str().unwrap().clone_into(&mut id);
    }
    let path = format!("{PATH}/{id}/resend");
    let refused = ann.post_with_key(&path, &json!({}), "k").await;
    refused.is_problem(429, "too_many_invitations", None);
    assert_eq!(refused.header("retry-after"), "600");
    ann.delete(&format!("{PATH}/{id}"), None).await.is(204);
    let both = json!({ "emails": ["eve@example.com", "joe@example.com"] });
    site.clock.advance(Duration::from_millis(500));
    let again = ann.post_with_key(PATH, &both, "both").await.is(200).json();
    assert_eq!(outcomes(&again), [("eve@example.com", "too_often"), ("joe@example.com", "invited")]);
    let waits = |number: usize| &again["items"][number]["retry_after"];
    assert_eq!((waits(0), waits(1)), (&json!(600), &Value::Null), "half a second is waited for, too");
    // The same request goes on where the first could not: its answer was not kept.
    site.clock.advance(Duration::from_mins(10));
    let again = ann.post_with_key(PATH, &both, "both").await.is(200).json();
    assert_eq!(outcomes(&again), [("eve@example.com", "invited"), ("joe@example.com", "already_invited")]);
}
