//! `/actions/triggers`: where Actions can run.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::http::management::call::Call;
use crate::http::management::operation::{Evidence, Operation};
use crate::http::management::schema::{Schema, list as many, object, one_of, open_object, required, text};
use crate::http::management::{Answer, Reply};
use crate::model::POST_LOGIN;
use crate::store::State;

pub(super) const IDS: &[&str] = &[
    POST_LOGIN,
    "credentials-exchange",
    "pre-user-registration",
    "post-user-registration",
    "post-change-password",
    "send-phone-message",
    "password-reset-post-challenge",
    "custom-token-exchange",
    "event-stream",
    "login-post-identifier",
    "signup-post-identifier",
    "custom-email-provider",
    "custom-phone-provider",
    "password-hash-migration",
    "post-credential-validation",
];

pub(super) fn ids() -> Schema {
    one_of(IDS)
}

/// The current version of a trigger.
pub(super) fn version(trigger: &str) -> &'static str {
    match trigger {
        POST_LOGIN => "v3",
        "credentials-exchange"
        | "pre-user-registration"
        | "post-user-registration"
        | "post-change-password"
        | "send-phone-message" => "v2",
        _ => "v1",
    }
}

pub(super) fn operations() -> Vec<Operation> {
    let trigger = open_object([required("id", text(1, 64)), required("version", text(1, 10))]);
    vec![
        Operation::get("/actions/triggers", "List the triggers", list)
            .scope(&["read:actions"])
            .answers(StatusCode::OK, object([required("triggers", many(trigger, 1, 100))]))
            .evidence(Evidence::Documented)
            .note("Actions can be bound to any trigger; those of post-login alone are run."),
    ]
}

#[expect(clippy::unnecessary_wraps, reason = "all operations have this signature")]
fn list(_: &State, _: &Call<'_>) -> Answer {
    let triggers: Value = IDS
        .iter()
        .map(|id| {
            json!({
                "id": id,
                "version": version(id),
                "status": "CURRENT",
                "runtimes": ["node18-actions", "node22"],
                "default_runtime": "node22",
                "compatible_triggers": [],
            })
        })
        .collect();
    Ok(Reply::ok(json!({ "triggers": triggers })))
}
