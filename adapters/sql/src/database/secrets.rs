//! Secrets that the product made for itself because nobody configured any.

use secrecy::{ExposeSecret, SecretSlice};

use super::Database;
use crate::statement::statement;

impl Database {
    /// The secret of this name: the one that is stored, or else `fresh`, which is stored then.
    pub async fn secret(
        &self,
        name: &str,
        fresh: &SecretSlice<u8>,
    ) -> Result<SecretSlice<u8>, Box<dyn std::error::Error + Send + Sync>> {
        let stored = statement(
            "INSERT INTO secrets (name, secret) VALUES ($1, $2) \
             ON CONFLICT (name) DO UPDATE SET name = secrets.name RETURNING secret",
        )
        .bind(name)
        .bind(fresh.expose_secret())
        .upsert(self)
        .await?;
        Ok(stored.only::<Vec<u8>>()?.into())
    }
}
