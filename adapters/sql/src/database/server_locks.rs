//! Locks at a PostgreSQL server, which all instances respect.

use std::sync::Arc;
use std::time::Duration;

use sqlx::Connection;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::time::timeout;

/// How long the server is waited for. Nothing that is asked of it here has to wait for anybody, so a server that takes as
/// long as that is gone.
const PATIENCE: Duration = Duration::from_secs(10);

/// The locks of this instance. They belong to one connection of its own, and are over when the server sees that end: so it
/// may hold any number of them, and one that died holds none. Clones share it.
#[derive(Clone, Debug)]
pub(crate) struct ServerLocks {
    options: Arc<PgConnectOptions>,
    /// Asked one thing at a time, each to its end.
    line: Arc<Mutex<Line>>,
}

/// The connection, and which one it is.
#[derive(Debug, Default)]
struct Line {
    connection: Option<PgConnection>,
    number: u64,
}

/// A lock, let go of when this is dropped.
#[derive(Debug)]
pub(super) struct Locked {
    locks: ServerLocks,
    name: String,
    /// The connection that holds it. Another one does not.
    number: u64,
    /// What is let go of when the server has let go.
    then: Option<OwnedMutexGuard<()>>,
}

impl ServerLocks {
    pub(super) fn new(options: PgConnectOptions) -> Self {
        Self { options: Arc::new(options), line: Arc::default() }
    }

    /// Takes the lock of this name; `None` when another instance has it. Whoever asks for the same name at the same instance
    /// gets it too: who may ask is settled before.
    pub(super) async fn try_lock(&self, name: &str) -> Result<Option<Locked>, sqlx::Error> {
        let (locks, name) = (self.clone(), name.to_owned());
        // To its end, whoever waits: a connection on which an answer is still to come is lost, and every lock with it.
        let asking = tokio::spawn(async move { locks.ask_for(name).await });
        asking.await.map_err(|error| sqlx::Error::Io(error.into()))?
    }

    async fn ask_for(self, name: String) -> Result<Option<Locked>, sqlx::Error> {
        let mut line = self.line.lock().await;
        let is_locked = match line.connection.take() {
            None => line.ask_anew(&self.options, &name).await?,
            Some(connection) => match line.ask(connection, &name).await {
                // It was cut while nothing was asked of it, as when the server was started anew.
                Err(_) => line.ask_anew(&self.options, &name).await?,
                Ok(is_locked) => is_locked,
            },
        };
        let number = line.number;
        drop(line);
        Ok(is_locked.then_some(()).map(|()| Locked { locks: self, name, number, then: None }))
    }

    async fn unlock(&self, name: &str, number: u64) -> Result<(), sqlx::Error> {
        let mut line = self.line.lock().await;
        if line.number != number {
            return Ok(());
        }
        let Some(mut connection) = line.connection.take() else { return Ok(()) };
        let asking = sqlx::query("SELECT pg_advisory_unlock(hashtextextended($1, 0))").bind(name);
        within(asking.execute(&mut connection)).await?;
        line.connection = Some(connection);
        Ok(())
    }

    pub(super) async fn close(&self) {
        let connection = self.line.lock().await.connection.take();
        if let Some(connection) = connection {
            // The server ends the locks however the connection ends.
            let _ = within(connection.close()).await;
        }
    }
}

impl Line {
    async fn ask(&mut self, mut connection: PgConnection, name: &str) -> Result<bool, sqlx::Error> {
        let asking = sqlx::query_scalar("SELECT pg_try_advisory_lock(hashtextextended($1, 0))").bind(name);
        let is_locked = within(asking.fetch_one(&mut connection)).await?;
        self.connection = Some(connection);
        Ok(is_locked)
    }

    async fn ask_anew(&mut self, options: &PgConnectOptions, name: &str) -> Result<bool, sqlx::Error> {
        self.number += 1;
        let connection = within(PgConnection::connect_with(options)).await?;
        self.ask(connection, name).await
    }
}

impl Locked {
    /// The same lock; when the server has let go of it, so is this let go of.
    pub(super) fn then_releases(self, held: OwnedMutexGuard<()>) -> Self {
        let mut locked = self;
        locked.then = Some(held);
        locked
    }
}

impl Drop for Locked {
    fn drop(&mut self) {
        let (locks, name, number) = (self.locks.clone(), std::mem::take(&mut self.name), self.number);
        let then = self.then.take();
        // Without a runtime the process is ending, and the connection with it.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                // Where this fails the connection is over, and with it the lock.
                let _ = locks.unlock(&name, number).await;
                drop(then);
            });
        }
    }
}

async fn within<T>(work: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, sqlx::Error> {
    timeout(PATIENCE, work)
        .await
        .unwrap_or_else(|_| Err(sqlx::Error::Io(std::io::ErrorKind::TimedOut.into())))
}
