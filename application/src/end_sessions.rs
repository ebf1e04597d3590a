//! Signing out where one is not: one session of one's own, or all but the one at hand.

use std::sync::Arc;

use tenantry_domain::{AuditAction, AuditEntry, SessionHandle};
use tenantry_ports::{AuditLog, Clock, Session, Sessions, SessionsOf};

use crate::sign_in::remembered_until;
use crate::{Outage, audit};

/// Ends sessions of whoever is signed in. Their next request is a stranger's, on every instance.
pub struct EndSessions {
    /// Where sessions are.
    pub sessions: Arc<dyn Sessions>,
    /// Remembers it.
    pub audit_log: Arc<dyn AuditLog>,
    /// When.
    pub clock: Arc<dyn Clock>,
}

/// Why no session has ended.
#[derive(Debug, thiserror::Error)]
pub enum EndSessionsError {
    /// None of the person's sessions has this handle: whether somebody else's has, nobody learns.
    #[error("there is no such session")]
    UnknownSession,
    /// Something outside is down.
    #[error(transparent)]
    Outage(#[from] Outage),
}

impl EndSessions {
    /// Ends this one, be it the one that asks.
    pub async fn one(&self, session: &Session, which: &SessionHandle) -> Result<(), EndSessionsError> {
        if !self.sessions.end_own(&session.user, which).await.map_err(Outage::from)? {
            return Err(EndSessionsError::UnknownSession);
        }
        self.record(session, 1).await;
        Ok(())
    }

    /// Ends every other one, those included whose login is under way; answers how many those were.
    pub async fn others(&self, session: &Session) -> Result<u64, Outage> {
        let (whose, spared) = (SessionsOf::User(session.user.clone()), Some(session.id.clone()));
        let now = self.clock.now();
        let ended = self.sessions.end_all(&whose, spared, now, remembered_until(now)).await?;
        self.record(session, ended).await;
        Ok(ended)
    }

    async fn record(&self, session: &Session, ended: u64) {
        let entry = AuditEntry {
            at: self.clock.now(),
            actor: session.user.clone(),
            actor_name: Some(session.name.clone()),
            tenant: None,
            action: AuditAction::SessionsEnded,
            subject: if ended == 1 { "1 session".to_owned() } else { format!("{ended} sessions") },
        };
        audit::record(&*self.audit_log, &entry).await;
    }
}
