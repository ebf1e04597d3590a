//! Answering those who ask to be let in.

use std::sync::Arc;

use tenantry_domain::{
    AccessRequest, AuditAction, DisplayName, EmailAddress, Permission, Role, Roles, SsoFault, TenantId,
    UserId,
};
use tenantry_ports::{AccessRequests, DomainProofs, Session};

use super::parts::proved;
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
    /// Which domains are whose.
    pub proofs: Arc<dyn DomainProofs>,
}

/// Somebody who asked and is a member now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Granted {
    /// What they asked.
    pub asked: AccessRequest,
    /// The roles that they have.
    pub roles: Roles,
    /// Whether they were a member by other means already, with these roles: then nothing was changed.
    pub was_member: bool,
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
    /// The organization's own provider does not vouch for them any more as it did when they asked.
    #[error("{connection} does not let {email} in any more ({fault:?})")]
    NotVouched {
        /// Why.
        fault: SsoFault,
        /// With which address they asked.
        email: EmailAddress,
        /// What the connection is called through which they came.
        connection: DisplayName,
    },
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
    /// Makes the person a member with this role, as long as the organization's provider vouches for them as it did when
    /// they asked. Repeatable: what an interruption has left half-done the next try finishes, and whoever has become a
    /// member by other means meanwhile keeps the roles that they have.
    pub async fn run(&self, session: &Session, user: &str, role: Role) -> Result<Granted, AnswerAccessError> {
        let people = &self.people;
        let (_turn, tenant) = people.take_turn(session, Permission::InviteMembers).await?;
        let asked = find(&*self.access, &tenant.id, user).await?;
        let member = people.find(&tenant.id, user).await?;
        let roles = member.map_or_else(Roles::default, |member| member.roles);
        let was_member = people.is_member(&tenant.id, &asked.user, &roles).await? && {
            // An earlier try of this may have come so far.
            let known = people.requests.is_admitted(&tenant.id, &asked.user).await.map_err(Outage::from)?;
            known || roles != Roles::from(role)
        };
        if !was_member {
            self.vouched(&asked).await?;
            if !people.has_seat(session, &tenant.id, &asked.user, &roles).await? {
                return Err(AnswerAccessError::NoSeat);
            }
            people.members.add(&tenant.id, &asked.user).await.map_err(Outage::from)?;
            people.members.assign(&tenant.id, &asked.user, role).await.map_err(Outage::from)?;
        }
        people.admit(&tenant.id, &asked.user).await?;
        self.access.settle(&tenant.id, &asked.user).await.map_err(Outage::from)?;
        if was_member {
            return Ok(Granted { asked, roles, was_member });
        }
        let subject = format!("{}: {}", asked.email, role.name());
        people.record(session, &tenant.id, AuditAction::AccessGranted, subject).await;
        Ok(Granted { asked, roles: Roles::from(role), was_member })
    }

    /// Whether the connection and the domain of the address still stand, by which whoever asks was known. That the address
    /// is theirs was seen when they asked.
    async fn vouched(&self, asked: &AccessRequest) -> Result<(), AnswerAccessError> {
        let kept = self.people.requests.find(&asked.tenant, &asked.request).await.map_err(Outage::from)?;
        let kept = kept.ok_or(AnswerAccessError::Unknown)?;
        let proved = proved(&self.proofs.of_tenant(&asked.tenant).await.map_err(Outage::from)?);
        kept.request.admit(Some(&asked.email), true, &proved).map_err(|fault| AnswerAccessError::NotVouched {
            fault,
            email: asked.email.clone(),
            connection: kept.request.display_name,
        })
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
