//! SQLite: one file, in write-ahead mode, every acknowledged write on the disk.

mod access_requests;
mod audit_log;
mod checkouts;
mod domain_proofs;
mod ended_sessions;
mod idempotency_keys;
mod journeys;
mod lock;
mod login_attempts;
mod offers;
mod rows;
mod secrets;
mod session_cache;
mod session_devices;
mod sessions;
mod sso_failures;
mod sso_requests;
mod tenant_looks;
mod turns;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use tenantry_ports::Readiness;

pub use crate::error::OpenError;
pub use access_requests::SqlAccessRequests;
pub use audit_log::SqlAuditLog;
pub use checkouts::SqlCheckouts;
pub use domain_proofs::SqlDomainProofs;
pub use idempotency_keys::SqlIdempotencyKeys;
pub use journeys::SqlJourneys;
pub use login_attempts::SqlLoginAttempts;
pub use offers::SqlOffers;
pub use sessions::SqlSessions;
pub use sso_requests::SqlSsoRequests;
pub use tenant_looks::SqlTenantLooks;
pub use turns::SqlTurns;

use lock::Lock;
use session_cache::SessionCache;
use turns::Queues;

/// How many connections read at once.
const READERS: u32 = 4;

/// So much of the file readers see in memory, without a call for each page: what is looked up among very many rows is found
/// as fast as among few.
const MAPPED_BYTES: u32 = 256 * 1024 * 1024;

/// How long a statement waits for another process that holds the file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// An open database. Clones share its connections.
#[derive(Clone, Debug)]
pub struct Database {
    /// SQLite takes one writer at a time: with one connection they queue here, not at the file's lock.
    write: SqlitePool,
    read: SqlitePool,
    sessions: SessionCache,
    turns: Queues,
    /// Held as long as any clone lives; a database in memory needs none.
    _lock: Option<Arc<Lock>>,
}

impl Database {
    /// Opens or makes the file, for this process alone, and brings it up to date.
    pub async fn open(file: &Path) -> Result<Self, OpenError> {
        let lock = Some(Arc::new(Lock::take(file)?));
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // An acknowledged write survives losing power, not only the end of the process.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT);
        let write = pool(1).connect_with(options.clone()).await.map_err(OpenError::Open)?;
        migrate(&write).await?;
        let mapped = options.read_only(true).pragma("mmap_size", MAPPED_BYTES.to_string());
        let read = pool(READERS).connect_lazy_with(mapped);
        Ok(Self { write, read, sessions: SessionCache::default(), turns: Queues::default(), _lock: lock })
    }

    /// A database in memory, gone with its last clone.
    pub async fn in_memory() -> Result<Self, OpenError> {
        let options = SqliteConnectOptions::new().in_memory(true).foreign_keys(true);
        let only = pool(1).connect_with(options).await.map_err(OpenError::Open)?;
        migrate(&only).await?;
        Ok(Self {
            write: only.clone(),
            read: only,
            sessions: SessionCache::default(),
            turns: Queues::default(),
            _lock: None,
        })
    }

    /// Waits for what is under way and closes the file.
    pub async fn close(&self) {
        self.read.close().await;
        self.write.close().await;
    }
}

#[async_trait]
impl Readiness for Database {
    async fn is_ready(&self) -> bool {
        // It changes no row, and still needs the file's lock for writing.
        let nothing = "UPDATE sessions SET idle_until = idle_until WHERE id = ''";
        sqlx::query(nothing).execute(&self.write).await.is_ok()
    }
}

fn pool(connections: u32) -> SqlitePoolOptions {
    // A connection to an embedded database does not go stale, and one to memory must never be closed.
    SqlitePoolOptions::new()
        .max_connections(connections)
        .min_connections(connections)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .acquire_timeout(BUSY_TIMEOUT)
}

async fn migrate(pool: &SqlitePool) -> Result<(), OpenError> {
    Ok(sqlx::migrate!("migrations/sqlite").run(pool).await?)
}
