//! Stores in memory, for tests that need one and not a database.

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use tenantry_domain::{CheckoutId, Timestamp};

use crate::{CheckoutRecord, Checkouts, CheckoutsError};

/// A ledger in memory.
#[derive(Debug, Default)]
pub struct MemoryCheckouts(Mutex<Vec<CheckoutRecord>>);

impl MemoryCheckouts {
    /// Every record, in the order in which they were opened.
    pub fn records(&self) -> Vec<CheckoutRecord> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[async_trait]
impl Checkouts for MemoryCheckouts {
    async fn open(&self, record: &CheckoutRecord) -> Result<CheckoutRecord, CheckoutsError> {
        let mut records = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let same = |held: &&CheckoutRecord| held.conversion == record.conversion && held.user == record.user;
        if let Some(held) = records.iter().find(same) {
            return Ok(held.clone());
        }
        records.push(record.clone());
        Ok(record.clone())
    }

    async fn find(&self, checkout: &CheckoutId) -> Result<Option<CheckoutRecord>, CheckoutsError> {
        let records = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(records.iter().find(|held| held.id == *checkout).cloned())
    }

    async fn mark_paid(
        &self,
        checkout: &CheckoutId,
        at: Timestamp,
    ) -> Result<Option<CheckoutRecord>, CheckoutsError> {
        let mut records = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let held = records.iter_mut().find(|held| held.id == *checkout);
        Ok(held.map(|held| {
            held.paid_at.get_or_insert(at);
            held.clone()
        }))
    }
}
