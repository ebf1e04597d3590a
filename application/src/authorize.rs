//! Whether somebody may change what belongs to an organization: asked of the provider, now.

use std::sync::Arc;

use tenantry_domain::post_login::may_come_of_a_login;
use tenantry_domain::{Administrator, Feature, NotPermitted, Permission, Roles};
use tenantry_ports::{Clock, Members, Session, Sessions, Turn, Turns};

use crate::Outage;
use crate::home::standing;

/// Finds out before every change whether whoever asks still has the role for it. What a session says may be a minute
/// old; to look at something that is enough, to change something it is not.
#[derive(Clone)]
pub struct Authorize {
    /// Who has which role.
    pub members: Arc<dyn Members>,
    /// Where a role that turns out to have changed is noted.
    pub sessions: Arc<dyn Sessions>,
    /// Whether the organization's plan is current.
    pub clock: Arc<dyn Clock>,
}

/// Why somebody may not do it.
#[derive(Debug, thiserror::Error)]
pub enum AuthorizeError {
    /// The role does not permit it.
    #[error(transparent)]
    NotPermitted(#[from] NotPermitted),
    /// The organization's plan is over, or it has none.
    #[error("the organization's plan has ended")]
    PlanEnded,
    /// Something outside is down.
    #[error(transparent)]
    Outage(#[from] Outage),
}

impl Authorize {
    /// The person of this session as one who may look at it: what the session says counts.
    pub fn to_look(
        &self,
        session: &Session,
        permission: Permission,
    ) -> Result<Administrator, AuthorizeError> {
        let administrator = session.actor().permitted(permission)?;
        if permission.needs_plan() {
            self.plan_is_current(session)?;
        }
        Ok(administrator)
    }

    /// The person of this session as one who may change it: the provider is asked for their roles, in one call. A role
    /// that they have no longer is gone from their session at once. One that whoever has none may owe to a login that was
    /// not finished counts when the session is next refreshed, if a seat was counted for it.
    pub async fn to_change(
        &self,
        session: &Session,
        permission: Permission,
    ) -> Result<Administrator, AuthorizeError> {
        let actor = session.actor().in_tenant()?;
        let roles = self.members.roles(&actor.tenant().id, actor.user()).await.map_err(Outage::from)?;
        let is_unsure = session.roles.is_empty() && may_come_of_a_login(&roles);
        let roles = if is_unsure { Roles::default() } else { roles };
        let now = Session { roles, ..session.clone() };
        if now.roles != session.roles {
            self.sessions.refresh(session, &now).await.map_err(Outage::from)?;
        }
        self.to_look(&now, permission)
    }

    /// The same in the organization's turn, for what rests on who may what and on who belongs to it: the role is read when
    /// the turn has come, so that whoever has lost it while waiting is refused.
    pub(crate) async fn in_turn(
        &self,
        turns: &dyn Turns,
        session: &Session,
        permission: Permission,
    ) -> Result<(Turn, Administrator), AuthorizeError> {
        let looked = self.to_look(session, permission)?;
        let turn = turns.take(&looked.tenant().id).await.map_err(Outage::from)?;
        Ok((turn, self.to_change(session, permission).await?))
    }

    fn plan_is_current(&self, session: &Session) -> Result<(), AuthorizeError> {
        let is_open = standing(session, self.clock.now()).opens(Feature::Administration);
        if is_open { Ok(()) } else { Err(AuthorizeError::PlanEnded) }
    }
}
