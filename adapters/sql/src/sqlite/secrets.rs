//! Secrets that the product made for itself because nobody configured any.

use secrecy::{ExposeSecret, SecretSlice};

use super::Database;
use crate::error::StoreError;

impl Database {
    /// The secret of this name: the one that is stored, or else `fresh`, which is stored then.
    pub async fn secret(
        &self,
        name: &str,
        fresh: &SecretSlice<u8>,
    ) -> Result<SecretSlice<u8>, Box<dyn std::error::Error + Send + Sync>> {
        let stored: Vec<u8> = sqlx::query_scalar(
            "INSERT INTO secrets (name, secret) VALUES (?, ?) \
             ON CONFLICT (name) DO UPDATE SET name = name RETURNING secret",
        )
        .bind(name)
        .bind(fresh.expose_secret())
        .fetch_one(&self.write)
        .await
        .map_err(StoreError::from)?;
        Ok(stored.into())
    }
}
