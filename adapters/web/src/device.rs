//! With what a request was made: the browser by its own word, and the network that it came from.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::header::USER_AGENT;
use axum::http::request::Parts;
use tenantry_domain::Device;

use crate::client_address::ClientAddress;
use crate::{App, Shared};

/// The device of whoever asks.
pub(crate) struct SeenDevice(pub(crate) Device);

/// What there is to see of it.
pub(crate) fn seen(app: &App, parts: &Parts) -> Device {
    let user_agent = parts.headers.get(USER_AGENT).and_then(|value| value.to_str().ok());
    Device::seen(user_agent, ClientAddress::of_request(parts, app).0)
}

impl FromRequestParts<Shared> for SeenDevice {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Infallible> {
        Ok(Self(seen(app, parts)))
    }
}
