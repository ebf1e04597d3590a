//! One member, as somebody sees them who may change them.

use tenantry_domain::{DisplayName, Member, Permission, Role, SsoState, TenantId, UserId};
use tenantry_ports::Session;

use crate::people::People;
use crate::{AuthorizeError, Outage};

/// Finds one member of the organization under which someone is signed in.
pub struct FindMember {
    /// Where members are, and who may see them.
    pub people: People,
}

/// A member, and what can be done about them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberView {
    /// Who, with their roles.
    pub member: Member,
    /// Whether it is whoever asks.
    pub is_you: bool,
    /// Whether nobody else runs the organization: then they stay its Administrator.
    pub is_last_administrator: bool,
    /// What the organization's own login is called that makes them a member again when they come, also once they were
    /// removed; `None` when nothing does but an invitation.
    pub rejoins_through: Option<DisplayName>,
}

/// Why nobody is shown.
#[derive(Debug, thiserror::Error)]
pub enum FindMemberError {
    /// The organization has no such member.
    #[error("there is no such member")]
    Unknown,
    /// The actor may not see members.
    #[error(transparent)]
    NotAuthorized(#[from] AuthorizeError),
    /// Something outside is down.
    #[error(transparent)]
    Outage(#[from] Outage),
}

impl FindMember {
    /// The member with this id.
    pub async fn run(&self, session: &Session, user: &str) -> Result<MemberView, FindMemberError> {
        let administrator = self.people.authorize.to_look(session, Permission::ViewMembers)?;
        let tenant = &administrator.tenant().id;
        let member = self.people.find(tenant, user).await?.ok_or(FindMemberError::Unknown)?;
        let is_last_administrator = member.roles.contains(Role::Administrator)
            && !self.people.has_another_administrator(tenant, &member.user).await?;
        let rejoins_through = self.rejoins_through(tenant, &member.user).await?;
        let is_you = member.user == session.user;
        Ok(MemberView { member, is_you, is_last_administrator, rejoins_through })
    }

    async fn rejoins_through(&self, tenant: &TenantId, user: &UserId) -> Result<Option<DisplayName>, Outage> {
        let requests = &self.people.requests;
        let brought_by = requests.brought_by(tenant, user).await?;
        if brought_by.is_empty() {
            return Ok(None);
        }
        let lets_in =
            requests.of_tenant(tenant).await?.into_iter().map(|kept| kept.request).find(|request| {
                let is_open = request.state == SsoState::On && request.admission.auto_membership;
                is_open && brought_by.contains(&request.id)
            });
        Ok(lets_in.map(|request| request.display_name))
    }
}
