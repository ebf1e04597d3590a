//! What operators see of the calls: how many, how long, how often again, and how near the rate limit is.
//!
//! Names and labels are listed in `docs/operations.md`. Labels have few values: operations are named by their templates.

use std::fmt;
use std::time::Duration;

use metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use reqwest::Method;
use reqwest::header::HeaderMap;

use crate::ManagementError;

/// The words of which Auth0's paths are made. What is none of them is somebody's id.
const WORDS: [&str; 31] = [
    "actions",
    "attack-protection",
    "bindings",
    "branding",
    "client-grants",
    "clients",
    "connections",
    "credentials",
    "custom-domains",
    "deploy",
    "discovery-domains",
    "domains",
    "enabled_connections",
    "grants",
    "invitations",
    "keys",
    "logs",
    "members",
    "name",
    "organizations",
    "permissions",
    "post-login",
    "prompts",
    "resource-servers",
    "roles",
    "settings",
    "status",
    "tenants",
    "triggers",
    "users",
    "users-by-email",
];

/// What an operation is called in metrics: `GET /organizations/{id}/members`.
pub(crate) struct OperationName<'a> {
    pub(super) method: Method,
    pub(super) path: &'a [&'a str],
}

impl fmt::Display for OperationName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.method)?;
        let mut after_name = false;
        for segment in self.path {
            let is_word = WORDS.binary_search(segment).is_ok();
            match (after_name, is_word) {
                (true, _) => f.write_str("/{name}")?,
                (false, true) => write!(f, "/{segment}")?,
                (false, false) => f.write_str("/{id}")?,
            }
            after_name = *segment == "name";
        }
        Ok(())
    }
}

/// Says to the recorder of this process what the metrics of this adapter mean, and begins those that have a value before
/// anything is called.
pub fn describe_metrics() {
    describe_counter!("tenantry_auth0_requests_total", "Requests to Auth0's Management API");
    describe_histogram!(
        "tenantry_auth0_request_seconds",
        Unit::Seconds,
        "How long requests to Auth0's Management API took"
    );
    describe_counter!("tenantry_auth0_retries_total", "Requests that were made again");
    describe_counter!("tenantry_auth0_tokens_total", "Requests for a Management API token");
    describe_gauge!(
        "tenantry_auth0_rate_limit",
        "How many requests Auth0's tenant-wide limit allows at once"
    );
    describe_gauge!("tenantry_auth0_rate_limit_remaining", "How many requests of that limit are left");
    describe_gauge!("tenantry_auth0_circuit", "Whether calls get through: 0 yes, 1 one probes, 2 none does");
    circuit(CircuitState::Closed);
}

/// Whether calls get through.
#[derive(Clone, Copy, Debug)]
pub(super) enum CircuitState {
    Closed = 0,
    Probing = 1,
    Open = 2,
}

/// One request has ended.
pub(super) fn requested<T>(
    operation: &OperationName<'_>,
    outcome: &Result<T, ManagementError>,
    took: Duration,
) {
    let name = operation.to_string();
    let outcome = outcome.as_ref().map_or_else(word, |_| "ok");
    counter!("tenantry_auth0_requests_total", "operation" => name.clone(), "outcome" => outcome).increment(1);
    histogram!("tenantry_auth0_request_seconds", "operation" => name).record(took);
}

/// A request is going to be made again.
pub(super) fn retried(operation: &str, reason: &ManagementError) {
    let name = operation.to_owned();
    counter!("tenantry_auth0_retries_total", "operation" => name, "reason" => word(reason)).increment(1);
}

/// A token was asked for.
pub(crate) fn token_requested<T>(outcome: &Result<T, ManagementError>) {
    let outcome = outcome.as_ref().map_or_else(word, |_| "ok");
    counter!("tenantry_auth0_tokens_total", "outcome" => outcome).increment(1);
}

/// What Auth0 says of its limits with every answer.
pub(super) fn headroom(headers: &HeaderMap) {
    for (header, metric) in [
        ("x-ratelimit-limit", "tenantry_auth0_rate_limit"),
        ("x-ratelimit-remaining", "tenantry_auth0_rate_limit_remaining"),
    ] {
        let said = headers.get(header).and_then(|value| value.to_str().ok()?.trim().parse::<u32>().ok());
        if let Some(said) = said {
            gauge!(metric).set(said);
        }
    }
}

pub(super) fn circuit(state: CircuitState) {
    gauge!("tenantry_auth0_circuit").set(f64::from(state as u8));
}

fn word(error: &ManagementError) -> &'static str {
    match error {
        ManagementError::NotFound => "not_found",
        ManagementError::Conflict => "conflict",
        ManagementError::BadRequest { .. } => "bad_request",
        ManagementError::Forbidden { .. } => "forbidden",
        ManagementError::Unauthorized { .. } => "unauthorized",
        ManagementError::RateLimited { .. } => "rate_limited",
        ManagementError::Status(_) => "status",
        ManagementError::Malformed(_) => "malformed",
        ManagementError::Body(_) => "broken_off",
        ManagementError::Unreachable(_) => "unreachable",
        ManagementError::TimedOut => "timed_out",
        ManagementError::NoToken { .. } => "no_token",
        ManagementError::CircuitOpen => "circuit_open",
        ManagementError::SetUp(_) => "set_up",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_are_named_by_their_templates() {
        assert!(WORDS.is_sorted());
        for (path, name) in [
            (&["users", "auth0|1"][..], "GET /users/{id}"),
            (
                &["organizations", "org_1", "members", "auth0|1", "roles"],
                "GET /organizations/{id}/members/{id}/roles",
            ),
            (&["organizations", "name", "roles"], "GET /organizations/name/{name}"),
            (&["roles"], "GET /roles"),
        ] {
            assert_eq!(OperationName { method: Method::GET, path }.to_string(), name);
        }
    }
}
