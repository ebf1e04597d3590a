//! Giving up one's own membership.

use tenantry_domain::{AuditAction, NotPermitted, Role, TenantRef};
use tenantry_ports::Session;

use crate::Outage;
use crate::people::People;

/// Ends the membership of whoever asks, also when the organization's plan is over.
pub struct LeaveOrganization {
    /// Whose people they are one of.
    pub people: People,
}

/// Why they stay.
#[derive(Debug, thiserror::Error)]
pub enum LeaveOrganizationError {
    /// Nobody else runs the organization.
    #[error(
        "an organization needs an Administrator: make somebody else one first, or delete the organization"
    )]
    LastAdministrator,
    /// They are signed in outside of any organization.
    #[error(transparent)]
    NotPermitted(#[from] NotPermitted),
    /// Something outside is down.
    #[error(transparent)]
    Outage(#[from] Outage),
}

impl LeaveOrganization {
    /// What they would leave.
    pub fn view(&self, session: &Session) -> Result<TenantRef, LeaveOrganizationError> {
        Ok(session.actor().in_tenant()?.tenant().clone())
    }

    /// Leaves the organization under which they are signed in; answers which it was.
    pub async fn run(&self, session: &Session) -> Result<TenantRef, LeaveOrganizationError> {
        let people = &self.people;
        // It needs no role: a membership of whatever kind is one's own to give up.
        let tenant = session.actor().in_tenant()?.tenant().clone();
        let _turn = people.turns.take(&tenant.id).await.map_err(Outage::from)?;
        let roles = people.members.roles(&tenant.id, &session.user).await.map_err(Outage::from)?;
        if roles.contains(Role::Administrator)
            && !people.has_another_administrator(&tenant.id, &session.user).await?
        {
            return Err(LeaveOrganizationError::LastAdministrator);
        }
        people.end_membership(session, &tenant.id, &session.user).await?;
        people.record(session, &tenant.id, AuditAction::MemberLeft, session.name.clone()).await;
        Ok(tenant)
    }
}
