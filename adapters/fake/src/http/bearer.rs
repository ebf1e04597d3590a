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

/// The access token in the `Authorization` header.
pub(super) fn token(headers: &HeaderMap) -> Result<&str, BearerError> {
    let header = headers.get(header::AUTHORIZATION).ok_or(BearerError::Missing)?;
    let text = header.to_str().map_err(|_| BearerError::Malformed)?;
    let (scheme, token) = text.split_once(' ').ok_or(BearerError::Malformed)?;
    if !scheme.eq_ignore_ascii_case("bearer") || token.is_empty() || token.contains(' ') {
        return Err(BearerError::Malformed);
    }
    Ok(token)
}

/// The claims of the access token in the `Authorization` header, if it is ours, in force and for `audience`.
pub(super) async fn access_token(
    core: &Arc<Core>,
    headers: &HeaderMap,
    audience: &str,
) -> Result<Map<String, Value>, BearerError> {
    verified(core, token(headers)?, audience).await
}

/// The claims of the access token, if it is ours, in force and for `audience`.
pub(super) async fn verified(
    core: &Core,
    token: &str,
    audience: &str,
) -> Result<Map<String, Value>, BearerError> {
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
    let is_for = |value: &Value| match value {
        Value::String(actual) => actual == audience,
        Value::Array(all) => all.iter().any(|actual| actual.as_str() == Some(audience)),
        _ => false,
    };
    match claims.get("aud") {
        Some(actual) if is_for(actual) => Ok(claims),
        actual => Err(BearerError::WrongAudience(named(actual))),
    }
}

/// An audience, or several, as a message names them.
fn named(audience: Option<&Value>) -> String {
    match audience {
        Some(Value::String(one)) => one.clone(),
        Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(","),
        _ => String::new(),
    }
}
