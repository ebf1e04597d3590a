//! Who asks, and of which connection, before what was sent is read: whoever may not ask hears that, and nothing of what is
//! wrong about it.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use tenantry_ports::{KeptSsoRequest, Session};

use super::super::caller::Caller;
use super::super::path::PathId;
use crate::Shared;
use crate::problem::Problem;

/// Somebody who runs an organization whose plan includes single sign-on.
#[derive(Clone, Debug)]
pub(super) struct Administrator(pub(super) Session);

/// The same, with the connection in the path: one of their organization's.
#[derive(Clone, Debug)]
pub(super) struct Own {
    pub(super) session: Session,
    /// Its id, as the path has it.
    pub(super) id: String,
    /// The connection as it was when it was asked for.
    pub(super) kept: KeptSsoRequest,
}

impl FromRequestParts<Shared> for Administrator {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Response> {
        let Caller(session) = Caller::from_request_parts(parts, app).await?;
        let may = app.use_cases.sso.list.may_look(&session);
        may.map_err(|why| Problem::from(why).into_response())?;
        Ok(Self(session))
    }
}

impl FromRequestParts<Shared> for Own {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Response> {
        let Caller(session) = Caller::from_request_parts(parts, app).await?;
        let id = PathId::<String>::from_request_parts(parts, app).await;
        let PathId(id) = id.map_err(Problem::into_response)?;
        let kept = app.use_cases.sso.list.find(&session, &id).await;
        let kept = kept.map_err(|why| Problem::from(why).into_response())?;
        Ok(Self { session, id, kept })
    }
}
