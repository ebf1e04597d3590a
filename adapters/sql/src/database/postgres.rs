//! PostgreSQL: a server that all instances of a product share.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use sqlx::Connection;
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};

use crate::error::OpenError;

/// How many connections statements share.
const CONNECTIONS: u32 = 16;
/// How many tenants' people may be changed at once by one instance: each turn holds a connection as long as it lasts.
const TURNS: u32 = 16;
/// How long is waited for a connection: for a free one, or for a server that does not answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// A connection that was idle for longer may have been cut meanwhile. Those of a busy product are idle for less.
const STALE: Duration = Duration::from_millis(10);

/// Connections to a server.
#[derive(Clone, Debug)]
pub(crate) struct Pools {
    pub(crate) all: PgPool,
    /// Turns have connections of their own, so that whoever holds one finds another to work with.
    pub(super) turns: PgPool,
    /// Whether the server holds this role to the rows that a statement is for.
    pub(super) is_bound: bool,
}

impl Pools {
    pub(super) async fn connect(address: &SecretString) -> Result<Self, OpenError> {
        let options: PgConnectOptions = address.expose_secret().parse().map_err(OpenError::Open)?;
        let options = options.application_name("tenantry");
        // A pool would only say that it has waited.
        let connecting = tokio::time::timeout(PATIENCE, PgConnection::connect_with(&options));
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
        ]);
        let all = pool(CONNECTIONS).connect_with(options.clone()).await.map_err(OpenError::Open)?;
        Ok(Self { all, turns: pool(TURNS).connect_lazy_with(options), is_bound })
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

async fn is_bound(pool: &PgPool) -> Result<bool, sqlx::Error> {
    let role = "SELECT NOT (rolsuper OR rolbypassrls) FROM pg_roles WHERE rolname = current_user";
    sqlx::query_scalar(role).fetch_one(pool).await
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
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
}
