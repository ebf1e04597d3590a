//! Errors of the control API: problem details (RFC 9457), with the property that is wrong where there is one.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::operation::no_store;
use crate::schema::Violation;
use crate::seed_file::SeedError;
use crate::store::StoreError;

/// Why a call is refused.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    pub(super) status: StatusCode,
    pub(super) detail: String,
    property: Option<String>,
}

impl Problem {
    pub(super) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self { status, detail: detail.into(), property: None }
    }

    pub(super) fn bad(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    pub(super) fn unavailable(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, detail)
    }

    pub(super) fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, detail)
    }

    pub(super) fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, detail)
    }

    pub(super) fn conflict(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, detail)
    }

    /// Says which property it is about.
    pub(super) fn at(self, property: impl Into<String>) -> Self {
        Self { property: Some(property.into()), ..self }
    }

    /// What it is about stands inside this property of the body.
    pub(super) fn inside(self, outer: &str) -> Self {
        let property =
            self.property.as_ref().map_or_else(|| outer.to_owned(), |inner| format!("{outer}.{inner}"));
        self.at(property)
    }
}

impl From<Violation> for Problem {
    fn from(broken: Violation) -> Self {
        Self { status: StatusCode::BAD_REQUEST, detail: broken.rule, property: broken.property }
    }
}

impl From<SeedError> for Problem {
    fn from(error: SeedError) -> Self {
        let property = Some(error.place().to_owned()).filter(|place| !place.is_empty());
        Self { property, ..Self::bad(error.problem()) }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        Self::unavailable(error.to_string())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut body = json!({
            "title": self.status.canonical_reason(),
            "status": self.status.as_u16(),
            "detail": self.detail,
        });
        if let (Some(property), Some(body)) = (self.property, body.as_object_mut()) {
            body.insert("property".to_owned(), Value::String(property));
        }
        let content_type = HeaderValue::from_static("application/problem+json");
        let headers = [(header::CONTENT_TYPE, content_type), no_store()];
        (self.status, headers, body.to_string()).into_response()
    }
}
