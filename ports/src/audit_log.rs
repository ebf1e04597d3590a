//! Who changed what, and when.

use async_trait::async_trait;
use tenantry_domain::{AuditAction, AuditEntry, TenantId, Timestamp, UserId};

use crate::{Cursor, Page, PageSize, Source};

/// Remembers what was done. Nothing that is remembered is ever changed.
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait AuditLog: Send + Sync {
    /// Remembers it; once acknowledged it survives a crash.
    async fn record(&self, entry: &AuditEntry) -> Result<(), AuditLogError>;

    /// Remembers it, unless the same actor did the same in the same tenant after `since` and the subject begins with
    /// `about`: then that stays alone. Answers what is remembered.
    async fn record_once(
        &self,
        entry: &AuditEntry,
        about: &str,
        since: Timestamp,
    ) -> Result<AuditEntry, AuditLogError>;

    /// What was done in this tenant, the latest first; empty for a tenant that is unknown.
    ///
    /// [`AuditLogError::InvalidCursor`] when the cursor is not one of this list's. What a cursor says can't lead into
    /// another tenant.
    async fn of_tenant(
        &self,
        tenant: &TenantId,
        from: Option<Cursor>,
        size: PageSize,
    ) -> Result<Page<AuditEntry>, AuditLogError>;

    /// What was done in this tenant of this one kind after `since`, the latest first; at most `size` entries.
    async fn of_action(
        &self,
        tenant: &TenantId,
        action: AuditAction,
        since: Timestamp,
        size: PageSize,
    ) -> Result<Vec<AuditEntry>, AuditLogError>;

    /// What a person did outside of any tenant, the latest first; at most `size` entries.
    async fn of_account(&self, user: &UserId, size: PageSize) -> Result<Vec<AuditEntry>, AuditLogError>;
}

/// Why nothing can be remembered or read.
#[derive(Debug, thiserror::Error)]
pub enum AuditLogError {
    /// The cursor was not made by this list.
    #[error("this page of the audit log does not exist")]
    InvalidCursor,
    /// The store can't be reached, or holds something that it should not. Trying again later may help.
    #[error("the store can't be reached")]
    Unavailable(#[source] Source),
}
