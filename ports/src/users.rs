//! People's accounts at the identity provider.

use std::time::Duration;

use async_trait::async_trait;
use tenantry_domain::{EmailAddress, PersonName, Subscription, User, UserId};
use url::Url;

use crate::Source;

/// Reads accounts, writes a person's own subscription and name, and ends accounts.
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

    /// Writes what to call the person. Every other attribute of the account stays as it is. Repeatable.
    ///
    /// [`UsersError::UnknownUser`] when there is no such account; [`UsersError::ManagedElsewhere`] when each login brings
    /// the name along from where the account is kept: then nothing was written.
    async fn rename(&self, user: &UserId, name: &PersonName) -> Result<(), UsersError>;

    /// Makes a link to a page of the provider where whoever opens it chooses a new password for this account, once; it
    /// leads to `result_url` afterwards. Nothing has changed before that, and an earlier link may be dead.
    ///
    /// [`UsersError::UnknownUser`] when there is no such account.
    async fn password_change(&self, user: &UserId, result_url: &Url) -> Result<PasswordChange, UsersError>;

    /// Ends the account, with its memberships and whatever else hangs on it at the provider. One that is not there is
    /// gone already: success.
    async fn delete(&self, user: &UserId) -> Result<(), UsersError>;
}

/// How a person comes to a new password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PasswordChange {
    /// On this page of the provider's. Who has the address can choose the password: it goes to the person alone, and
    /// into no log.
    At(Url),
    /// Not at all: this provider has no password of theirs, because they log in through somebody else.
    NoPassword,
}

/// Why an account could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum UsersError {
    /// There is no such account.
    #[error("there is no such user")]
    UnknownUser,
    /// The account's name comes from where it is kept, at each login.
    #[error("the name comes from another provider and can't be changed here")]
    ManagedElsewhere,
    /// The provider took the write and did not store it: its set-up is wrong.
    #[error("the identity provider did not store what was written")]
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
