//! Who calls the API.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::Response;
use tenantry_ports::Session;

use crate::Shared;
use crate::session::SignedIn;

/// Somebody who is signed in; everybody else gets 401. Of one request the session is read once.
#[derive(Clone, Debug)]
pub(crate) struct Caller(pub(crate) Session);

impl FromRequestParts<Shared> for Caller {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Response> {
        if let Some(known) = parts.extensions.get::<Self>() {
            return Ok(known.clone());
        }
        let caller = Self(SignedIn::from_request_parts(parts, app).await?.session);
        parts.extensions.insert(caller.clone());
        Ok(caller)
    }
}
