//! Why somebody who was signed in is not any more.

use std::sync::Arc;

use tenantry_domain::{SessionId, TenantRef};
use tenantry_ports::{Clock, EndedSession, Members, Sessions};

use crate::Outage;

/// Tells whoever comes with a session that a change of their membership has ended what has become of that membership.
pub struct ExplainSignOut {
    /// Which sessions ended so.
    pub sessions: Arc<dyn Sessions>,
    /// Whether they still belong to the organization.
    pub members: Arc<dyn Members>,
    /// When.
    pub clock: Arc<dyn Clock>,
}

/// What has become of a membership.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignedOut {
    /// It has ended.
    Removed {
        /// Where.
        tenant: TenantRef,
        /// Whether the account was the organization's, too.
        is_brought: bool,
    },
    /// It goes on with other roles: the next login has them.
    Changed(TenantRef),
}

impl ExplainSignOut {
    /// What has become of the membership on which the session stood; `None` for a session that ended in any other way, or
    /// never began.
    pub async fn run(&self, session: &SessionId) -> Result<Option<SignedOut>, Outage> {
        let Some(ended) = self.sessions.find_ended(session, self.clock.now()).await? else { return Ok(None) };
        let is_member = self.members.find(&ended.tenant.id, &ended.user).await?.is_some();
        let EndedSession { tenant, is_brought, .. } = ended;
        Ok(Some(if is_member {
            SignedOut::Changed(tenant)
        } else {
            SignedOut::Removed { tenant, is_brought }
        }))
    }
}
