//! Why the tenant could not be read or changed.

use crate::ManagementError;

/// Why set-up, the check or the export stopped. What was done before stays, and the same command goes on from there.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// Something of somebody else's has a name that is needed; nothing was changed.
    #[error("{0} of the plan's steps conflict with what others made: nothing was changed")]
    Conflicts(usize),
    /// Auth0 takes neither the token nor the credentials.
    #[error("Auth0 does not take these credentials ({error}): check the client id and secret, or the token")]
    Credentials {
        /// What it said.
        error: String,
    },
    /// A scope is missing.
    #[error(
        "{doing}: Auth0 does not permit it ({message}): grant that scope, then run the same command again"
    )]
    Forbidden {
        /// What was being done.
        doing: String,
        /// Auth0's own words, which name the scope.
        message: String,
    },
    /// The secret of an application is not shown.
    #[error(
        "the secret of the application {0} is not shown: grant read:client_keys, then run the same command again"
    )]
    NoSecret(String),
    /// An Action's code was not built.
    #[error("Auth0 did not build the Action {name} ({reason}): run the same command again")]
    Build {
        /// Which.
        name: String,
        /// What Auth0 says of it.
        reason: String,
    },
    /// A call failed otherwise.
    #[error("{doing}")]
    Call {
        /// What was being done.
        doing: String,
        /// Why it failed.
        #[source]
        source: ManagementError,
    },
    /// Whoever takes the exported records could not.
    #[error("the export can't be written")]
    Write(#[from] std::io::Error),
    /// More people joined in one millisecond than Auth0 lists.
    #[error("more than a thousand accounts were made at {0}: Auth0 does not list the rest")]
    TooManyAtOnce(String),
    /// This machine can't make an HTTP client.
    #[error("no HTTP client can be made")]
    Client(#[source] reqwest::Error),
}

/// Says what a call was for when it fails.
pub(super) trait Doing<T> {
    fn doing(self, what: &str) -> Result<T, SetupError>;
}

impl<T> Doing<T> for Result<T, ManagementError> {
    fn doing(self, what: &str) -> Result<T, SetupError> {
        self.map_err(|error| match error {
            ManagementError::Unauthorized { error } => SetupError::Credentials { error },
            ManagementError::Forbidden { message } => {
                SetupError::Forbidden { doing: what.to_owned(), message }
            }
            source => SetupError::Call { doing: what.to_owned(), source },
        })
    }
}
