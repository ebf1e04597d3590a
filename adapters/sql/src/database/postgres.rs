//! PostgreSQL: a server that all instances of a product share.

use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use sqlx::Connection;
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use tokio::sync::Mutex;
use tokio::time::timeout;

use super::server_locks::ServerLocks;
use crate::error::OpenError;

/// How many connections statements share.
const CONNECTIONS: u32 = 16;
/// How long is waited for a connection: for a free one, or for a server that does not answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a server takes that is there.
const AT_ONCE: Duration = Duration::from_secs(2);
/// A connection that was idle for longer may have been cut meanwhile. Those of a busy product are idle for less.
const STALE: Duration = Duration::from_millis(10);

/// Connections to a server.
#[derive(Clone, Debug)]
pub(crate) struct Pools {
    pub(crate) all: PgPool,
    /// Whose turn it is to change a tenant's people.
    pub(super) turns: ServerLocks,
    /// Whoever is to be alone waits here first, where waiting holds no connection: one of them at most waits at the server.
    pub(super) alone: Arc<Mutex<()>>,
    /// Whether the server holds this role to the rows that a statement is for.
    pub(super) is_bound: bool,
}

impl Pools {
    pub(super) async fn connect(address: &SecretString) -> Result<Self, OpenError> {
        let options: PgConnectOptions = address.expose_secret().parse().map_err(OpenError::Open)?;
        let options = options.application_name("tenantry");
        // A pool would only say that it has waited.
        let connecting = timeout(PATIENCE, PgConnection::connect_with(&options));
        let first = connecting.await.map_err(|_| OpenError::Silent)?.map_err(OpenError::Open)?;
        first.close().await.map_err(OpenError::Open)?;
        let patient = pool(1).connect_with(options.clone()).await.map_err(OpenError::Open)?;
        migrate(&patient).await?;
        let is_bound = is_bound(&patient).await.map_err(OpenError::Open)?;
        patient.close().await;
        let options = options.options([
            // What statements count on, whatever the server's own settings are.
            ("default_transaction_isolation", "read committed"),
            ("statement_timeout", "10s"),
            // Whoever froze or was cut off in the middle of a transaction keeps nobody waiting for long.
            ("idle_in_transaction_session_timeout", "15s"),
            ("tcp_keepalives_idle", "10"),
            ("tcp_keepalives_interval", "5"),
            ("tcp_keepalives_count", "3"),
        ]);
        let all = pool(CONNECTIONS).connect_with(options.clone()).await.map_err(OpenError::Open)?;
        Ok(Self { all, turns: ServerLocks::new(options), alone: Arc::default(), is_bound })
    }

    pub(super) async fn close(&self) {
        self.turns.close().await;
        self.all.close().await;
    }
}

/// Brings the database up to date. Of several instances that start at the same moment one does it, and the others wait for
/// it, however long that is.
async fn migrate(pool: &PgPool) -> Result<(), OpenError> {
    let mut migrator = sqlx::migrate!("migrations/postgres");
    // What a newer version has added does not keep an older one from starting beside it.
    migrator.set_ignore_missing(true);
    if is_up_to_date(pool, &migrator).await {
        return Ok(());
    }
    Ok(migrator.run(pool).await?)
}

/// Whether there is nothing to be done: then a role is enough that may not change tables.
async fn is_up_to_date(pool: &PgPool, migrator: &Migrator) -> bool {
    let applied = "SELECT version, checksum FROM _sqlx_migrations WHERE success";
    // Without such a table everything is to be done.
    let applied: Vec<(i64, Vec<u8>)> = sqlx::query_as(applied).fetch_all(pool).await.unwrap_or_default();
    let is_applied = |version: i64, checksum: &[u8]| {
        applied.iter().any(|(known, sum)| *known == version && sum.as_slice() == checksum)
    };
    migrator.iter().all(|migration| is_applied(migration.version, &migration.checksum))
}

/// Whether the server's rules are there, all of them, and hold for this role.
async fn is_bound(pool: &PgPool) -> Result<bool, sqlx::Error> {
    let rules = "SELECT NOT (rolsuper OR rolbypassrls) AND 8 = (SELECT COUNT(*) FROM pg_policy \
                 JOIN pg_class ON pg_class.oid = polrelid WHERE polname = 'rows_of_tenants' \
                 AND relrowsecurity AND relforcerowsecurity AND relnamespace = current_schema()::regnamespace) \
                 FROM pg_roles WHERE rolname = current_user";
    sqlx::query_scalar(rules).fetch_one(pool).await
}

fn pool(connections: u32) -> PgPoolOptions {
    PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(PATIENCE)
        // One that is at work is not asked before each statement whether it is alive; one that was cut is not used.
        .test_before_acquire(false)
        .before_acquire(|connection, state| {
            Box::pin(async move {
                if state.idle_for > STALE {
                    answers(connection).await?;
                }
                Ok(true)
            })
        })
        // One that was given up in the middle of a statement may never answer again.
        .after_release(|connection, _| {
            Box::pin(async move {
                answers(connection).await?;
                Ok(true)
            })
        })
}

/// Fails unless the server answers at once.
async fn answers(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    let silent = |_| sqlx::Error::Io(std::io::ErrorKind::TimedOut.into());
    timeout(AT_ONCE, connection.ping()).await.map_err(silent)?
}
