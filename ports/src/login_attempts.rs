//! Which login attempts are spent.

use async_trait::async_trait;
use tenantry_domain::Timestamp;

use crate::Source;

/// Makes sure that a login attempt is answered once, however often and on however many instances its callback arrives.
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait LoginAttempts: Send + Sync {
    /// Spends the attempt of this `state`: `true` for the first caller, `false` for every later one. It may be
    /// forgotten after `forget_at`, when the attempt itself has expired.
    async fn spend(&self, state: &str, forget_at: Timestamp) -> Result<bool, LoginAttemptsError>;
}

/// The attempt could not be spent.
#[derive(Debug, thiserror::Error)]
pub enum LoginAttemptsError {
    /// The store can't be reached. Trying again later may help.
    #[error("the store can't be reached")]
    Unavailable(#[source] Source),
}
