//! [`Journeys`] in SQLite.

use async_trait::async_trait;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use tenantry_domain::{Conversion, UserId};
use tenantry_ports::{Journeys, JourneysError, Revision, SavedConversion};

use super::Database;
use crate::error::StoreError;

/// Conversions in SQLite.
#[derive(Clone, Debug)]
pub struct SqlJourneys(Database);

impl SqlJourneys {
    /// Conversions in this database.
    pub fn new(database: Database) -> Self {
        Self(database)
    }
}

#[async_trait]
impl Journeys for SqlJourneys {
    async fn find(&self, user: &UserId) -> Result<Option<SavedConversion>, JourneysError> {
        let row = sqlx::query("SELECT revision, conversion FROM conversions WHERE user_id = ?")
            .bind(user.as_str())
            .fetch_optional(&self.0.read)
            .await
            .map_err(StoreError::from)?;
        Ok(row.as_ref().map(read_conversion).transpose()?)
    }

    async fn save(
        &self,
        conversion: &Conversion,
        seen: Option<Revision>,
    ) -> Result<SavedConversion, JourneysError> {
        let text = serde_json::to_string(conversion).map_err(|why| StoreError::row("conversion")(&why))?;
        // The order of saving is the order of writing: one writer, one counter.
        let sql = match seen {
            None => {
                "INSERT INTO conversions (user_id, revision, conversion, unattended, saved_order) \
                 VALUES (?1, 1, ?2, ?3, (SELECT coalesce(max(saved_order), 0) + 1 FROM conversions)) \
                 ON CONFLICT (user_id) DO NOTHING RETURNING revision, conversion"
            }
            Some(_) => {
                "UPDATE conversions SET revision = revision + 1, conversion = ?2, unattended = ?3, \
                 saved_order = (SELECT coalesce(max(saved_order), 0) + 1 FROM conversions) \
                 WHERE user_id = ?1 AND revision = ?4 RETURNING revision, conversion"
            }
        };
        let mut query = sqlx::query(sql)
            .bind(conversion.user().as_str())
            .bind(text)
            .bind(i64::from(conversion.is_unattended()));
        if let Some(Revision(seen)) = seen {
            query = query.bind(seen);
        }
        let saved = query.fetch_optional(&self.0.write).await.map_err(StoreError::from)?;
        Ok(saved.as_ref().map(read_conversion).transpose()?.ok_or(JourneysError::Conflict)?)
    }

    async fn unattended(&self, limit: u32) -> Result<Vec<SavedConversion>, JourneysError> {
        let rows = sqlx::query(
            "SELECT revision, conversion FROM conversions WHERE unattended = 1 ORDER BY saved_order LIMIT ?",
        )
        .bind(limit)
        .fetch_all(&self.0.read)
        .await
        .map_err(StoreError::from)?;
        Ok(rows.iter().map(read_conversion).collect::<Result<_, _>>()?)
    }
}

fn read_conversion(row: &SqliteRow) -> Result<SavedConversion, StoreError> {
    let text: &str = row.try_get("conversion")?;
    Ok(SavedConversion {
        conversion: serde_json::from_str(text).map_err(|why| StoreError::row("conversion")(&why))?,
        revision: Revision(row.try_get("revision")?),
    })
}
