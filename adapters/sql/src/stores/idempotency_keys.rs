//! [`IdempotencyKeys`] in a SQL database.

use async_trait::async_trait;
use tenantry_domain::Timestamp;
use tenantry_ports::{
    IdempotencyKey, IdempotencyKeys, IdempotencyKeysError, KeptAnswer, KeyTimes, KeyedRequest, Taken,
};

use crate::database::Database;
use crate::error::StoreError;
use crate::statement::{Row, statement};

/// Idempotency keys in a SQL database.
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
        let taken = statement(
            "INSERT INTO idempotency_keys (user_id, key, fingerprint, gives_up_at, forget_at) \
             VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (user_id, key) DO UPDATE SET fingerprint = $3, gives_up_at = $4, forget_at = $5, \
             status = NULL, content_type = NULL, body = NULL \
             WHERE idempotency_keys.forget_at <= $6 OR (idempotency_keys.status IS NULL \
             AND idempotency_keys.gives_up_at <= $6 AND idempotency_keys.fingerprint = $3)",
        )
        .bind(user.as_str())
        .bind(text.as_str())
        .bind(&request.fingerprint)
        .bind(at.gives_up_at.as_millis())
        .bind(at.forget_at.as_millis())
        .bind(at.now.as_millis())
        .write(&self.database)
        .await?;
        if taken > 0 {
            return Ok(Taken::Fresh);
        }
        let row = statement(
            "SELECT fingerprint, status, content_type, body FROM idempotency_keys WHERE user_id = $1 AND key = $2",
        )
        .bind(user.as_str())
        .bind(text.as_str())
        .find(&self.database)
        .await?;
        match row {
            Some(row) => Ok(read(&row, &request.fingerprint)?),
            // Whoever held it has released it just now: the sender tries again.
            None => Ok(Taken::UnderWay),
        }
    }

    async fn keep(
        &self,
        key: &IdempotencyKey,
        taken: &KeyTimes,
        answer: &KeptAnswer,
    ) -> Result<(), IdempotencyKeysError> {
        statement(
            "UPDATE idempotency_keys SET status = $1, content_type = $2, body = $3 \
             WHERE user_id = $4 AND key = $5 AND gives_up_at = $6 AND status IS NULL",
        )
        .bind(answer.status)
        .bind(&answer.content_type)
        .bind(&answer.body)
        .bind(key.user.as_str())
        .bind(key.text.as_str())
        .bind(taken.gives_up_at.as_millis())
        .write(&self.database)
        .await?;
        Ok(())
    }

    async fn release(&self, key: &IdempotencyKey, taken: &KeyTimes) -> Result<(), IdempotencyKeysError> {
        statement(
            "DELETE FROM idempotency_keys WHERE user_id = $1 AND key = $2 AND gives_up_at = $3 AND status IS NULL",
        )
        .bind(key.user.as_str())
        .bind(key.text.as_str())
        .bind(taken.gives_up_at.as_millis())
        .write(&self.database)
        .await?;
        Ok(())
    }

    async fn forget_expired(&self, now: Timestamp) -> Result<u64, IdempotencyKeysError> {
        let forgotten = statement("DELETE FROM idempotency_keys WHERE forget_at <= $1")
            .bind(now.as_millis())
            .write(&self.database)
            .await?;
        Ok(forgotten)
    }
}

fn read(row: &Row, fingerprint: &str) -> Result<Taken, StoreError> {
    if row.get::<&str>("fingerprint")? != fingerprint {
        return Ok(Taken::OtherRequest);
    }
    if row.get::<Option<i64>>("status")?.is_none() {
        return Ok(Taken::UnderWay);
    }
    Ok(Taken::Answered(KeptAnswer {
        status: row.count("status")?,
        content_type: row.get("content_type")?,
        body: row.get("body")?,
    }))
}
