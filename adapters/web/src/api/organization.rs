//! `/api/v1/organization`: the one under which the caller is signed in. No other can be named.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use tenantry_application::DeleteOrganizationError;
use tenantry_domain::{NotPermitted, Permission, Role, Roles, TenantRef};
use utoipa::ToSchema;

use super::body;
use super::caller::Caller;
use super::operation::{Body, Operation};
use super::session::signed_out;
use crate::Shared;
use crate::pages::deletion;
use crate::problem::Problem;

pub(super) const SHOW: Operation =
    Operation::new("getOrganization", "The organization under which you are signed in")
        .answering::<OrganizationView>(200);

pub(super) const EXPORT: Operation = Operation {
    details: "One JSON object a line; the last one is of the kind `end`: without it something is missing.",
    answer: Some(Body::of::<ExportedLine>()),
    media_type: "application/jsonl",
    status: 200,
    ..Operation::new("exportOrganization", "A copy of what belongs to the organization")
};

pub(super) const DELETE: Operation = Operation {
    details: "For everybody in it, at once. People keep their own accounts, but for those that came through a connection to \
              its identity provider, which end with it. Take a copy before.",
    body: Some(Body::of::<OrganizationDeletion>()),
    refusals: &[(409, "A payment for it is just being completed.")],
    ..Operation::new("deleteOrganization", "Deletes the organization")
};

const WHICH_NAME: &str = "Send the organization's name, exactly as GET /api/v1/organization tells it.";

/// Says that it is meant.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OrganizationDeletion {
    /// The organization's name.
    name: String,
}

/// A line of a copy: a JSON object with its `kind`, which is `organization`, `member`, `invitation`, `domain`, `connection`,
/// `login_failure`, `audit` or `end`. A connection comes without its secret.
#[derive(Debug, ToSchema)]
#[allow(dead_code, reason = "it is only described")]
pub(super) struct ExportedLine(String);

/// An organization.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OrganizationRef {
    /// Its id.
    id: String,
    /// Its name, as one types it to log in.
    name: String,
}

/// What a member may do is decided by these alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Role)]
pub(super) enum RoleName {
    /// Runs the organization.
    Administrator,
    /// Uses the product.
    Employee,
}

/// The organization, and what you may do there.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Organization)]
pub(super) struct OrganizationView {
    /// Its id.
    id: String,
    /// Its name, as one types it to log in.
    name: String,
    /// Your roles there.
    roles: Vec<RoleName>,
    /// Whether you may change what belongs to it.
    may_administer: bool,
}

pub(super) async fn show(Caller(session): Caller) -> Result<Json<OrganizationView>, Problem> {
    let actor = session.actor().in_tenant()?;
    if !actor.roles().permit(Permission::UseProduct) {
        return Err(NotPermitted::Role.into());
    }
    Ok(Json(OrganizationView {
        id: actor.tenant().id.to_string(),
        name: actor.tenant().name.to_string(),
        roles: role_names(actor.roles()),
        may_administer: actor.roles().permit(Permission::CustomizeOrganization),
    }))
}

pub(super) async fn export(State(app): State<Shared>, Caller(session): Caller) -> Result<Response, Problem> {
    deletion::copy(&app, &session).await
}

pub(super) async fn delete(
    State(app): State<Shared>,
    Caller(session): Caller,
    body::Json(wish): body::Json<OrganizationDeletion>,
) -> Result<(StatusCode, HeaderMap), Problem> {
    app.use_cases.delete_organization.run(&session, &wish.name).await.map_err(|error| {
        let is_name = matches!(error, DeleteOrganizationError::NotConfirmed);
        let problem = Problem::from(error);
        if is_name { problem.not_confirmed_by("name", WHICH_NAME) } else { problem }
    })?;
    Ok((StatusCode::NO_CONTENT, signed_out(&app)))
}

impl From<&TenantRef> for OrganizationRef {
    fn from(tenant: &TenantRef) -> Self {
        Self { id: tenant.id.to_string(), name: tenant.name.to_string() }
    }
}

impl From<Role> for RoleName {
    fn from(role: Role) -> Self {
        match role {
            Role::Administrator => Self::Administrator,
            Role::Employee => Self::Employee,
        }
    }
}

impl From<RoleName> for Role {
    fn from(role: RoleName) -> Self {
        match role {
            RoleName::Administrator => Self::Administrator,
            RoleName::Employee => Self::Employee,
        }
    }
}

pub(super) fn role_names(roles: &Roles) -> Vec<RoleName> {
    roles.iter().map(RoleName::from).collect()
}
