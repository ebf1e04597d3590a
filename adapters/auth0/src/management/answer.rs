//! What an answer of the Management API means, by its status first.

use reqwest::StatusCode;
use serde::de::{DeserializeOwned, IgnoredAny};
use tenantry_domain::Timestamp;
use tenantry_oidc::{read_body, retry_after};

use super::metrics;
use crate::ManagementError;

/// The largest answer that is read: a page of 100 members with long names and many roles fits well.
const LARGEST: usize = 2 * 1024 * 1024;

#[derive(serde::Deserialize)]
struct ErrorBody {
    message: Option<String>,
}

/// The body of a success, or why there is none.
pub(super) async fn read(response: reqwest::Response, now: Timestamp) -> Result<Vec<u8>, ManagementError> {
    metrics::headroom(response.headers());
    let (status, wait) = (response.status(), retry_after(response.headers(), now));
    let body = read_body(response, LARGEST).await?;
    if status.is_success() {
        return Ok(body);
    }
    let message = serde_json::from_slice::<ErrorBody>(&body).ok().and_then(|body| body.message);
    let message = message.unwrap_or_else(|| "it did not say why".to_owned());
    Err(match status {
        StatusCode::BAD_REQUEST => ManagementError::BadRequest { message },
        StatusCode::UNAUTHORIZED => ManagementError::Unauthorized { error: message },
        StatusCode::FORBIDDEN => ManagementError::Forbidden { message },
        StatusCode::NOT_FOUND => ManagementError::NotFound,
        StatusCode::CONFLICT => ManagementError::Conflict,
        StatusCode::TOO_MANY_REQUESTS => ManagementError::RateLimited { retry_after: wait },
        // Auth0 says with a 500, too, that there were too many requests.
        StatusCode::INTERNAL_SERVER_ERROR if message.starts_with("Global limit") => {
            ManagementError::RateLimited { retry_after: wait }
        }
        other => ManagementError::Status(other),
    })
}

/// A body that holds what was asked for.
pub(super) fn parsed<T: DeserializeOwned>(body: &[u8]) -> Result<T, ManagementError> {
    serde_json::from_slice(body).map_err(ManagementError::Malformed)
}

/// A body of which nobody wants to know anything. Where it is neither empty nor JSON, somebody else has answered.
pub(super) fn ignored(body: &[u8]) -> Result<(), ManagementError> {
    if body.is_empty() { Ok(()) } else { parsed::<IgnoredAny>(body).map(|_| ()) }
}
