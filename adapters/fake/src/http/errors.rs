//! What is answered when something is wrong: Auth0's JSON for programs, a page with a way on for people.

use std::borrow::Cow;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::pages;
use super::way_on::WayOn;
use crate::fake::Core;
use crate::keys::KeyError;
use crate::store::StoreError;

/// An error of the token endpoint and its like (RFC 6749 section 5.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OAuthError {
    pub(super) status: StatusCode,
    pub(super) error: Cow<'static, str>,
    pub(super) description: String,
}

impl OAuthError {
    pub(super) fn new(
        status: StatusCode,
        error: impl Into<Cow<'static, str>>,
        description: impl Into<String>,
    ) -> Self {
        Self { status, error: error.into(), description: description.into() }
    }

    pub(super) fn invalid_request(description: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request", description)
    }

    pub(super) fn missing(parameter: &str) -> Self {
        Self::invalid_request(format!("Missing required parameter: {parameter}"))
    }

    pub(super) fn invalid_grant(description: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "invalid_grant", description)
    }

    pub(super) fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "access_denied", "Unauthorized")
    }

    /// A client that can't be believed, by the name that RFC 6749 gives it.
    pub(super) fn invalid_client(description: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "invalid_client", description)
    }

    pub(super) fn grant_not_allowed(grant_type: &str) -> Self {
        let message = format!("Grant type '{grant_type}' not allowed for the client.");
        Self::new(StatusCode::FORBIDDEN, "unauthorized_client", message)
    }

    pub(super) fn access_denied(description: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "access_denied", description)
    }
}

impl From<StoreError> for OAuthError {
    fn from(_: StoreError) -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "temporarily_unavailable",
            "The identity provider's disk has failed",
        )
    }
}

impl From<KeyError> for OAuthError {
    fn from(_: KeyError) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable", "There is no signing key")
    }
}

impl IntoResponse for OAuthError {
    fn into_response(self) -> Response {
        let body = Json(json!({ "error": self.error, "error_description": self.description }));
        let mut response = (self.status, no_store(), body).into_response();
        // A challenge asks for a token (RFC 6750 section 3); to a client with a wrong secret it would hide the error.
        if self.error == "invalid_token" {
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer error=\"invalid_token\""));
        }
        response
    }
}

pub(super) fn no_store() -> [(header::HeaderName, HeaderValue); 2] {
    [
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::PRAGMA, HeaderValue::from_static("no-cache")),
    ]
}

/// Why a person sees an error page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PageError {
    pub(super) status: StatusCode,
    /// As the custom error page would get it.
    pub(super) error: &'static str,
    pub(super) description: String,
    pub(super) way_on: Option<WayOn>,
}

impl PageError {
    fn new(status: StatusCode, error: &'static str, description: impl Into<String>) -> Self {
        Self { status, error, description: description.into(), way_on: None }
    }

    pub(super) fn invalid_request(description: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request", description)
    }

    /// A client that can't be trusted with an answer.
    pub(super) fn refused(error: &'static str, description: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, error, description)
    }

    /// The login is over, or was begun in another browser.
    pub(super) fn expired() -> Self {
        Self::invalid_request(
            "This login has ended or was started in another browser. You may have pressed the back button or kept \
             the page open for more than an hour.",
        )
    }

    pub(super) fn with_way_on(self, way_on: Option<WayOn>) -> Self {
        Self { way_on, ..self }
    }
}

impl From<StoreError> for PageError {
    fn from(_: StoreError) -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "temporarily_unavailable",
            "The identity provider can't write to its disk. Restart it when there is room again.",
        )
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        pages::html(
            self.status,
            &pages::ErrorPage {
                frame: pages::Frame::bare("Something is not right"),
                error: self.error,
                description: &self.description,
                way_on: self.way_on.as_ref(),
            },
        )
    }
}

pub(super) async fn not_found(State(core): State<Arc<Core>>) -> PageError {
    let error = PageError::new(StatusCode::NOT_FOUND, "not_found", "There is nothing at this address.");
    error.with_way_on(WayOn::from_login(&core, None))
}

pub(super) async fn not_there_yet(uri: Uri) -> OAuthError {
    let message = format!("This development provider does not have {} yet", uri.path());
    OAuthError::new(StatusCode::NOT_IMPLEMENTED, "not_implemented", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_token_is_challenged_and_a_bad_secret_is_not() {
        let bad_token = OAuthError::new(StatusCode::UNAUTHORIZED, "invalid_token", "Expired").into_response();
        let challenge = bad_token.headers().get(header::WWW_AUTHENTICATE);
        assert_eq!(challenge.unwrap(), "Bearer error=\"invalid_token\"");
        let bad_secret = OAuthError::unauthorized().into_response();
        assert_eq!(bad_secret.status(), StatusCode::UNAUTHORIZED);
        assert!(!bad_secret.headers().contains_key(header::WWW_AUTHENTICATE));
    }
}
