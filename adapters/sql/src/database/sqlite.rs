//! SQLite: one file, in write-ahead mode, every acknowledged write on the disk.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};

use super::lock::Lock;
use crate::error::OpenError;

/// How many connections read at once.
const READERS: u32 = 4;

/// So much of the file readers see in memory, without a call for each page: what is looked up among very many rows is found
/// as fast as among few.
const MAPPED_BYTES: u32 = 256 * 1024 * 1024;

/// How long a statement waits for another process that holds the file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Connections to a file, or to memory.
#[derive(Clone, Debug)]
pub(crate) struct Pools {
    /// SQLite takes one writer at a time: with one connection they queue here, not at the file's lock.
    pub(crate) write: SqlitePool,
    pub(crate) read: SqlitePool,
    /// Held as long as any clone lives; a database in memory needs none.
    _lock: Option<Arc<Lock>>,
}

impl Pools {
    pub(super) async fn open(file: &Path) -> Result<Self, OpenError> {
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
        Ok(Self { write, read, _lock: lock })
    }

    pub(super) async fn in_memory() -> Result<Self, OpenError> {
        let options = SqliteConnectOptions::new().in_memory(true).foreign_keys(true);
        let only = pool(1).connect_with(options).await.map_err(OpenError::Open)?;
        migrate(&only).await?;
        Ok(Self { write: only.clone(), read: only, _lock: None })
    }

    pub(super) async fn close(&self) {
        self.read.close().await;
        self.write.close().await;
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
