//! `/api/v1/me/sessions`: where the caller is signed in, and how that ends.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use tenantry_application::MySession;
use tenantry_domain::{SessionHandle, Timestamp};
use utoipa::ToSchema;

use super::caller::Caller;
use super::operation::Operation;
use super::organization::OrganizationRef;
use super::path::PathId;
use crate::Shared;
use crate::problem::Problem;

pub(super) const LIST: Operation =
    Operation::new("listMySessions", "Where you are signed in").answering::<MySessions>(200);

pub(super) const END: Operation = Operation::new("endMySession", "Ends one of your sessions");

pub(super) const END_OTHERS: Operation =
    Operation::new("endMyOtherSessions", "Ends every session of yours but this one")
        .answering::<EndedSessions>(200);

/// All sessions of a person, the one that asks first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MySessions {
    items: Vec<MySessionView>,
    /// Always null: this is all of them.
    next: Option<String>,
}

/// A session of a person's.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MySession)]
pub(super) struct MySessionView {
    /// By which it is ended. It stands for no cookie.
    id: String,
    /// Under which organization.
    organization: Option<OrganizationRef>,
    /// With what it was used last: "Firefox on Linux".
    device: Option<String>,
    /// The network from which it was used last, as coarse as its owner needs.
    network: Option<String>,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    began_at: Timestamp,
    /// When it was used last.
    #[schema(value_type = String, format = DateTime)]
    used_at: Timestamp,
    /// When it ends in any case.
    #[schema(value_type = String, format = DateTime)]
    ends_at: Timestamp,
    /// Whether it is the one that asks.
    is_current: bool,
}

/// How many sessions have ended.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EndedSessions {
    ended: u64,
}

pub(super) async fn list(
    State(app): State<Shared>,
    Caller(session): Caller,
) -> Result<Json<MySessions>, Problem> {
    let mine = app.use_cases.my_sessions.run(&session).await?;
    Ok(Json(MySessions { items: mine.into_iter().map(MySessionView::from).collect(), next: None }))
}

pub(super) async fn end(
    State(app): State<Shared>,
    Caller(session): Caller,
    PathId(which): PathId<SessionHandle>,
) -> Result<StatusCode, Problem> {
    app.use_cases.end_sessions.one(&session, &which).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn end_others(
    State(app): State<Shared>,
    Caller(session): Caller,
) -> Result<Json<EndedSessions>, Problem> {
    Ok(Json(EndedSessions { ended: app.use_cases.end_sessions.others(&session).await? }))
}

impl From<MySession> for MySessionView {
    fn from(mine: MySession) -> Self {
        let session = mine.session;
        let (device, network) = match session.device {
            Some(device) => (Some(device.name), device.network),
            None => (None, None),
        };
        Self {
            id: session.handle.to_string(),
            organization: session.tenant.as_ref().map(OrganizationRef::from),
            device,
            network,
            began_at: session.began_at,
            used_at: session.used_at,
            ends_at: session.ends_at,
            is_current: mine.is_current,
        }
    }
}
