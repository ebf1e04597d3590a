//! Ending somebody else's membership.

use tenantry_domain::{AuditAction, Member, Permission, Role};
use tenantry_ports::Session;

use crate::people::{People, named};
use crate::{AuthorizeError, Outage};

/// Removes a member from the organization. They keep their account; their sessions under it end.
pub struct RemoveMember {
    /// Who, and who may remove them.
    pub people: People,
}

/// Why the member stays.
#[derive(Debug, thiserror::Error)]
pub enum RemoveMemberError {
    /// The organization has no such member.
    #[error("there is no such member")]
    Unknown,
    /// It is whoever asks.
    #[error("this is you: leave the organization instead")]
    Yourself,
    /// Nobody else runs the organization.
    #[error("an organization needs an Administrator: make somebody else one first")]
    LastAdministrator,
    /// The actor may not remove members.
    #[error(transparent)]
    NotAuthorized(#[from] AuthorizeError),
    /// Something outside is down.
    #[error(transparent)]
    Outage(#[from] Outage),
}

impl RemoveMember {
    /// Removes the member with this id. After an interruption the next try finishes it, or says that there is no such
    /// member any more.
    pub async fn run(&self, session: &Session, user: &str) -> Result<Member, RemoveMemberError> {
        let (_turn, tenant) = self.people.take_turn(session, Permission::RemoveMembers).await?;
        let people = &self.people;
        let member = people.find(&tenant.id, user).await?.ok_or(RemoveMemberError::Unknown)?;
        if member.user == session.user {
            return Err(RemoveMemberError::Yourself);
        }
        // Whoever asks is an Administrator, read a moment ago; the list is asked all the same, for the member may be the
        // last one whom it knows.
        if member.roles.contains(Role::Administrator)
            && !people.has_another_administrator(&tenant.id, &member.user).await?
        {
            return Err(RemoveMemberError::LastAdministrator);
        }
        people.end_membership(session, &tenant.id, &member.user).await?;
        people.record(session, &tenant.id, AuditAction::MemberRemoved, named(&member)).await;
        Ok(member)
    }
}
