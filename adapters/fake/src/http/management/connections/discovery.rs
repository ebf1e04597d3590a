//! What an issuer says about itself, asked for while a connection is set up.

use serde_json::{Map, Value};

use crate::http::management::error::ApiError;
use crate::upstream::discovery::document;
pub(super) use crate::upstream::discovery::of_domain;

/// What the issuer says about itself.
#[derive(Debug)]
pub(super) struct Found(pub(super) Map<String, Value>);

pub(super) fn failed(address: &str, reason: &str) -> ApiError {
    ApiError::invalid_body(format!("The discovery document at {address} could not be used: {reason}"))
}

pub(super) async fn fetch(address: &str) -> Result<Found, ApiError> {
    document(address).await.map(Found).map_err(|reason| failed(address, &reason))
}
