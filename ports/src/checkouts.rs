//! What the built-in test checkout remembers.

use async_trait::async_trait;
use tenantry_domain::{CheckoutId, ConversionId, PlanId, Timestamp, UserId};

use crate::Source;

/// The ledger of the built-in test checkout. What it has acknowledged survives a crash.
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait Checkouts: Send + Sync {
    /// Enters a checkout and answers what the ledger then holds for this conversion of this person: this record, or
    /// the one that was entered before.
    async fn open(&self, record: &CheckoutRecord) -> Result<CheckoutRecord, CheckoutsError>;

    /// The record of this checkout; `Ok(None)` when there is none.
    async fn find(&self, checkout: &CheckoutId) -> Result<Option<CheckoutRecord>, CheckoutsError>;

    /// Notes that it was paid; the first time counts. `Ok(None)` when there is no such checkout, else the record.
    async fn mark_paid(
        &self,
        checkout: &CheckoutId,
        at: Timestamp,
    ) -> Result<Option<CheckoutRecord>, CheckoutsError>;
}

/// A line of the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckoutRecord {
    /// Which checkout.
    pub id: CheckoutId,
    /// Of which purchase.
    pub conversion: ConversionId,
    /// Who buys.
    pub user: UserId,
    /// What.
    pub plan: PlanId,
    /// For how many whole US dollars.
    pub dollars: u32,
    /// When it was paid.
    pub paid_at: Option<Timestamp>,
}

/// The ledger can't be read or written.
#[derive(Debug, thiserror::Error)]
pub enum CheckoutsError {
    /// The store can't be reached, or holds something that it should not. Trying again later may help.
    #[error("the store can't be reached")]
    Unavailable(#[source] Source),
}
