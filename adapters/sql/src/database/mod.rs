//! An open database, whichever it is: how it is opened, and what a statement needs to know of it.

mod lock;
mod postgres;
mod secrets;
mod server_locks;
mod session_cache;
mod sqlite;
mod turns;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use secrecy::SecretString;
use tenantry_domain::Timestamp;
use tenantry_ports::Readiness;
use tokio::sync::OwnedMutexGuard;

pub(crate) use self::session_cache::{Concerns, SessionCache};
use self::turns::Queues;
pub use self::turns::SqlTurns;
use crate::error::{OpenError, StoreError};
use crate::statement::{Sees, Statement, statement};

/// How long a server is waited for by whoever writes to sessions: longer than its statements may take.
const LONGEST_WRITE: Duration = Duration::from_secs(15);

/// An open database. Clones share its connections.
#[derive(Clone, Debug)]
pub struct Database {
    pub(crate) connections: Connections,
    /// Sessions that were read lately, where nobody else can change them.
    pub(crate) sessions: Option<SessionCache>,
    queues: Queues,
}

/// To which database, and how.
#[derive(Clone, Debug)]
pub(crate) enum Connections {
    Sqlite(sqlite::Pools),
    Postgres(postgres::Pools),
}

/// Statements that count together or not at all. One that is dropped before [`Transaction::commit`] changes nothing.
pub(crate) enum Transaction {
    Sqlite(sqlx::Transaction<'static, sqlx::Sqlite>),
    Postgres {
        write: sqlx::Transaction<'static, sqlx::Postgres>,
        /// What its statements see at the moment.
        sees: Sees,
        _alone: Option<OwnedMutexGuard<()>>,
    },
}

/// By which name each database has what both can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

/// Who waits for whom in [`Database::begin_in_turn`].
#[derive(Clone, Copy, Debug)]
pub(crate) enum InTurn<'a> {
    /// Everybody else of this name.
    Alone(&'a str),
    /// Whoever is alone of this name.
    Together(&'a str),
}

impl Database {
    /// Opens or makes a file of SQLite's, for this process alone, and brings it up to date.
    pub async fn open(file: &Path) -> Result<Self, OpenError> {
        let pools = sqlite::Pools::open(file).await?;
        Ok(Self {
            connections: Connections::Sqlite(pools),
            sessions: Some(SessionCache::default()),
            queues: Queues::default(),
        })
    }

    /// A database in memory, gone with its last clone.
    pub async fn in_memory() -> Result<Self, OpenError> {
        let pools = sqlite::Pools::in_memory().await?;
        Ok(Self {
            connections: Connections::Sqlite(pools),
            sessions: Some(SessionCache::default()),
            queues: Queues::default(),
        })
    }

    /// Connects to a PostgreSQL server, which other instances may use as well, and brings the database up to date.
    ///
    /// The address is as in `postgres://user:password@host:5432/database?sslmode=verify-full`.
    pub async fn connect(address: &SecretString) -> Result<Self, OpenError> {
        let pools = postgres::Pools::connect(address).await?;
        Ok(Self { connections: Connections::Postgres(pools), sessions: None, queues: Queues::default() })
    }

    /// Whether the database itself keeps statements to the rows of the tenant that they are for. A PostgreSQL server does,
    /// unless the role is a superuser's or has `BYPASSRLS`; SQLite knows no such thing.
    pub fn keeps_tenants_apart(&self) -> bool {
        match &self.connections {
            Connections::Sqlite(_) => false,
            Connections::Postgres(pools) => pools.is_bound,
        }
    }

    /// What time it is at the server that instances share; nothing where there is none.
    pub async fn clock(&self) -> Option<Timestamp> {
        let Connections::Postgres(_) = &self.connections else { return None };
        let now = statement("SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)");
        let now = now.get(self).await.and_then(|row| row.only()).ok();
        now.map(Timestamp::from_millis)
    }

    /// Waits for what is under way and closes every connection.
    pub async fn close(&self) {
        match &self.connections {
            Connections::Sqlite(pools) => pools.close().await,
            Connections::Postgres(pools) => pools.close().await,
        }
    }

    pub(crate) fn dialect(&self) -> Dialect {
        match &self.connections {
            Connections::Sqlite(_) => Dialect::Sqlite,
            Connections::Postgres(_) => Dialect::Postgres,
        }
    }

    pub(crate) async fn begin(&self) -> Result<Transaction, StoreError> {
        Ok(match &self.connections {
            Connections::Sqlite(pools) => Transaction::Sqlite(pools.write.begin().await?),
            Connections::Postgres(pools) => {
                let write = pools.all.begin().await?;
                Transaction::Postgres { write, sees: Sees::default(), _alone: None }
            }
        })
    }

    /// A transaction that looks before it writes: what it has seen stays so until it ends. SQLite has one writer at a
    /// time as it is; in PostgreSQL whoever has to wait waits here, and sees what those before have written.
    pub(crate) async fn begin_in_turn(&self, turn: InTurn<'_>) -> Result<Transaction, StoreError> {
        let Connections::Postgres(pools) = &self.connections else { return self.begin().await };
        let (text, name, alone) = match turn {
            InTurn::Alone(name) => {
                let alone = Arc::clone(&pools.alone).lock_owned().await;
                ("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", name, Some(alone))
            }
            InTurn::Together(name) => {
                ("SELECT pg_advisory_xact_lock_shared(hashtextextended($1, 0))", name, None)
            }
        };
        let write = pools.all.begin().await?;
        let mut write = Transaction::Postgres { write, sees: Sees::default(), _alone: alone };
        statement(text).bind(name).write(&mut write).await?;
        Ok(write)
    }
}

impl Database {
    /// Carries out a write to its end, also when whoever asked for it does not wait any longer; only then are the sessions
    /// that it concerns read anew.
    pub(crate) async fn write_to_its_end<T: Send + 'static>(
        &self,
        concerns: Concerns,
        write: impl Future<Output = Result<T, StoreError>> + Send + 'static,
    ) -> Result<T, StoreError> {
        let writing = self.sessions.as_ref().map(|sessions| sessions.writing(concerns));
        // What is kept in memory has to be known to be written or not; a server may be silent for ever.
        let longest = if writing.is_some() { Duration::MAX } else { LONGEST_WRITE };
        let written = tokio::spawn(async move {
            let silent = |_| sqlx::Error::Io(std::io::ErrorKind::TimedOut.into());
            let outcome = tokio::time::timeout(longest, write).await.map_err(silent);
            drop(writing);
            outcome?
        });
        written.await.map_err(|error| sqlx::Error::Io(error.into()))?
    }

    /// The same of a single statement.
    pub(crate) async fn write_concerning(
        &self,
        concerns: Concerns,
        statement: Statement,
    ) -> Result<u64, StoreError> {
        let database = self.clone();
        self.write_to_its_end(concerns, async move { statement.write(&database).await }).await
    }
}

impl Transaction {
    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(write) => write.commit().await?,
            Self::Postgres { write, .. } => write.commit().await?,
        }
        Ok(())
    }
}

impl Dialect {
    /// A table of the texts of a JSON array, which is the parameter of this name; its only column is `value`.
    pub(crate) fn texts(self, parameter: &str) -> String {
        match self {
            Self::Sqlite => format!("json_each({parameter})"),
            Self::Postgres => format!("json_array_elements_text(CAST({parameter} AS json))"),
        }
    }

    /// The function that says where in a text another begins, counted from 1.
    pub(crate) fn position(self) -> &'static str {
        match self {
            Self::Sqlite => "instr",
            Self::Postgres => "strpos",
        }
    }
}

#[async_trait]
impl Readiness for Database {
    async fn is_ready(&self) -> bool {
        // It changes no row, and still needs a database that can be written to.
        let nothing = statement("UPDATE sessions SET idle_until = idle_until WHERE id = ''");
        nothing.write(self).await.is_ok()
    }
}
