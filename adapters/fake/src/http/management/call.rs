//! One call of an operation: who may, on what, with which query and body.

use std::collections::HashMap;

use axum::http::HeaderMap;
use serde_json::{Map, Value};

use super::error::ApiError;
use crate::document::Document;
use crate::http::parameters::{Parameters, has_content_type};
use crate::login::Context;

/// A call whose token is good. [`super::operation::Operation::check`] has looked at the rest before an operation sees it.
pub(super) struct Call<'a> {
    pub(super) context: Context<'a>,
    pub(super) query: Parameters,
    /// The client whose token it is.
    pub(super) client_id: String,
    scopes: Vec<String>,
    path: HashMap<String, String>,
    body: Option<Value>,
}

impl<'a> Call<'a> {
    pub(super) fn new(
        context: Context<'a>,
        claims: &Map<String, Value>,
        path: HashMap<String, String>,
        query: Parameters,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Result<Self, ApiError> {
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
        let claim = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default();
        let scopes = claim("scope").split_ascii_whitespace().map(str::to_owned).collect();
        Ok(Self { context, query, client_id: claim("azp").to_owned(), scopes, path, body })
    }

    /// A parameter of the path.
    pub(super) fn path(&self, name: &str) -> &str {
        self.path.get(name).map(String::as_str).unwrap_or_default()
    }

    /// The body's properties; none for a body that is no object.
    pub(super) fn body(&self) -> Document<'_> {
        Document::of(self.json())
    }

    /// The body as it is; `null` when there is none.
    pub(super) fn json(&self) -> &Value {
        self.body.as_ref().unwrap_or(&Value::Null)
    }

    pub(super) fn has_no_body(&self) -> bool {
        self.body.is_none()
    }

    pub(super) fn has_scope(&self, scope: &str) -> bool {
        self.scopes.iter().any(|had| had == scope)
    }

    /// Asks for a scope that only some calls of an operation need.
    pub(super) fn require(&self, scope: &'static str) -> Result<(), ApiError> {
        if self.has_scope(scope) { Ok(()) } else { Err(ApiError::insufficient_scope(&[scope])) }
    }

    /// A parameter of the query that is `true` or `false`.
    pub(super) fn query_flag(&self, name: &str) -> Option<bool> {
        self.query.get(name)?.parse().ok()
    }
}
