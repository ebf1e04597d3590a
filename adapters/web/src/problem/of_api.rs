//! What only programs meet.

use std::borrow::Cow;
use std::time::Duration;

use axum::http::StatusCode;

use super::{HOME, Problem, START};
use crate::text::sentence;

impl Problem {
    /// The same, as the fault of one field when it is that.
    pub(crate) fn in_field_if(self, is_fault: bool, field: &'static str) -> Self {
        if is_fault { self.in_field(field) } else { self }
    }

    /// The same, where it is not about what stands on a page but about what a program sends in this field.
    pub(crate) fn not_confirmed_by(mut self, field: &'static str, detail: &'static str) -> Self {
        self.0.detail = detail.into();
        self.in_field(field)
    }

    /// The same, as the fault of what is searched for, of its order or of its page when it is that.
    pub(crate) fn in_search(self) -> Self {
        match self.code {
            "invalid_search" => self.in_field("search"),
            "invalid_sort" => self.in_field("sort"),
            "invalid_cursor" => self.in_field("cursor"),
            _ => self,
        }
    }

    /// The same, as the fault of the roles when it is that.
    pub(crate) fn in_roles(self) -> Self {
        let is_fault = self.code == "invalid_roles";
        self.in_field_if(is_fault, "roles")
    }

    pub(crate) fn without_token() -> Self {
        let detail = "Send the session's token, which GET /api/v1/session tells, in the header X-CSRF-Token.";
        let status = StatusCode::FORBIDDEN;
        Self::new(status, "invalid_csrf_token", "The token is missing or stale", detail, [HOME, START])
    }

    pub(crate) fn not_json() -> Self {
        let detail = "Send JSON, and say so: Content-Type: application/json.";
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        Self::new(status, "unsupported_media_type", "This is not JSON", detail, [HOME, START])
    }

    pub(crate) fn not_a_picture() -> Self {
        let detail = "Send the picture itself, and say so: Content-Type: image/png, image/jpeg, image/webp or \
                      application/octet-stream.";
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        Self::new(status, "unsupported_media_type", "This is not a picture", detail, [HOME, START])
    }

    /// A picture that can't be a logo; `detail` says what could.
    pub(crate) fn no_logo(detail: String) -> Self {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        Self::new(status, "invalid_logo", "This can’t be a logo", detail, [HOME, START])
    }

    pub(crate) fn unknown_organization() -> Self {
        let detail = "No organization has this name. Check the spelling.";
        let title = "There is no such organization";
        Self::new(StatusCode::NOT_FOUND, "unknown_organization", title, detail, [HOME, START])
    }

    /// Nothing was sent where these fields are needed.
    pub(crate) fn without_body(required: &[String]) -> Self {
        let fields = required.iter().map(|name| format!("“{name}”")).collect::<Vec<_>>().join(", ");
        let detail = if fields.is_empty() {
            "Nothing was sent. Send a JSON object with what is to be done.".to_owned()
        } else {
            format!("Nothing was sent. Send a JSON object with what it needs: {fields}.")
        };
        let status = StatusCode::BAD_REQUEST;
        Self::new(status, "malformed_json", "The body is missing", detail, [HOME, START])
    }

    pub(crate) fn takes_no_body() -> Self {
        let detail = "This operation takes no body: send none, or {}.";
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        Self::new(status, "unexpected_body", "There is nothing to send along", detail, [HOME, START])
    }

    pub(crate) fn malformed_json(line: usize, column: usize) -> Self {
        let detail = format!("What was sent can't be read as JSON: look at line {line}, column {column}.");
        let status = StatusCode::BAD_REQUEST;
        Self::new(status, "malformed_json", "This is not JSON", detail, [HOME, START])
    }

    /// `why` goes on after the field's name.
    pub(crate) fn wrong_field(field: String, why: &str) -> Self {
        let name = if field.is_empty() { "the body" } else { &field };
        let detail = sentence(&format!("{name} {why}"));
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        let problem = Self::new(status, "invalid_field", "A field is wrong", detail, [HOME, START]);
        if field.is_empty() { problem } else { problem.in_field(field) }
    }

    /// A field whose value is no good; `detail` says what would be.
    pub(crate) fn wrong_value(field: impl Into<Cow<'static, str>>, detail: String) -> Self {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        Self::new(status, "invalid_field", "A field is wrong", detail, [HOME, START]).in_field(field)
    }

    pub(crate) fn invalid_limit() -> Self {
        Self::wrong_field("limit".to_owned(), "is a whole number from 1 to 100")
    }

    pub(crate) fn foreign_cursor() -> Self {
        let detail = "The cursor is not one of this list's. Start from its first page.";
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        Self::new(status, "invalid_cursor", "This page does not exist", detail, [HOME, START])
            .in_field("cursor")
    }

    pub(crate) fn invalid_key() -> Self {
        let detail = "Send one Idempotency-Key of 1 to 255 visible characters of ASCII, for example a UUID.";
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        Self::new(status, "invalid_idempotency_key", "This can't be a key", detail, [HOME, START])
            .in_field("Idempotency-Key")
    }

    pub(crate) fn key_of_another_request() -> Self {
        let detail =
            "This key came with another request before. Make a new one for each thing that you want done.";
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        Self::new(status, "idempotency_key_reused", "The key is taken", detail, [HOME, START])
            .in_field("Idempotency-Key")
    }

    /// The same request with the same key is being answered.
    pub(crate) fn under_way() -> Self {
        let detail = "The same request is being answered. Send it again in a moment to get that answer.";
        let status = StatusCode::CONFLICT;
        let mut problem = Self::new(status, "request_under_way", "This is being done", detail, [HOME, START]);
        problem.0.retry_after = Some(Duration::from_secs(1));
        problem
    }
}
