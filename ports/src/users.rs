//! People's accounts at the identity provider.

use std::time::Duration;

use async_trait::async_trait;
use tenantry_domain::{EmailAddress, Subscription, User, UserId};

use crate::Source;

/// Reads accounts, and writes a person's own subscription.
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait Users: Send + Sync {
    /// The account with this id, read now (not from an index that lags); `Ok(None)` when there is none.
    async fn find(&self, user: &UserId) -> Result<Option<User>, UsersError>;

    /// The accounts with this address: one for each way in which its owner logs in, none when there is none. An account
    /// that was made or whose address was changed a moment ago may be missing.
    async fn find_by_email(&self, email: &EmailAddress) -> Result<Vec<User>, UsersError>;

    /// Writes the person's own subscription and makes sure that it was stored. Every other attribute of the account
    /// stays as it is. Writing the same again is success; the last of two writers wins.
    ///
    /// [`UsersError::UnknownUser`] when there is no such account.
    async fn set_subscription(&self, user: &UserId, subscription: Subscription) -> Result<(), UsersError>;
}

/// Why an account could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum UsersError {
    /// There is no such account.
    #[error("there is no such user")]
    UnknownUser,
    /// The provider took the write and did not store it: its set-up is wrong.
    #[error("the identity provider did not store the subscription")]
    NotStored,
    /// The provider asks us to wait.
    #[error("the identity provider is asked too often")]
    RateLimited {
        /// For how long, when it says so.
        retry_after: Option<Duration>,
    },
    /// The provider can't be reached, or does not answer as it should. Trying again later may help.
    #[error("the identity provider can't be reached")]
    Unavailable(#[source] Source),
}
