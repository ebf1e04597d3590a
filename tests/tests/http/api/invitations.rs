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
