//! `/guardian`: the settings of multi-factor authentication. They are kept and shown; nobody is asked for a factor.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::call::Call;
use super::error::ApiError;
use super::operation::Operation;
use super::schema::{Schema, flag, list, object, one_of, required};
use super::{Answer, Reply};
use crate::model::GuardianSettings;
use crate::store::State;

const POLICIES: &str = "/guardian/policies";
const NOTE: &str = "The setting is kept and shown; nobody is asked for a second factor.";

pub(super) fn operations() -> Vec<Operation> {
    let factor = object([
        required("name", one_of(&FACTORS)),
        required("enabled", flag()),
        required("trial_expired", flag()),
    ]);
    let switch = || object([required("enabled", flag())]);
    vec![
        Operation::get("/guardian/factors", "List the factors of multi-factor authentication", factors)
            .scope(&["read:guardian_factors"])
            .answers(StatusCode::OK, list(factor, FACTORS.len(), FACTORS.len())),
        Operation::write(Method::PUT, "/guardian/factors/{name}", "Turn a factor on or off", set_factor)
            .scope(&["update:guardian_factors"])
            .body(switch())
            .answers(StatusCode::OK, switch())
            .refuses(unknown_factor("<name>"))
            .note(NOTE),
        Operation::get(POLICIES, "Get the policies of multi-factor authentication", policies)
            .scope(&["read:mfa_policies"])
            .answers(StatusCode::OK, policies_shape()),
        Operation::write(
            Method::PUT,
            POLICIES,
            "Set the policies of multi-factor authentication",
            set_policies,
        )
        .scope(&["update:mfa_policies"])
        .body(policies_shape())
        .answers(StatusCode::OK, policies_shape())
        .note(NOTE),
    ]
}

const FACTORS: [&str; 8] = [
    "sms",
    "push-notification",
    "otp",
    "email",
    "duo",
    "webauthn-roaming",
    "webauthn-platform",
    "recovery-code",
];

fn policies_shape() -> Schema {
    list(one_of(&["all-applications", "confidence-score"]), 0, 1)
}

fn unknown_factor(name: &str) -> ApiError {
    ApiError::path(&format!("No enum match for: {name}"), "name")
}

#[expect(clippy::unnecessary_wraps, reason = "all operations have this signature")]
fn factors(state: &State, _: &Call<'_>) -> Answer {
    let enabled = &state.guardian_settings().enabled_factors;
    let view = |name| json!({ "name": name, "enabled": enabled.contains(name), "trial_expired": false });
    Ok(Reply::ok(FACTORS.into_iter().map(view).collect()))
}

fn set_factor(state: &mut State, call: &Call<'_>) -> Answer {
    let name = call.path("name");
    if !FACTORS.contains(&name) {
        return Err(unknown_factor(name));
    }
    let is_enabled = call.body().flag("enabled").unwrap_or(false);
    let mut settings = state.guardian_settings();
    if is_enabled {
        settings.enabled_factors.insert(name.to_owned());
    } else {
        settings.enabled_factors.remove(name);
    }
    state.guardian.put(settings);
    Ok(Reply::ok(json!({ "enabled": is_enabled })))
}

#[expect(clippy::unnecessary_wraps, reason = "all operations have this signature")]
fn policies(state: &State, _: &Call<'_>) -> Answer {
    Ok(Reply::ok(json!(state.guardian_settings().policies)))
}

#[expect(clippy::unnecessary_wraps, reason = "all operations have this signature")]
fn set_policies(state: &mut State, call: &Call<'_>) -> Answer {
    let policies = call.json().as_array().into_iter().flatten().filter_map(Value::as_str);
    let policies = policies.map(str::to_owned).collect();
    state.guardian.put(GuardianSettings { policies, ..state.guardian_settings() });
    Ok(Reply::ok(call.json().clone()))
}
