//! [`IdempotencyKeys`] in SQLite.

use async_trait::async_trait;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use tenantry_domain::Timestamp;
use tenantry_ports::{
    IdempotencyKey, IdempotencyKeys, IdempotencyKeysError, KeptAnswer, KeyTimes, KeyedRequest, Taken,
};

use super::Database;
use crate::error::StoreError;

/// Idempotency keys in SQLite.
#[derive(Clone, Debug)]
pub struct SqlIdempotencyKeys {
    database: Database,
}

impl SqlIdempotencyKeys {
    /// The keys in this database.
    pub fn new(database: Database) -> Self {
        Self { database }
    }
}

#[async_trait]
impl IdempotencyKeys for SqlIdempotencyKeys {
    async fn take(&self, request: &KeyedRequest, at: &KeyTimes) -> Result<Taken, IdempotencyKeysError> {
        let IdempotencyKey { user, text } = &request.key;
        // One statement: nobody else comes between looking and taking. A row that stays as it was is not written.
        let taken = sqlx::query(
            "INSERT INTO idempotency_keys (user_id, key, fingerprint, gives_up_at, forget_at) \
             VALUES (?1, ?2, ?3, ?4, ?5) \
             ON CONFLICT (user_id, key) DO UPDATE SET fingerprint = ?3, gives_up_at = ?4, forget_at = ?5, \
             status = NULL, content_type = NULL, body = NULL \
             WHERE forget_at <= ?6 OR (status IS NULL AND gives_up_at <= ?6 AND fingerprint = ?3)",
        )
        .bind(user.as_str())
        .bind(text.as_str())
        .bind(&request.fingerprint)
        .bind(at.gives_up_at.as_millis())
        .bind(at.forget_at.as_millis())
        .bind(at.now.as_millis())
        .execute(&self.database.write)
        .await
        .map_err(StoreError::from)?;
        if taken.rows_affected() > 0 {
            return Ok(Taken::Fresh);
        }
        let row = sqlx::query(
            "SELECT fingerprint, status, content_type, body FROM idempotency_keys WHERE user_id = ? AND key = ?",
        )
        .bind(user.as_str())
        .bind(text.as_str())
        .fetch_optional(&self.database.read)
        .await
        .map_err(StoreError::from)?;
        match row {
            Some(row) => Ok(read(&row, &request.fingerprint)?),
            // Whoever held it has released it just now: the sender tries again.
            None => Ok(Taken::UnderWay),
        }
    }

    async fn keep(&self, key: &IdempotencyKey, answer: &KeptAnswer) -> Result<(), IdempotencyKeysError> {
        sqlx::query(
            "UPDATE idempotency_keys SET status = ?, content_type = ?, body = ? \
             WHERE user_id = ? AND key = ? AND status IS NULL",
        )
        .bind(answer.status)
        .bind(&answer.content_type)
        .bind(&answer.body)
        .bind(key.user.as_str())
        .bind(key.text.as_str())
        .execute(&self.database.write)
        .await
        .map_err(StoreError::from)?;
        Ok(())
    }

    async fn release(&self, key: &IdempotencyKey) -> Result<(), IdempotencyKeysError> {
        sqlx::query("DELETE FROM idempotency_keys WHERE user_id = ? AND key = ? AND status IS NULL")
            .bind(key.user.as_str())
            .bind(key.text.as_str())
            .execute(&self.database.write)
            .await
            .map_err(StoreError::from)?;
        Ok(())
    }

    async fn forget_expired(&self, now: Timestamp) -> Result<u64, IdempotencyKeysError> {
        let forgotten = sqlx::query("DELETE FROM idempotency_keys WHERE forget_at <= ?")
            .bind(now.as_millis())
            .execute(&self.database.write)
            .await
            .map_err(StoreError::from)?;
        Ok(forgotten.rows_affected())
    }
}

fn read(row: &SqliteRow, fingerprint: &str) -> Result<Taken, StoreError> {
    if row.try_get::<&str, _>("fingerprint")? != fingerprint {
        return Ok(Taken::OtherRequest);
    }
    let Some(status) = row.try_get("status")? else { return Ok(Taken::UnderWay) };
    Ok(Taken::Answered(KeptAnswer {
        status,
        content_type: row.try_get("content_type")?,
        body: row.try_get("body")?,
    }))
}
