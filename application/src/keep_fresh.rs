//! Keeping what a session shows as fresh as the provider.

use std::sync::Arc;
use std::time::Duration;

use tenantry_domain::{Roles, Subscription, Timestamp};
use tenantry_ports::{Clock, Members, Session, Sessions, SessionsError, Tenants, Users};

use crate::Outage;

/// A change that was made directly at the provider is seen no later than this.
const FRESH_FOR: Duration = Duration::from_mins(1);
/// While the provider is down, what was last read counts no longer than this.
const STALE_FOR: Duration = Duration::from_mins(15);

/// Reads a session's roles and subscription again when they were last read a minute ago.
///
/// A page needs no call to the provider; the first one after a minute makes one (two under a tenant, together).
pub struct KeepFresh {
    /// Where sessions are.
    pub sessions: Arc<dyn Sessions>,
    /// Where a person's subscription is.
    pub users: Arc<dyn Users>,
    /// Where a tenant's subscription is.
    pub tenants: Arc<dyn Tenants>,
    /// Where roles are.
    pub members: Arc<dyn Members>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
}

impl KeepFresh {
    /// The session as it is now, and `None` when its tenant or its account is gone: then it has ended.
    ///
    /// While the provider can't be reached it stays as it was for a quarter of an hour, so that people go on working;
    /// after that its roles are not believed any more.
    pub async fn run(&self, session: Session) -> Result<Option<Session>, SessionsError> {
        let now = self.clock.now();
        if now < session.refreshed_at + FRESH_FOR {
            return Ok(Some(session));
        }
        match self.read(&session, now).await {
            Ok(Some(fresh)) => {
                self.sessions.refresh(&session, &fresh).await?;
                Ok(Some(fresh))
            }
            Ok(None) => {
                self.sessions.end(&session.id).await?;
                Ok(None)
            }
            Err(outage) => {
                tracing::warn!(%outage, "a session can't be refreshed");
                let is_believed = now < session.refreshed_at + STALE_FOR;
                let roles = if is_believed { session.roles } else { Roles::default() };
                Ok(Some(Session { roles, ..session }))
            }
        }
    }

    async fn read(&self, session: &Session, now: Timestamp) -> Result<Option<Session>, Outage> {
        let (stored, roles) = match &session.tenant {
            Some(tenant) => {
                let (found, roles) = tokio::join!(
                    self.tenants.find(&tenant.id),
                    self.members.roles(&tenant.id, &session.user)
                );
                let Some(found) = found? else { return Ok(None) };
                (found.subscription, roles?)
            }
            None => {
                let Some(found) = self.users.find(&session.user).await? else { return Ok(None) };
                (found.subscription, Roles::default())
            }
        };
        let subscription: Option<Subscription> = stored.and_then(|text| text.parse().ok());
        Ok(Some(Session { roles, subscription, refreshed_at: now, ..session.clone() }))
    }
}
