//! [`Turns`] of everybody who uses a database.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use async_trait::async_trait;
use sqlx::PgPool;
use tenantry_domain::TenantId;
use tenantry_ports::{Turn, Turns, TurnsError};

use super::{Connections, Database};

/// How long somebody waits for their turn.
const PATIENCE: Duration = Duration::from_secs(10);
/// PostgreSQL's code for a lock that was waited for as long as that.
const LOCK_NOT_AVAILABLE: &str = "55P03";

/// Turns in memory, and where other processes use the database as well, at its server.
#[derive(Clone, Debug)]
pub struct SqlTurns {
    queues: Queues,
    /// Connections to the server that others take their turns at.
    server: Option<PgPool>,
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
            let here = queue.lock_owned().await;
            let Some(server) = &self.server else { return Ok(Turn::holding(here)) };
            let there = at_server(server, tenant).await?;
            Ok(Turn::holding((there, here)))
        };
        tokio::time::timeout(PATIENCE, taking).await.unwrap_or(Err(TurnsError::Busy))
    }
}

/// A turn at the server is a lock that goes with its transaction: it is over when that is dropped, or when the server sees
/// that whoever held it died.
async fn at_server(
    server: &PgPool,
    tenant: &TenantId,
) -> Result<sqlx::Transaction<'static, sqlx::Postgres>, TurnsError> {
    let taking = async {
        let mut turn = server.begin().await?;
        // The work of a turn is done on other connections, while this one is idle.
        sqlx::raw_sql(
            "SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL statement_timeout = 0; \
             SET LOCAL lock_timeout = '10s'",
        )
        .execute(&mut *turn)
        .await?;
        sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))")
            .bind(format!("turn:{tenant}"))
            .execute(&mut *turn)
            .await?;
        Ok(turn)
    };
    taking.await.map_err(|error: sqlx::Error| match &error {
        sqlx::Error::PoolTimedOut => TurnsError::Busy,
        sqlx::Error::Database(refused) if refused.code().as_deref() == Some(LOCK_NOT_AVAILABLE) => {
            TurnsError::Busy
        }
        _ => TurnsError::Unavailable(Box::new(error)),
    })
}
