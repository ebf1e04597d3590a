//! `/api/v1/sso/access-requests`: who came through the organization's own login, is no member, and asks to be one.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use tenantry_domain::{AccessRequest, Timestamp};
use utoipa::ToSchema;

use super::super::body;
use super::super::caller::Caller;
use super::super::inviter::Inviter;
use super::super::operation::{Body, Operation};
use super::super::organization::{RoleName, role_names};
use super::super::path::PathId;
use crate::Shared;
use crate::problem::Problem;

pub(super) const LIST: Operation = Operation {
    details: "Whoever asked first stands first; at most two hundred.",
    ..Operation::new("listAccessRequests", "Who asks to be let in").answering::<AccessRequests>(200)
};

pub(super) const GRANT: Operation = Operation {
    details: "They become a member with this role, and sign in as before. Who has become one by other means meanwhile keeps \
              the roles that they have: look at `was_member`.",
    body: Some(Body::of::<Grant>()),
    refusals: &[(
        409,
        "Every seat is taken (`no_seat`), or the connection does not vouch for them any more (`not_vouched`).",
    )],
    ..Operation::new("grantAccess", "Lets somebody in who asks").answering::<AccessGranted>(200)
};

pub(super) const DECLINE: Operation = Operation {
    details: "They may ask again.",
    ..Operation::new("declineAccess", "Does not let somebody in who asks")
};

/// Everybody who asks.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AccessRequests)]
pub(super) struct AccessRequests {
    items: Vec<AccessRequestView>,
    /// Always null: this is all of them.
    next: Option<String>,
}

/// Somebody who asks to be let in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AccessRequest)]
pub(super) struct AccessRequestView {
    /// The account at the identity provider.
    id: String,
    /// What they are called.
    name: String,
    /// Their address, in a domain that the organization has proved.
    email: String,
    /// Through which connection they came.
    connection_id: String,
    /// What the connection's rules would make of them.
    suggested_role: RoleName,
    /// When they asked first.
    #[schema(value_type = String, format = DateTime)]
    asked_at: Timestamp,
}

/// Somebody who asked, and is a member now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AccessGranted)]
pub(super) struct AccessGranted {
    /// What they asked.
    #[serde(flatten)]
    asked: AccessRequestView,
    /// The roles that they have.
    roles: Vec<RoleName>,
    /// Whether they were a member by other means already, with these roles: then nothing was changed.
    was_member: bool,
}

/// As what somebody is let in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AccessGrant)]
pub(super) struct Grant {
    role: RoleName,
}

pub(super) async fn list(
    State(app): State<Shared>,
    Caller(session): Caller,
) -> Result<Json<AccessRequests>, Problem> {
    let asking = app.use_cases.sso.list_access_requests.run(&session).await?;
    Ok(Json(AccessRequests { items: asking.into_iter().map(AccessRequestView::from).collect(), next: None }))
}

pub(super) async fn grant(
    State(app): State<Shared>,
    Inviter(session): Inviter,
    PathId(person): PathId<String>,
    body::Json(wish): body::Json<Grant>,
) -> Result<Json<AccessGranted>, Problem> {
    let granted = app.use_cases.sso.grant_access.run(&session, &person, wish.role.into()).await?;
    let (roles, was_member) = (role_names(&granted.roles), granted.was_member);
    Ok(Json(AccessGranted { asked: granted.asked.into(), roles, was_member }))
}

pub(super) async fn decline(
    State(app): State<Shared>,
    Caller(session): Caller,
    PathId(person): PathId<String>,
) -> Result<StatusCode, Problem> {
    app.use_cases.sso.decline_access.run(&session, &person).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<AccessRequest> for AccessRequestView {
    fn from(asked: AccessRequest) -> Self {
        Self {
            id: asked.user.to_string(),
            name: asked.name,
            email: asked.email.to_string(),
            connection_id: asked.request.to_string(),
            suggested_role: asked.role.into(),
            asked_at: asked.asked_at,
        }
    }
}
