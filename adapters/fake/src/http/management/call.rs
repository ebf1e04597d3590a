//! One call of an operation: who may, on what, with which query and body.

use std::collections::HashMap;

use axum::http::HeaderMap;
use serde_json::{Map, Value};

use super::error::ApiError;
use crate::http::parameters::{Parameters, has_content_type};
use crate::login::Context;

/// A call whose token, scopes and query parameters have been checked.
pub(super) struct Call<'a> {
    pub(super) context: Context<'a>,
    pub(super) query: Parameters,
    scopes: Vec<String>,
    path: HashMap<String, String>,
    body: Option<Value>,
}

impl<'a> Call<'a> {
    pub(super) fn new(
        context: Context<'a>,
        scopes: Vec<String>,
        path: HashMap<String, String>,
        query: Parameters,
        known: &[&str],
        headers: &HeaderMap,
        body: &[u8],
    ) -> Result<Self, ApiError> {
        if let Some(name) = query.names().find(|name| !known.contains(name)) {
            return Err(ApiError::query(&format!("Additional properties not allowed: {name}"), None));
        }
        let body = match body {
            [] => None,
            _ if !has_content_type(headers, "application/json") => {
                return Err(ApiError::unsupported_media_type());
            }
            json => Some(
                serde_json::from_slice(json)
                    .map_err(|_| ApiError::invalid_body("Invalid request payload JSON format"))?,
            ),
        };
        Ok(Self { context, query, scopes, path, body })
    }

    /// A parameter of the path.
    pub(super) fn path(&self, name: &str) -> &str {
        self.path.get(name).map(String::as_str).unwrap_or_default()
    }

    /// The JSON body.
    pub(super) fn body(&self) -> &Value {
        self.body.as_ref().unwrap_or(&Value::Null)
    }

    pub(super) fn has_scope(&self, scope: &str) -> bool {
        self.scopes.iter().any(|had| had == scope)
    }

    /// Asks for a scope that only some calls of an operation need.
    pub(super) fn require(&self, scope: &'static str) -> Result<(), ApiError> {
        require_any(&self.scopes, &[scope])
    }
}

pub(super) fn require_any(scopes: &[String], wanted: &[&str]) -> Result<(), ApiError> {
    if wanted.iter().any(|wanted| scopes.iter().any(|scope| scope == wanted)) {
        Ok(())
    } else {
        Err(ApiError::insufficient_scope(wanted))
    }
}

pub(super) fn scopes_of(claims: &Map<String, Value>) -> Vec<String> {
    let text = claims.get("scope").and_then(Value::as_str).unwrap_or_default();
    text.split_ascii_whitespace().map(str::to_owned).collect()
}
