//! Who lets people in, before what was sent is read: whoever may not hears that, and nothing of what is wrong about it.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use tenantry_ports::Session;

use super::caller::Caller;
use crate::Shared;
use crate::problem::Problem;

/// Somebody who may let people into their organization.
#[derive(Clone, Debug)]
pub(super) struct Inviter(pub(super) Session);

impl FromRequestParts<Shared> for Inviter {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Response> {
        let Caller(session) = Caller::from_request_parts(parts, app).await?;
        let may = app.use_cases.invite_members.may_look(&session);
        may.map_err(|why| Problem::from(why).into_response())?;
        Ok(Self(session))
    }
}
