//! The operations of the product's API after which nobody is signed in: each has a session of its own, and an organization
//! where it needs one.

use serde_json::{Value, json};
use tenantry_tests::visitor::Visitor;

use super::product::{Running, token};

/// Requests of the kind that is refused. After the one that is not, every other is answered 401.
const EXAMPLES: &str = "20";

/// An operation, and what ends the session when it is sent.
struct Ending {
    id: &'static str,
    method: &'static str,
    path: &'static str,
    /// Whether nothing at all has to be known to end it.
    is_plain: bool,
}

const ENDINGS: [Ending; 4] = [
    Ending { id: "endSession", method: "delete", path: "/api/v1/session", is_plain: true },
    Ending { id: "endMySession", method: "delete", path: "/api/v1/me/sessions/{session}", is_plain: false },
    Ending { id: "deleteOrganization", method: "delete", path: "/api/v1/organization", is_plain: false },
    Ending { id: "deleteMe", method: "delete", path: "/api/v1/me", is_plain: false },
];

#[tokio::test(flavor = "multi_thread")]
async fn what_ends_a_session_is_answered_as_the_description_says_before_and_after() {
    let running = Running::start().await;
    for (number, ending) in ENDINGS.iter().enumerate() {
        let (email, name) = (format!("person-{number}@example.com"), format!("acme-{number}"));
        let mut person = Visitor::new().unwrap();
        person.sign_up(&running.site, &email).await.unwrap();
        if ending.id == "deleteOrganization" {
            person.pay(&running.site, "team").await.unwrap();
            person.name_organization(&name).await.unwrap();
        }
        let token = token(&mut person).await;
        if !ending.is_plain {
            let description = tenantry_web::description();
            running.try_out(&person, &token, &description, &only(ending.id, "fuzzing")).await;
            assert!(is_signed_in(&mut person).await, "{} was refused, and has ended the session", ending.id);
        }
        let mut description = tenantry_web::description();
        let operation = &mut description["paths"][ending.path][ending.method];
        assert_eq!(operation["operationId"], ending.id);
        match ending.id {
            "endMySession" => operation["parameters"][0]["example"] = own_session(&mut person).await,
            "deleteOrganization" => known(operation, json!({ "name": name })),
            "deleteMe" => known(operation, json!({ "confirmation": email })),
            _ => {}
        }
        let phase = if ending.is_plain { "fuzzing" } else { "examples" };
        running.try_out(&person, &token, &description, &only(ending.id, phase)).await;
        assert!(!is_signed_in(&mut person).await, "{} was never carried out", ending.id);
    }
    running.stop().await;
}

/// Has it sent what is right, once.
fn known(operation: &mut Value, body: Value) {
    operation["requestBody"]["content"]["application/json"]["example"] = body;
}

fn only<'a>(id: &'a str, phase: &'a str) -> [&'a str; 6] {
    ["--include-operation-id", id, "--phases", phase, "--max-examples", EXAMPLES]
}

/// What the API calls the session that asks.
async fn own_session(person: &mut Visitor) -> Value {
    let sessions: Value =
        serde_json::from_str(&person.go("/api/v1/me/sessions").await.unwrap().body).unwrap();
    sessions["items"][0]["id"].clone()
}

async fn is_signed_in(person: &mut Visitor) -> bool {
    person.go("/api/v1/session").await.unwrap().status.is_success()
}
