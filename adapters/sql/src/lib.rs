//! Tenantry's own state in a SQL database: sessions, conversions in progress, spent login attempts, and the ledger of
//! the test checkout.
//!
//! SQLite, embedded, is the default. Every database has a module and a folder of migrations of its own, and passes the
//! same contract suites; PostgreSQL takes its place beside [`sqlite`].

mod error;
pub mod sqlite;
