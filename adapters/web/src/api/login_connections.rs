//! `/api/v1/organization/login-connections`: the ways in which invited people can come.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use tenantry_domain::{LoginConnection, LoginKind};
use utoipa::ToSchema;

use super::caller::Caller;
use super::operation::Operation;
use crate::Shared;
use crate::invitation_ways::label;
use crate::problem::Problem;

pub(super) const LIST: Operation = Operation {
    details: "What `inviteMembers` takes as `connection`.",
    ..Operation::new("listLoginConnections", "The ways to log in of the organization's people")
        .answering::<LoginConnections>(200)
};

/// All of them.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LoginConnections {
    items: Vec<LoginConnectionView>,
    /// Always null: this is all of them.
    next: Option<String>,
}

/// A way to log in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LoginConnection)]
pub(super) struct LoginConnectionView {
    /// By which it is named to `inviteMembers`.
    id: String,
    /// What people call it.
    display_name: String,
    kind: Kind,
}

/// How one proves there who one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = LoginKind)]
#[serde(rename_all = "snake_case")]
enum Kind {
    /// With a password.
    Password,
    /// With an account at a social network.
    Social,
    /// With the account that one's enterprise gives.
    Enterprise,
}

pub(super) async fn list(
    State(app): State<Shared>,
    Caller(session): Caller,
) -> Result<Json<LoginConnections>, Problem> {
    let ways = app.use_cases.invite_members.ways(&session).await?;
    Ok(Json(LoginConnections { items: ways.all.iter().map(LoginConnectionView::from).collect(), next: None }))
}

impl From<&LoginConnection> for LoginConnectionView {
    fn from(way: &LoginConnection) -> Self {
        let kind = match way.kind {
            LoginKind::Password => Kind::Password,
            LoginKind::Social => Kind::Social,
            LoginKind::Enterprise => Kind::Enterprise,
        };
        Self { id: way.id.to_string(), display_name: label(way), kind }
    }
}
