//! [`Checkouts`] in a SQL database.

use async_trait::async_trait;
use tenantry_domain::{CheckoutId, ConversionId, PlanId, Timestamp, UserId};
use tenantry_ports::{CheckoutRecord, Checkouts, CheckoutsError};

use crate::database::Database;
use crate::error::StoreError;
use crate::statement::{Row, statement};

/// The test checkout's ledger in a SQL database.
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
        let row = statement(
            "INSERT INTO test_checkouts (id, user_id, conversion_id, plan, dollars, paid_at) \
             VALUES ($1, $2, $3, $4, $5, $6) \
             ON CONFLICT (user_id, conversion_id) DO UPDATE SET id = test_checkouts.id \
             RETURNING id, user_id, conversion_id, plan, dollars, paid_at",
        )
        .bind(record.id.as_str())
        .bind(record.user.as_str())
        .bind(record.conversion.as_str())
        .bind(record.plan.as_str())
        .bind(record.dollars)
        .bind(record.paid_at.map(Timestamp::as_millis))
        .upsert(&self.0)
        .await?;
        Ok(read_record(&row)?)
    }

    async fn find(&self, checkout: &CheckoutId) -> Result<Option<CheckoutRecord>, CheckoutsError> {
        Ok(statement(
            "SELECT id, user_id, conversion_id, plan, dollars, paid_at FROM test_checkouts WHERE id = $1",
        )
        .bind(checkout.as_str())
        .find_as(&self.0, read_record)
        .await?)
    }

    async fn mark_paid(
        &self,
        checkout: &CheckoutId,
        at: Timestamp,
    ) -> Result<Option<CheckoutRecord>, CheckoutsError> {
        let row = statement(
            "UPDATE test_checkouts SET paid_at = coalesce(paid_at, $1) WHERE id = $2 \
             RETURNING id, user_id, conversion_id, plan, dollars, paid_at",
        )
        .bind(at.as_millis())
        .bind(checkout.as_str())
        .write_returning(&self.0)
        .await?;
        Ok(row.as_ref().map(read_record).transpose()?)
    }
}

fn read_record(row: &Row) -> Result<CheckoutRecord, StoreError> {
    let text = |column| row.get::<&str>(column);
    let paid_at: Option<i64> = row.get("paid_at")?;
    Ok(CheckoutRecord {
        id: CheckoutId::try_from(text("id")?).map_err(|why| StoreError::row("id")(&why))?,
        conversion: ConversionId::try_from(text("conversion_id")?)
            .map_err(|why| StoreError::row("conversion_id")(&why))?,
        user: UserId::try_from(text("user_id")?).map_err(|why| StoreError::row("user_id")(&why))?,
        plan: text("plan")?.parse::<PlanId>().map_err(|why| StoreError::row("plan")(&why))?,
        dollars: row.count("dollars")?,
        paid_at: paid_at.map(Timestamp::from_millis),
    })
}
