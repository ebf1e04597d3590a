//! [`LoginAttempts`] in a SQL database.

use std::fmt::Write;

use async_trait::async_trait;
use aws_lc_rs::digest;
use tenantry_domain::Timestamp;
use tenantry_ports::{Clock, LoginAttempts, LoginAttemptsError};

use crate::database::Database;
use crate::statement::statement;

/// Spent login attempts in a SQL database.
#[derive(Clone)]
pub struct SqlLoginAttempts {
    database: Database,
    clock: std::sync::Arc<dyn Clock>,
}

impl SqlLoginAttempts {
    /// Spent attempts in this database; `clock` says which can be forgotten.
    pub fn new(database: Database, clock: std::sync::Arc<dyn Clock>) -> Self {
        Self { database, clock }
    }
}

#[async_trait]
impl LoginAttempts for SqlLoginAttempts {
    async fn spend(&self, state: &str, forget_at: Timestamp) -> Result<bool, LoginAttemptsError> {
        let mut write = self.database.begin().await?;
        statement("DELETE FROM spent_login_attempts WHERE forget_at < $1")
            .bind(self.clock.now().as_millis())
            .write(&mut write)
            .await?;
        let spent = statement(
            "INSERT INTO spent_login_attempts (state, forget_at) VALUES ($1, $2) ON CONFLICT (state) DO NOTHING",
        )
        .bind(hash(state))
        .bind(forget_at.as_millis())
        .write(&mut write)
        .await?;
        write.commit().await?;
        Ok(spent == 1)
    }
}

/// Who reads the database must not learn a secret that is still good for something.
pub(super) fn hash(secret: &str) -> String {
    let digest = digest::digest(&digest::SHA256, secret.as_bytes());
    digest.as_ref().iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a String can't fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
