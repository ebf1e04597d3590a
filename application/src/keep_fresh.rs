//! Keeping what a session shows as fresh as the provider.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use tenantry_domain::post_login::may_come_of_a_login;
use tenantry_domain::{Roles, Subscription, TenantRef, Timestamp};
use tenantry_ports::{Clock, Members, Session, Sessions, SessionsError, Tenants, Users};

use crate::{Outage, Remains, looks};

/// A change that was made directly at the provider is seen no later than this.
const FRESH_FOR: Duration = Duration::from_mins(1);

/// How long a provider that did not answer is left alone, so that not every page waits for it in vain.
const PAUSE: Duration = Duration::from_secs(10);

/// Reads a session's roles and subscription again when they were last read a minute ago.
///
/// A page needs no call to the provider; the first one after a minute makes one (two under a tenant, together).
pub struct KeepFresh {
    sessions: Arc<dyn Sessions>,
    users: Arc<dyn Users>,
    tenants: Arc<dyn Tenants>,
    members: Arc<dyn Members>,
    remains: Remains,
    clock: Arc<dyn Clock>,
    /// Until when the provider is left alone because it did not answer.
    paused_until: AtomicI64,
}

impl KeepFresh {
    /// Keeps sessions and looks as fresh as `users`, `tenants` and `members` are, and clears away what `remains` of a
    /// tenant that is gone.
    pub fn new(
        users: Arc<dyn Users>,
        tenants: Arc<dyn Tenants>,
        members: Arc<dyn Members>,
        remains: Remains,
    ) -> Self {
        let (sessions, clock) = (Arc::clone(&remains.sessions), Arc::clone(&remains.clock));
        Self { sessions, users, tenants, members, remains, clock, paused_until: AtomicI64::new(0) }
    }

    /// Whether the session was read so long ago that it has to be read again, and the provider is not left alone.
    pub fn is_due(&self, session: &Session) -> bool {
        let now = self.clock.now();
        now >= session.refreshed_at + FRESH_FOR
            && now.as_millis() >= self.paused_until.load(Ordering::Relaxed)
    }

    /// The session as it is now, and `None` when its tenant or its account is gone: then it has ended.
    ///
    /// While the provider can't be reached it stays as it was, so that people go on working.
    pub async fn run(&self, session: Session) -> Result<Option<Session>, SessionsError> {
        if !self.is_due(&session) {
            return Ok(Some(session));
        }
        match self.read(&session, self.clock.now()).await {
            Ok(Some(fresh)) => {
                // What was just read counts all the same; the next page reads it again.
                if let Err(error) = self.sessions.refresh(&session, &fresh).await {
                    tracing::warn!(%error, "a refreshed session can't be kept");
                }
                Ok(Some(fresh))
            }
            Ok(None) => {
                self.sessions.end(&session.id).await?;
                self.clear_after(&session).await;
                Ok(None)
            }
            Err(outage) => {
                tracing::warn!(%outage, "sessions can't be refreshed for a while");
                self.leave_alone(match outage {
                    Outage::RateLimited { retry_after } => retry_after,
                    _ => None,
                });
                Ok(Some(session))
            }
        }
    }

    /// Leaves the provider alone for a while, or for as long as it asked: it did not answer, or not in time.
    pub fn leave_alone(&self, asked: Option<Duration>) {
        let until = self.clock.now() + asked.map_or(PAUSE, |asked| asked.max(PAUSE));
        self.paused_until.store(until.as_millis(), Ordering::Relaxed);
    }

    async fn read(&self, session: &Session, now: Timestamp) -> Result<Option<Session>, Outage> {
        let mut look = None;
        let (stored, roles) = match &session.tenant {
            Some(tenant) => {
                let (found, roles) = tokio::join!(
                    self.tenants.find(&tenant.id),
                    self.members.roles(&tenant.id, &session.user)
                );
                let Some(found) = found? else { return Ok(None) };
                look = Some(looks::seen(&*self.remains.looks, &found, session.look.as_ref()).await);
                (found.subscription, self.counted(session, tenant, roles?).await?)
            }
            None => {
                let Some(found) = self.users.find(&session.user).await? else { return Ok(None) };
                (found.subscription, Roles::default())
            }
        };
        let subscription: Option<Subscription> = stored.and_then(|text| text.parse().ok());
        Ok(Some(Session { look, roles, subscription, refreshed_at: now, ..session.clone() }))
    }

    /// The roles that count. Who found no seat may have been given a role by another login, which has not come back: no
    /// seat was counted for it.
    async fn counted(&self, session: &Session, tenant: &TenantRef, roles: Roles) -> Result<Roles, Outage> {
        let is_new = session.roles.is_empty() && !roles.is_empty();
        if !is_new || !may_come_of_a_login(&roles) {
            return Ok(roles);
        }
        let (requests, user) = (&self.remains.requests, &session.user);
        let is_newcomer =
            requests.has_brought(&tenant.id, user).await? && !requests.is_admitted(&tenant.id, user).await?;
        Ok(if is_newcomer { Roles::default() } else { roles })
    }

    /// Whoever deleted the tenant, here or at the provider, may not have come to the end of it.
    async fn clear_after(&self, session: &Session) {
        let Some(tenant) = &session.tenant else { return };
        if let Err(outage) = self.remains.clear(&tenant.id).await {
            tracing::warn!(%outage, tenant = %tenant.id, "something is left of an organization that is gone");
        }
    }
}
