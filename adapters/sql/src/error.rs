//! What can go wrong with a database, and how each port says it.

use tenantry_ports::{
    AccessRequestsError, AuditLogError, CheckoutsError, DomainProofsError, IdempotencyKeysError,
    JourneysError, LoginAttemptsError, OffersError, SessionsError, SsoRequestsError, TenantLooksError,
};

/// The database can't be opened or brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process uses it.
    #[error("another process uses this database: end it, or choose another folder")]
    InUse,
    /// The lock beside the file can't be taken.
    #[error("the lock beside the database can't be taken")]
    Lock(#[source] std::io::Error),
    /// The file can't be opened, or the server can't be connected to.
    #[error("the database can't be opened")]
    Open(#[source] sqlx::Error),
    /// Nobody answers at the server's address.
    #[error("the database does not answer")]
    Silent,
    /// It was written by a newer version, or a migration failed.
    #[error("the database can't be brought up to date")]
    Migrate(#[from] sqlx::migrate::MigrateError),
}

/// A read or a write failed, or a row holds what it should not.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StoreError {
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    #[error("column {column} holds {why}")]
    Row { column: &'static str, why: String },
}

impl StoreError {
    /// The value in `column` is not what was once written there.
    pub(crate) fn row(column: &'static str) -> impl FnOnce(&dyn std::fmt::Display) -> Self {
        move |why| Self::Row { column, why: why.to_string() }
    }
}

impl From<StoreError> for SessionsError {
    fn from(error: StoreError) -> Self {
        Self::Unavailable(Box::new(error))
    }
}

impl From<StoreError> for JourneysError {
    fn from(error: StoreError) -> Self {
        Self::Unavailable(Box::new(error))
    }
}

impl From<StoreError> for LoginAttemptsError {
    fn from(error: StoreError) -> Self {
        Self::Unavailable(Box::new(error))
    }
}

impl From<StoreError> for CheckoutsError {
    fn from(error: StoreError) -> Self {
        Self::Unavailable(Box::new(error))
    }
}

impl From<StoreError> for IdempotencyKeysError {
    fn from(error: StoreError) -> Self {
        Self::Unavailable(Box::new(error))
    }
}

impl From<StoreError> for AuditLogError {
    fn from(error: StoreError) -> Self {
        Self::Unavailable(Box::new(error))
    }
}

impl From<StoreError> for TenantLooksError {
    fn from(error: StoreError) -> Self {
        Self::Unavailable(Box::new(error))
    }
}

impl From<StoreError> for OffersError {
    fn from(error: StoreError) -> Self {
        Self::Unavailable(Box::new(error))
    }
}

impl From<StoreError> for AccessRequestsError {
    fn from(error: StoreError) -> Self {
        Self::Unavailable(Box::new(error))
    }
}

impl From<StoreError> for SsoRequestsError {
    fn from(error: StoreError) -> Self {
        Self::Unavailable(Box::new(error))
    }
}

impl From<StoreError> for DomainProofsError {
    fn from(error: StoreError) -> Self {
        Self::Unavailable(Box::new(error))
    }
}
