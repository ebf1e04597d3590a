//! Errors of the Management API: `{statusCode, error, message, errorCode?}`.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::http::bearer::BearerError;
use crate::http::errors::no_store;
use crate::http::json::present;
use crate::keys::KeyError;
use crate::store::StoreError;

/// One error; `errorCode` is often missing at Auth0 as well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::http) struct ApiError {
    status: StatusCode,
    message: String,
    code: Option<&'static str>,
}

impl ApiError {
    fn new(status: StatusCode, code: Option<&'static str>, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), code }
    }

    pub(super) fn status(&self) -> StatusCode {
        self.status
    }

    #[cfg(test)]
    pub(super) fn code(&self) -> Option<&'static str> {
        self.code
    }

    pub(super) fn message(&self) -> &str {
        &self.message
    }

    /// A rule that the body breaks, at a property or as a whole.
    pub(super) fn body(rule: &str, property: Option<&str>) -> Self {
        let place = property.map(|property| format!(" on property {property}")).unwrap_or_default();
        Self::invalid_body(format!("Payload validation error: '{rule}'{place}."))
    }

    pub(super) fn invalid_body(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, Some("invalid_body"), message)
    }

    pub(super) fn query(rule: &str, property: Option<&str>) -> Self {
        let place = property.map(|property| format!(" on property {property}")).unwrap_or_default();
        let message = format!("Query validation error: '{rule}'{place}.");
        Self::new(StatusCode::BAD_REQUEST, Some("invalid_query_string"), message)
    }

    pub(super) fn path(rule: &str, property: &str) -> Self {
        let message = format!("Path validation error: '{rule}' on property {property}.");
        Self::new(StatusCode::BAD_REQUEST, Some("invalid_uri"), message)
    }

    pub(super) fn paging() -> Self {
        let message = "Requesting page exceeds the allowed maximum of 1000 records";
        Self::new(StatusCode::BAD_REQUEST, Some("invalid_paging"), message)
    }

    /// A rule that has no code of its own.
    pub(super) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, None, message)
    }

    pub(super) fn not_supported(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, Some("operation_not_supported"), message)
    }

    pub(super) fn insufficient_scope(expected: &[&str]) -> Self {
        let message = format!("Insufficient scope, expected any of: {}", expected.join(","));
        Self::new(StatusCode::FORBIDDEN, Some("insufficient_scope"), message)
    }

    pub(super) fn conflict(code: Option<&'static str>, message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, code, message)
    }

    pub(super) fn not_implemented(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_IMPLEMENTED, Some("not_implemented"), message)
    }

    /// For methods that no operation has.
    pub(super) fn method_not_allowed() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, None, "Method Not Allowed")
    }

    pub(super) fn unsupported_media_type() -> Self {
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, None, "Unsupported Media Type")
    }

    pub(super) fn no_organization() -> Self {
        Self::not_found(None, "No organization found by that id or name")
    }

    pub(super) fn no_user() -> Self {
        Self::not_found(Some("inexistent_user"), "The user does not exist.")
    }

    pub(super) fn no_role() -> Self {
        Self::not_found(None, "The role does not exist.")
    }

    pub(super) fn no_connection() -> Self {
        Self::not_found(Some("inexistent_connection"), "The connection does not exist")
    }

    pub(super) fn no_enabled_connection() -> Self {
        Self::not_found(None, "No connection found by that id")
    }

    pub(super) fn no_client() -> Self {
        Self::not_found(Some("inexistent_client"), "The client does not exist")
    }

    pub(super) fn no_client_grant() -> Self {
        Self::not_found(Some("inexistent_client_grant"), "The grant does not exist.")
    }

    pub(super) fn no_invitation() -> Self {
        Self::not_found(Some("inexistent_invitation"), "The invitation does not exist.")
    }

    pub(super) fn no_discovery_domain() -> Self {
        Self::not_found(None, "No organization domain found by that id")
    }

    pub(super) fn no_self_service_profile(id: &str) -> Self {
        Self::not_found(None, &format!("Profile with ID: {id} not found"))
    }

    pub(super) fn no_session() -> Self {
        Self::not_found(None, "The session does not exist.")
    }

    pub(super) fn no_refresh_token() -> Self {
        Self::not_found(None, "The refresh token does not exist.")
    }

    pub(super) fn no_resource_server() -> Self {
        Self::not_found(Some("inexistent_resource_server"), "The resource server does not exist")
    }

    pub(super) fn no_signing_key() -> Self {
        Self::not_found(None, "The signing key does not exist.")
    }

    pub(super) fn not_found(code: Option<&'static str>, message: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, code, message)
    }
}

impl From<BearerError> for ApiError {
    fn from(error: BearerError) -> Self {
        let unauthorized = |message: &str| Self::new(StatusCode::UNAUTHORIZED, None, message);
        match error {
            BearerError::Missing => unauthorized("Missing authentication"),
            BearerError::Malformed => {
                Self::new(StatusCode::BAD_REQUEST, None, "Bad HTTP authentication header format")
            }
            BearerError::Invalid => unauthorized("Invalid token."),
            BearerError::Expired => unauthorized("Expired token received for JSON Web Token validation"),
            BearerError::WrongAudience(audience) => unauthorized(&format!("Bad audience: {audience}")),
            BearerError::NoKeys => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, None, "There is no signing key")
            }
        }
    }
}

impl From<StoreError> for ApiError {
    fn from(_: StoreError) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, None, "The identity provider's disk has failed")
    }
}

impl From<KeyError> for ApiError {
    fn from(_: KeyError) -> Self {
        BearerError::NoKeys.into()
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = present(json!({
            "statusCode": self.status.as_u16(),
            "error": self.status.canonical_reason(),
            "message": self.message,
            "errorCode": self.code,
        }));
        let mut response = (self.status, no_store(), Json(body)).into_response();
        if self.status == StatusCode::METHOD_NOT_ALLOWED {
            let allowed = HeaderValue::from_static("GET, HEAD, POST, PUT, PATCH, DELETE");
            response.headers_mut().insert(header::ALLOW, allowed);
        }
        response
    }
}
