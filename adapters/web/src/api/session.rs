//! `/api/v1/session`: the session itself, and the token that changes need.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use serde::Serialize;
use tenantry_domain::Timestamp;
use utoipa::ToSchema;

use super::caller::Caller;
use super::operation::Operation;
use super::organization::OrganizationRef;
use crate::problem::Problem;
use crate::{App, Shared};

pub(super) const SHOW: Operation = Operation {
    details: "Whatever changes something needs its `csrf_token`, in the header `X-CSRF-Token`.",
    ..Operation::new("getSession", "Who is signed in, where, and until when").answering::<SessionView>(200)
};

pub(super) const END: Operation = Operation {
    details: "The session is over here at once; at the identity provider it is over once a browser has been at \
              `logout_url`.",
    ..Operation::new("endSession", "Signs out").answering::<SignedOut>(200)
};

/// A signed-in browser or program.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Session)]
pub(super) struct SessionView {
    /// Goes into the header `X-CSRF-Token` of whatever changes something.
    csrf_token: String,
    /// Whose session.
    user_id: String,
    /// Under which organization.
    organization: Option<OrganizationRef>,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    began_at: Timestamp,
    /// When it ends if it is not used before.
    #[schema(value_type = String, format = DateTime)]
    idle_until: Timestamp,
    /// When it ends in any case.
    #[schema(value_type = String, format = DateTime)]
    ends_at: Timestamp,
}

/// What is left of a session.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SignedOut {
    /// Where a browser signs out at the identity provider, too.
    logout_url: String,
}

pub(super) async fn show(State(app): State<Shared>, Caller(session): Caller) -> Json<SessionView> {
    Json(SessionView {
        csrf_token: app.keys.token(session.id.as_str()),
        user_id: session.user.to_string(),
        organization: session.tenant.as_ref().map(OrganizationRef::from),
        began_at: session.began_at,
        idle_until: session.idle_until,
        ends_at: session.ends_at,
    })
}

pub(super) async fn end(
    State(app): State<Shared>,
    Caller(session): Caller,
) -> Result<(HeaderMap, Json<SignedOut>), Problem> {
    let url = app.use_cases.sign_out.run(&session, app.base_url.clone()).await?;
    Ok((signed_out(&app), Json(SignedOut { logout_url: url.to_string() })))
}

/// Takes the cookie away.
pub(super) fn signed_out(app: &App) -> HeaderMap {
    let cookie = app.cookies.clear(app.cookies.session_name());
    cookie.map(|cookie| (header::SET_COOKIE, cookie)).into_iter().collect()
}
