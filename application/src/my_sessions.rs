//! Where somebody is signed in.

use std::sync::Arc;

use tenantry_ports::{Clock, Session, SessionOnDevice, Sessions};

use crate::Outage;

/// Lists the sessions of whoever is signed in.
pub struct MySessions {
    /// Where sessions are.
    pub sessions: Arc<dyn Sessions>,
    /// Which of them are over.
    pub clock: Arc<dyn Clock>,
}

/// One session of somebody's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MySession {
    /// The session.
    pub session: SessionOnDevice,
    /// Whether it is the one that asks.
    pub is_current: bool,
}

impl MySessions {
    /// All of them, the one that asks first, then the one that was used last.
    pub async fn run(&self, session: &Session) -> Result<Vec<MySession>, Outage> {
        let current = session.id.handle();
        let found = self.sessions.of_user(&session.user, self.clock.now()).await?;
        let marked =
            found.into_iter().map(|one| MySession { is_current: one.handle == current, session: one });
        let mut mine: Vec<_> = marked.collect();
        mine.sort_by_key(|one| !one.is_current);
        Ok(mine)
    }
}
