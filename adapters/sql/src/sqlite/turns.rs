//! [`Turns`] of the one process that a SQLite file belongs to.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use async_trait::async_trait;
use tenantry_domain::TenantId;
use tenantry_ports::{Turn, Turns, TurnsError};

use super::Database;

/// How long somebody waits for their turn.
const PATIENCE: Duration = Duration::from_secs(10);

/// Turns in memory: the database belongs to this process, so nobody else can want one.
#[derive(Clone, Debug)]
pub struct SqlTurns {
    queues: Queues,
}

type Queue = tokio::sync::Mutex<()>;

/// One queue for each tenant that somebody holds or waits for. Clones share them.
#[derive(Clone, Debug, Default)]
pub(super) struct Queues(Arc<Mutex<HashMap<TenantId, Weak<Queue>>>>);

impl SqlTurns {
    /// The turns of whoever uses this database.
    pub fn new(database: &Database) -> Self {
        Self { queues: database.turns.clone() }
    }
}

impl Queues {
    fn of(&self, tenant: &TenantId) -> Arc<Queue> {
        let mut queues = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(queue) = queues.get(tenant).and_then(Weak::upgrade) {
            return queue;
        }
        queues.retain(|_, queue| queue.strong_count() > 0);
        let queue = Arc::new(Queue::default());
        queues.insert(tenant.clone(), Arc::downgrade(&queue));
        queue
    }
}

#[async_trait]
impl Turns for SqlTurns {
    async fn take(&self, tenant: &TenantId) -> Result<Turn, TurnsError> {
        let queue = self.queues.of(tenant);
        match tokio::time::timeout(PATIENCE, queue.lock_owned()).await {
            Ok(held) => Ok(Turn::holding(held)),
            Err(_) => Err(TurnsError::Busy),
        }
    }
}
