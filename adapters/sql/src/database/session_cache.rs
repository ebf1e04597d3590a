//! Sessions that were read lately, so that a page need not wait for another thread to read a row.
//!
//! A file of SQLite's belongs to one process (its lock sees to that), and every write to a session goes through
//! [`SessionCache::writing`], so what is kept here is never older than the last write that was acknowledged.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use tenantry_domain::SessionId;
use tenantry_ports::Session;

/// How many sessions are kept. When there are more, all are forgotten: they are a read away.
const MOST: usize = 20_000;

/// Sessions that were read lately. Clones share them.
#[derive(Clone, Debug, Default)]
pub(crate) struct SessionCache(Arc<RwLock<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    sessions: HashMap<SessionId, Session>,
    /// Counts the writes, so that what was read before one is not kept after it.
    writes: u64,
}

/// Which write had been the last one when a read began.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ReadAt(u64);

/// A write that is under way; when it ends, the sessions that it concerns are forgotten.
#[derive(Debug)]
pub(crate) struct Writing {
    cache: SessionCache,
    concerns: Concerns,
}

/// Which sessions a write concerns.
#[derive(Debug)]
pub(crate) enum Concerns {
    /// This one.
    One(SessionId),
    /// More than one can say.
    All,
}

impl SessionCache {
    /// The session, or else when the read that is to find it began.
    pub(crate) fn get(&self, id: &SessionId) -> Result<Session, ReadAt> {
        let kept = self.read();
        kept.sessions.get(id).cloned().ok_or(ReadAt(kept.writes))
    }

    /// Keeps what was read, unless something was written since the read began.
    pub(crate) fn keep(&self, session: &Session, read_at: ReadAt) {
        let mut kept = self.write();
        if kept.writes != read_at.0 {
            return;
        }
        if kept.sessions.len() >= MOST {
            kept.sessions.clear();
        }
        kept.sessions.insert(session.id.clone(), session.clone());
    }

    /// Announces a write. It has to run to its end: what is announced must not be dropped before it is known whether it
    /// was carried out.
    pub(crate) fn writing(&self, concerns: Concerns) -> Writing {
        Writing { cache: self.clone(), concerns }
    }

    fn read(&self) -> RwLockReadGuard<'_, Kept> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Kept> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        let mut kept = self.cache.write();
        kept.writes = kept.writes.wrapping_add(1);
        match &self.concerns {
            Concerns::One(id) => {
                kept.sessions.remove(id);
            }
            Concerns::All => kept.sessions.clear(),
        }
    }
}
