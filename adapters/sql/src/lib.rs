//! Tenantry's own state in a SQL database: sessions, conversions in progress, spent login attempts, what single sign-on
//! needs to remember, and the ledger of the test checkout.
//!
//! SQLite, embedded, is the default and belongs to one process; several instances of a product share a PostgreSQL server.
//! Each has a folder of migrations of its own. The statements are the same for both, and so are the contract suites.

mod database;
mod error;
mod statement;
mod stores;
#[cfg(feature = "testkit")]
pub mod testkit;

pub use database::{Database, SqlTurns};
pub use error::OpenError;
pub use stores::{
    SqlAccessRequests, SqlAuditLog, SqlCheckouts, SqlDomainProofs, SqlIdempotencyKeys, SqlJourneys,
    SqlLoginAttempts, SqlOffers, SqlSessions, SqlSsoRequests, SqlTenantLooks,
};
