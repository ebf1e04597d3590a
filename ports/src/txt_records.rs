//! Text records in DNS.

use async_trait::async_trait;

use crate::Source;

/// Looks text records up (RFC 1035, section 3.3.14).
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait TxtRecords: Send + Sync {
    /// The text of each record of this name, its strings joined; none when there is no such name, or no such record.
    async fn look_up(&self, name: &str) -> Result<Vec<String>, TxtRecordsError>;
}

/// Nobody can say whether there is a record.
#[derive(Debug, thiserror::Error)]
pub enum TxtRecordsError {
    /// No server answers in time, or one answers that it can't tell. Trying again later may help.
    #[error("DNS does not answer")]
    Unavailable(#[source] Source),
}
