//! What Auth0 says with a status when there is nothing more to say: JSON for its APIs, a page for people.

use std::error::Error;

use axum::Json;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use tenantry_domain::Timestamp;
use tenantry_serving::BodyError;

use super::BODY_LIMIT;
use super::errors::{PageError, no_store};

/// What is said of a body that can't be read: it did not come in time, or what the status says.
pub(super) fn unreadable(path: &str, error: &(dyn Error + 'static), status: StatusCode) -> Response {
    let status = if BodyError::is_time_out(error) { StatusCode::REQUEST_TIMEOUT } else { status };
    let too_large = format!("Payload content length greater than maximum allowed: {BODY_LIMIT}");
    refusal(path, status, (status == StatusCode::PAYLOAD_TOO_LARGE).then_some(&too_large))
}

/// A refusal at this path with this status; `message` overrides what is usually said.
pub(super) fn refusal(path: &str, status: StatusCode, message: Option<&str>) -> Response {
    let text = message.unwrap_or_else(|| usual_message(status));
    if path.starts_with("/api/") {
        let mut body = json!({
            "statusCode": status.as_u16(),
            "error": status.canonical_reason().unwrap_or("Error"),
            "message": text,
        });
        if let (StatusCode::TOO_MANY_REQUESTS, Some(body)) = (status, body.as_object_mut()) {
            body.insert("errorCode".to_owned(), "too_many_requests".into());
        }
        return (status, no_store(), Json(body)).into_response();
    }
    if is_page(path) {
        return PageError { status, error: code(status), description: text.to_owned(), way_on: None }
            .into_response();
    }
    (status, no_store(), Json(json!({ "error": code(status), "error_description": text }))).into_response()
}

/// Whether people are there, and not programs.
fn is_page(path: &str) -> bool {
    matches!(path, "/authorize" | "/continue" | "/login/callback" | "/oidc/logout/confirm")
        || ["/u/", "/self-service/"].into_iter().any(|beginning| path.starts_with(beginning))
        || path.ends_with("/logout")
}

/// The headers of a rate limit: how many requests the bucket holds, how many are left, when it is full again.
pub(super) fn add_limit_headers(response: &mut Response, limit: u32, remaining: u32, reset: Timestamp) {
    let values = [
        ("x-ratelimit-limit", i64::from(limit)),
        ("x-ratelimit-remaining", i64::from(remaining)),
        ("x-ratelimit-reset", reset.as_seconds()),
    ];
    for (name, value) in values {
        response.headers_mut().insert(name, HeaderValue::from(value));
    }
}

fn usual_message(status: StatusCode) -> &'static str {
    match status {
        StatusCode::TOO_MANY_REQUESTS => "Global limit has been reached",
        StatusCode::INTERNAL_SERVER_ERROR => "Internal error.",
        StatusCode::UNAUTHORIZED => "Unauthorized",
        other => other.canonical_reason().unwrap_or("Error"),
    }
}

/// The error's name in OAuth's manner.
fn code(status: StatusCode) -> &'static str {
    match status.as_u16() {
        401 | 403 => "access_denied",
        404 => "not_found",
        429 => "too_many_requests",
        503 => "temporarily_unavailable",
        500..=599 => "server_error",
        _ => "invalid_request",
    }
}
