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

/// What somebody who is about to leave has to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeavingView {
    /// What they would leave.
    pub tenant: TenantRef,
    /// Whether nobody else runs it: then they stay.
    pub is_last_administrator: bool,
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
    /// What they would leave, and whether they can. The provider is asked when they run it.
    pub async fn view(&self, session: &Session) -> Result<LeavingView, LeaveOrganizationError> {
        let tenant = session.actor().in_tenant()?.tenant().clone();
        let is_last_administrator = session.roles.contains(Role::Administrator)
            && !self.people.has_another_administrator(&tenant.id, &session.user).await?;
        Ok(LeavingView { tenant, is_last_administrator })
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
