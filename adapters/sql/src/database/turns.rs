//! [`Turns`] of everybody who uses a database.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use async_trait::async_trait;
use tenantry_domain::TenantId;
use tenantry_ports::{Turn, Turns, TurnsError};

use super::server_locks::ServerLocks;
use super::{Connections, Database};

/// How long somebody waits for their turn.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often it is looked whether another instance is done. It is done long before, mostly.
const LOOK_AGAIN: Duration = Duration::from_millis(25);

/// Turns in memory, and where other processes use the database as well, at its server.
#[derive(Clone, Debug)]
pub struct SqlTurns {
    queues: Queues,
    server: Option<ServerLocks>,
}

type Queue = tokio::sync::Mutex<()>;

/// One queue for each tenant that somebody holds or waits for. Clones share them.
#[derive(Clone, Debug, Default)]
pub(super) struct Queues(Arc<Mutex<HashMap<TenantId, Weak<Queue>>>>);

impl SqlTurns {
    /// The turns of whoever uses this database.
    pub fn new(database: &Database) -> Self {
        let server = match &database.connections {
            Connections::Sqlite(_) => None,
            Connections::Postgres(pools) => Some(pools.turns.clone()),
        };
        Self { queues: database.queues.clone(), server }
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
        let taking = async {
            let Some(server) = &self.server else { return Ok(Turn::holding(queue.lock_owned().await)) };
            let here = match Arc::clone(&queue).try_lock_owned() {
                Ok(here) => here,
                Err(_) => {
                    let here = queue.lock_owned().await;
                    // Who waits at another instance comes before who has waited here.
                    tokio::time::sleep(LOOK_AGAIN).await;
                    here
                }
            };
            let name = format!("turn:{tenant}");
            loop {
                let locked = server.try_lock(&name).await;
                match locked.map_err(|error| TurnsError::Unavailable(Box::new(error)))? {
                    Some(there) => return Ok(Turn::holding(there.then_releases(here))),
                    None => tokio::time::sleep(LOOK_AGAIN).await,
                }
            }
        };
        tokio::time::timeout(PATIENCE, taking).await.unwrap_or(Err(TurnsError::Busy))
    }
}
