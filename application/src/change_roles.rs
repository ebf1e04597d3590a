//! Giving a member other roles.

use tenantry_domain::{AuditAction, Member, Permission, Role, Roles, UnknownRole};
use tenantry_ports::Session;

use crate::people::{People, named};
use crate::{AuthorizeError, Outage};

/// Gives a member of the organization other roles. Their sessions under it end, so that the next one has them.
pub struct ChangeRoles {
    /// Whose roles, and who may change them.
    pub people: People,
}

/// Why the roles stay as they are.
#[derive(Debug, thiserror::Error)]
pub enum ChangeRolesError {
    /// The organization has no such member.
    #[error("there is no such member")]
    Unknown,
    /// One of the names is no role.
    #[error(transparent)]
    UnknownRole(#[from] UnknownRole),
    /// No role at all was chosen.
    #[error("choose at least one role; to end a membership, remove the member")]
    NoRole,
    /// Nobody else runs the organization.
    #[error("an organization needs an Administrator: make somebody else one first")]
    LastAdministrator,
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

impl ChangeRoles {
    /// Gives the member exactly these roles. Repeatable: what an interruption has left half-done the next try finishes.
    pub async fn run(
        &self,
        session: &Session,
        user: &str,
        roles: &[&str],
    ) -> Result<Member, ChangeRolesError> {
        let (_turn, tenant) = self.people.take_turn(session, Permission::ChangeRoles).await?;
        let wanted = roles.iter().map(|name| name.parse()).collect::<Result<Roles, UnknownRole>>()?;
        if wanted.is_empty() {
            return Err(ChangeRolesError::NoRole);
        }
        let people = &self.people;
        let member = people.find(&tenant.id, user).await?.ok_or(ChangeRolesError::Unknown)?;
        let steps_back = member.roles.contains(Role::Administrator) && !wanted.contains(Role::Administrator);
        if steps_back && !people.has_another_administrator(&tenant.id, &member.user).await? {
            return Err(ChangeRolesError::LastAdministrator);
        }
        if !people.has_seat(session, &tenant.id, &member.user, &member.roles).await? {
            return Err(ChangeRolesError::NoSeat);
        }
        people.set_roles(session, &tenant.id, &member, &wanted).await?;
        if member.roles == wanted {
            return Ok(member);
        }
        let held = wanted.iter().map(Role::name).collect::<Vec<_>>().join(" and ");
        let subject = format!("{}: {held}", named(&member));
        people.record(session, &tenant.id, AuditAction::RolesChanged, subject).await;
        Ok(Member { roles: wanted, ..member })
    }
}
