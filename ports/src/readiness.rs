//! Whether our own store can do its work.

use async_trait::async_trait;

/// Says whether requests can be served.
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait Readiness: Send + Sync {
    /// Whether the store answers and takes writes now. A store that only reads (a full disk, a failover) is not ready.
    async fn is_ready(&self) -> bool;
}
