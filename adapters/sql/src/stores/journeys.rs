//! [`Journeys`] in a SQL database.

use async_trait::async_trait;
use tenantry_domain::{Conversion, Holder, Timestamp};
use tenantry_ports::{Journeys, JourneysError, Revision, SavedConversion};

use crate::database::Database;
use crate::error::StoreError;
use crate::statement::{Row, statement};

/// Conversions in a SQL database.
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
    async fn find(&self, holder: &Holder) -> Result<Option<SavedConversion>, JourneysError> {
        Ok(statement("SELECT revision, conversion FROM conversions WHERE holder = $1")
            .bind(key(holder))
            .find_as(&self.0, read_conversion)
            .await?)
    }

    async fn save(
        &self,
        conversion: &Conversion,
        seen: Option<Revision>,
        at: Timestamp,
    ) -> Result<SavedConversion, JourneysError> {
        let text = serde_json::to_string(conversion).map_err(|why| StoreError::row("conversion")(&why))?;
        let sql = match seen {
            None => {
                "INSERT INTO conversions (holder, revision, conversion, unattended, saved_at) \
                 VALUES ($1, 1, $2, $3, $4) \
                 ON CONFLICT (holder) DO NOTHING RETURNING revision, conversion"
            }
            Some(_) => {
                "UPDATE conversions SET revision = revision + 1, conversion = $2, unattended = $3, saved_at = $4 \
                 WHERE holder = $1 AND revision = $5 RETURNING revision, conversion"
            }
        };
        let mut query = statement(sql)
            .bind(key(&conversion.holder()))
            .bind(text)
            .bind(i64::from(conversion.is_unattended()))
            .bind(at.as_millis());
        if let Some(Revision(seen)) = seen {
            query = query.bind(seen);
        }
        let saved = query.write_returning(&self.0).await?;
        saved.as_ref().map(read_conversion).transpose()?.ok_or(JourneysError::Conflict)
    }

    async fn unattended(
        &self,
        limit: u32,
        saved_before: Timestamp,
    ) -> Result<Vec<SavedConversion>, JourneysError> {
        Ok(statement(
            "SELECT revision, conversion FROM conversions WHERE unattended = 1 AND saved_at < $1 \
             ORDER BY saved_at LIMIT $2",
        )
        .bind(saved_before.as_millis())
        .bind(limit)
        .list_as(&self.0, read_conversion)
        .await?)
    }
}

fn key(holder: &Holder) -> String {
    match holder {
        Holder::Person(user) => format!("person:{user}"),
        Holder::Tenant(tenant) => format!("tenant:{tenant}"),
    }
}

fn read_conversion(row: &Row) -> Result<SavedConversion, StoreError> {
    let text: &str = row.get("conversion")?;
    Ok(SavedConversion {
        conversion: serde_json::from_str(text).map_err(|why| StoreError::row("conversion")(&why))?,
        revision: Revision(row.get("revision")?),
    })
}
