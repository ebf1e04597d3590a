//! [`Checkouts`] in SQLite.

use async_trait::async_trait;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use tenantry_domain::{CheckoutId, ConversionId, PlanId, Timestamp, UserId};
use tenantry_ports::{CheckoutRecord, Checkouts, CheckoutsError};

use super::Database;
use crate::error::StoreError;

/// The test checkout's ledger in SQLite.
#[derive(Clone, Debug)]
pub struct SqlCheckouts(Database);

impl SqlCheckouts {
    /// The ledger in this database.
    pub fn new(database: Database) -> Self {
        Self(database)
    }
}

#[async_trait]
impl Checkouts for SqlCheckouts {
    async fn open(&self, record: &CheckoutRecord) -> Result<CheckoutRecord, CheckoutsError> {
        // The update changes nothing: it makes the row that is there come back.
        let row = sqlx::query(
            "INSERT INTO test_checkouts (id, user_id, conversion_id, plan, dollars, paid_at) \
             VALUES (?, ?, ?, ?, ?, ?) \
             ON CONFLICT (user_id, conversion_id) DO UPDATE SET id = id \
             RETURNING id, user_id, conversion_id, plan, dollars, paid_at",
        )
        .bind(record.id.as_str())
        .bind(record.user.as_str())
        .bind(record.conversion.as_str())
        .bind(record.plan.as_str())
        .bind(record.dollars)
        .bind(record.paid_at.map(Timestamp::as_millis))
        .fetch_one(&self.0.write)
        .await
        .map_err(StoreError::from)?;
        Ok(read_record(&row)?)
    }

    async fn find(&self, checkout: &CheckoutId) -> Result<Option<CheckoutRecord>, CheckoutsError> {
        let row = sqlx::query(
            "SELECT id, user_id, conversion_id, plan, dollars, paid_at FROM test_checkouts WHERE id = ?",
        )
        .bind(checkout.as_str())
        .fetch_optional(&self.0.read)
        .await
        .map_err(StoreError::from)?;
        Ok(row.as_ref().map(read_record).transpose()?)
    }

    async fn mark_paid(
        &self,
        checkout: &CheckoutId,
        at: Timestamp,
    ) -> Result<Option<CheckoutRecord>, CheckoutsError> {
        let row = sqlx::query(
            "UPDATE test_checkouts SET paid_at = coalesce(paid_at, ?) WHERE id = ? \
             RETURNING id, user_id, conversion_id, plan, dollars, paid_at",
        )
        .bind(at.as_millis())
        .bind(checkout.as_str())
        .fetch_optional(&self.0.write)
        .await
        .map_err(StoreError::from)?;
        Ok(row.as_ref().map(read_record).transpose()?)
    }
}

fn read_record(row: &SqliteRow) -> Result<CheckoutRecord, StoreError> {
    let text = |column| row.try_get::<&str, _>(column);
    let paid_at: Option<i64> = row.try_get("paid_at")?;
    Ok(CheckoutRecord {
        id: CheckoutId::try_from(text("id")?).map_err(|why| StoreError::row("id")(&why))?,
        conversion: ConversionId::try_from(text("conversion_id")?)
            .map_err(|why| StoreError::row("conversion_id")(&why))?,
        user: UserId::try_from(text("user_id")?).map_err(|why| StoreError::row("user_id")(&why))?,
        plan: text("plan")?.parse::<PlanId>().map_err(|why| StoreError::row("plan")(&why))?,
        dollars: row.try_get("dollars")?,
        paid_at: paid_at.map(Timestamp::from_millis),
    })
}
