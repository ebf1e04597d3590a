//! `/api/v1/organization`: the one under which the caller is signed in. No other can be named.

use axum::Json;
use serde::{Deserialize, Serialize};
use tenantry_domain::{NotPermitted, Permission, Role, Roles, TenantRef};
use utoipa::ToSchema;

use super::caller::Caller;
use super::operation::Operation;
use crate::problem::Problem;

pub(super) const SHOW: Operation =
    Operation::new("getOrganization", "The organization under which you are signed in")
        .answering::<OrganizationView>(200);

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
