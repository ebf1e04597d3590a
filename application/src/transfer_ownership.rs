//! Handing the organization over: somebody else runs it, and oneself no longer.

use tenantry_domain::{AuditAction, Member, Permission, Role, Roles};
use tenantry_ports::Session;

use crate::people::{People, named};
use crate::{AuthorizeError, Outage};

/// Makes another member Administrator and whoever asks an Employee, in this order: there is always somebody who runs it.
pub struct TransferOwnership {
    /// Whose organization.
    pub people: People,
}

/// Why nothing is handed over.
#[derive(Debug, thiserror::Error)]
pub enum TransferOwnershipError {
    /// The organization has no such member.
    #[error("there is no such member")]
    Unknown,
    /// It is whoever asks.
    #[error("this is you already: choose another member")]
    Yourself,
    /// The member has no role yet, and every seat is taken.
    #[error("every seat is taken: change your plan, or take an invitation back")]
    NoSeat,
    /// The actor may not change roles.
    #[error(transparent)]
    NotAuthorized(#[from] AuthorizeError),
    /// Something outside is down.
    #[error(transparent)]
    Outage(#[from] Outage),
}

impl TransferOwnership {
    /// Hands over to the member with this id; answers them as they are then. Repeatable as long as it is not done.
    pub async fn run(&self, session: &Session, user: &str) -> Result<Member, TransferOwnershipError> {
        let (_turn, tenant) = self.people.take_turn(session, Permission::ChangeRoles).await?;
        let people = &self.people;
        let member = people.find(&tenant.id, user).await?.ok_or(TransferOwnershipError::Unknown)?;
        if member.user == session.user {
            return Err(TransferOwnershipError::Yourself);
        }
        if !people.has_seat(session, &tenant.id, &member.user, &member.roles).await? {
            return Err(TransferOwnershipError::NoSeat);
        }
        let roles: Roles = member.roles.iter().chain([Role::Administrator]).collect();
        people.set_roles(session, &tenant.id, &member, &roles).await?;
        let own = people.find(&tenant.id, session.user.as_str()).await?;
        let own = own.ok_or(TransferOwnershipError::Unknown)?;
        people.set_roles(session, &tenant.id, &own, &Roles::from(Role::Employee)).await?;
        people.record(session, &tenant.id, AuditAction::OwnershipTransferred, named(&member)).await;
        Ok(Member { roles, ..member })
    }
}
