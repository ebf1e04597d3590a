//! Answering those who ask to be let in.

use std::sync::Arc;

use tenantry_domain::{AccessRequest, AuditAction, Permission, Role, Roles, TenantId, UserId};
use tenantry_ports::{AccessRequests, Session};

use crate::people::People;
use crate::{AuthorizeError, Outage};

/// Shows who asks to be let into the organization.
pub struct ListAccessRequests {
    /// Who may.
    pub people: People,
    /// Who asks.
    pub access: Arc<dyn AccessRequests>,
}

/// Lets somebody in who asks.
pub struct GrantAccess {
    /// Whose people, and who may change them.
    pub people: People,
    /// Who asks.
    pub access: Arc<dyn AccessRequests>,
}

/// Lets somebody not in who asks. They may ask again.
pub struct DeclineAccess {
    /// Whose people, and who may change them.
    pub people: People,
    /// Who asks.
    pub access: Arc<dyn AccessRequests>,
}

/// Why nobody is answered.
#[derive(Debug, thiserror::Error)]
pub enum AnswerAccessError {
    /// Nobody of this id asks.
    #[error("nobody asks any more: somebody else has answered")]
    Unknown,
    /// Every seat is taken.
    #[error("every seat is taken: change your plan, or take an invitation back")]
    NoSeat,
    /// The actor may not do it.
    #[error(transparent)]
    NotAuthorized(#[from] AuthorizeError),
    /// Something outside is down.
    #[error(transparent)]
    Outage(#[from] Outage),
}

impl ListAccessRequests {
    /// Everybody who asks, whoever asked first first.
    pub async fn run(&self, session: &Session) -> Result<Vec<AccessRequest>, AnswerAccessError> {
        let administrator = self.people.authorize.to_look(session, Permission::InviteMembers)?;
        Ok(self.access.of_tenant(&administrator.tenant().id).await.map_err(Outage::from)?)
    }
}

impl GrantAccess {
    /// Makes the person a member with this role. Repeatable: what an interruption has left half-done the next try
    /// finishes, and whoever has become a member by other means meanwhile keeps the roles that they have.
    pub async fn run(
        &self,
        session: &Session,
        user: &str,
        role: Role,
    ) -> Result<AccessRequest, AnswerAccessError> {
        let people = &self.people;
        let (_turn, tenant) = people.take_turn(session, Permission::InviteMembers).await?;
        let asked = find(&*self.access, &tenant.id, user).await?;
        let member = people.find(&tenant.id, user).await?;
        let roles = member.map_or_else(Roles::default, |member| member.roles);
        if roles.is_empty() {
            if !people.has_seat(session, &tenant.id, &asked.user, &roles).await? {
                return Err(AnswerAccessError::NoSeat);
            }
            people.members.add(&tenant.id, &asked.user).await.map_err(Outage::from)?;
            people.members.assign(&tenant.id, &asked.user, role).await.map_err(Outage::from)?;
        }
        people.admit(&tenant.id, &asked.user).await?;
        self.access.settle(&tenant.id, &asked.user).await.map_err(Outage::from)?;
        let subject = format!("{}: {}", asked.email, role.name());
        people.record(session, &tenant.id, AuditAction::AccessGranted, subject).await;
        Ok(asked)
    }
}

impl DeclineAccess {
    /// Forgets that the person asks.
    pub async fn run(&self, session: &Session, user: &str) -> Result<AccessRequest, AnswerAccessError> {
        let (_turn, tenant) = self.people.take_turn(session, Permission::InviteMembers).await?;
        let asked = find(&*self.access, &tenant.id, user).await?;
        self.access.settle(&tenant.id, &asked.user).await.map_err(Outage::from)?;
        self.people.record(session, &tenant.id, AuditAction::AccessDeclined, asked.email.to_string()).await;
        Ok(asked)
    }
}

/// What somebody asks. An id that can't be one, one of nobody and one of somebody who asks another organization are all
/// unknown.
async fn find(
    access: &dyn AccessRequests,
    tenant: &TenantId,
    user: &str,
) -> Result<AccessRequest, AnswerAccessError> {
    let user = UserId::try_from(user).map_err(|_| AnswerAccessError::Unknown)?;
    let found = access.find(tenant, &user).await.map_err(Outage::from)?;
    found.ok_or(AnswerAccessError::Unknown)
}
