//! Access tokens that a request carries (RFC 6750).

use std::sync::Arc;

use axum::http::{HeaderMap, header};
use serde_json::{Map, Value};

use crate::fake::Core;

/// What is wrong with the token.
#[derive(Debug)]
pub(super) enum BearerError {
    Missing,
    Malformed,
    Invalid,
    Expired,
    WrongAudience(String),
    NoKeys,
}

/// The claims of the access token in the `Authorization` header, if it is ours, in force and for `audience`.
pub(super) async fn access_token(
    core: &Arc<Core>,
    headers: &HeaderMap,
    audience: &str,
) -> Result<Map<String, Value>, BearerError> {
    let header = headers.get(header::AUTHORIZATION).ok_or(BearerError::Missing)?;
    let text = header.to_str().map_err(|_| BearerError::Malformed)?;
    let (scheme, token) = text.split_once(' ').ok_or(BearerError::Malformed)?;
    if !scheme.eq_ignore_ascii_case("bearer") || token.is_empty() || token.contains(' ') {
        return Err(BearerError::Malformed);
    }
    let keys = core.keys.ready().await.map_err(|_| BearerError::NoKeys)?;
    let claims = keys.verify(token).ok_or(BearerError::Invalid)?;
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    if text("iss") != Some(core.config.issuer.as_str()) {
        return Err(BearerError::Invalid);
    }
    let expires = claims.get("exp").and_then(Value::as_i64).ok_or(BearerError::Invalid)?;
    if expires <= core.clock.now().as_seconds() {
        return Err(BearerError::Expired);
    }
    match text("aud") {
        Some(actual) if actual == audience => Ok(claims),
        actual => Err(BearerError::WrongAudience(actual.unwrap_or_default().to_owned())),
    }
}
