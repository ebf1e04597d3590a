//! What a call to the Management API can end in, told apart by status first: `errorCode` is often missing.

use std::sync::Arc;
use std::time::Duration;

use reqwest::StatusCode;
use tenantry_oidc::BodyError;
use tenantry_ports::{InvitationsError, MembersError, SsoConnectionsError, TenantsError, UsersError};

/// Why a call to Auth0's Management API gave no result. None of it holds a token or a secret.
#[derive(Debug, thiserror::Error)]
pub enum ManagementError {
    /// What the path names does not exist (404).
    #[error("Auth0 knows nothing of that name")]
    NotFound,
    /// It exists already (409).
    #[error("Auth0 has one of that name already")]
    Conflict,
    /// The request breaks a rule (400).
    #[error("Auth0 refused the request: {message}")]
    BadRequest {
        /// Auth0's own words, for the log.
        message: String,
    },
    /// A scope is missing, or the account may not do this (403). Only the tenant's set-up can help.
    #[error("Auth0 does not permit it: {message}")]
    Forbidden {
        /// Auth0's own words, for the log: it names the missing scope.
        message: String,
    },
    /// The machine-to-machine application's credentials are wrong, or it has no grant for the Management API.
    #[error(
        "Auth0 gives no Management API token ({error}): check AUTH0_M2M_CLIENT_ID and AUTH0_M2M_CLIENT_SECRET"
    )]
    Unauthorized {
        /// The code of RFC 6749, or what the Management API said.
        error: String,
    },
    /// Too many requests (429), or the 500 with which Auth0 sometimes says the same.
    #[error("Auth0 asks for fewer requests")]
    RateLimited {
        /// For how long, when it says so.
        retry_after: Option<Duration>,
    },
    /// A status that this operation never has.
    #[error("Auth0 answered with status {0}")]
    Status(StatusCode),
    /// A body that is not what belongs here.
    #[error("Auth0's answer can't be read")]
    Malformed(#[source] serde_json::Error),
    /// The answer is too large, or broke off.
    #[error("Auth0's answer did not arrive whole")]
    Body(#[from] BodyError),
    /// No answer.
    #[error("Auth0 can't be reached")]
    Unreachable(#[source] reqwest::Error),
    /// No complete answer within the time for one try.
    #[error("Auth0 did not answer in time")]
    TimedOut,
    /// There is no token to call with, because Auth0's token endpoint is in trouble.
    #[error("Auth0 gives no Management API token")]
    NoToken {
        /// What happened to the request for one, which all callers share.
        #[source]
        source: Arc<ManagementError>,
        /// Whether this is the caller for whom it was made.
        is_first: bool,
    },
    /// Auth0 has failed several times in a row, and is being spared for a few seconds.
    #[error("Auth0 has not been answering, and is left alone for a moment")]
    CircuitOpen,
    /// The tenant lacks something that set-up makes: a role or a connection.
    #[error("the Auth0 tenant has no {0}: create it, then start again")]
    SetUp(String),
}

impl From<ManagementError> for UsersError {
    fn from(error: ManagementError) -> Self {
        match error {
            ManagementError::NotFound => Self::UnknownUser,
            ManagementError::RateLimited { retry_after } => Self::RateLimited { retry_after },
            other => Self::Unavailable(Box::new(other)),
        }
    }
}

impl From<ManagementError> for TenantsError {
    fn from(error: ManagementError) -> Self {
        match error {
            ManagementError::NotFound => Self::UnknownTenant,
            ManagementError::Conflict => Self::NameTaken,
            ManagementError::RateLimited { retry_after } => Self::RateLimited { retry_after },
            other => Self::Unavailable(Box::new(other)),
        }
    }
}

impl From<ManagementError> for MembersError {
    fn from(error: ManagementError) -> Self {
        match error {
            ManagementError::NotFound => Self::UnknownTenant,
            ManagementError::RateLimited { retry_after } => Self::RateLimited { retry_after },
            other => Self::Unavailable(Box::new(other)),
        }
    }
}

impl From<ManagementError> for SsoConnectionsError {
    fn from(error: ManagementError) -> Self {
        match error {
            ManagementError::NotFound => Self::UnknownConnection,
            ManagementError::RateLimited { retry_after } => Self::RateLimited { retry_after },
            other => Self::Unavailable(Box::new(other)),
        }
    }
}

impl From<ManagementError> for InvitationsError {
    fn from(error: ManagementError) -> Self {
        match error {
            ManagementError::NotFound => Self::UnknownTenant,
            ManagementError::RateLimited { retry_after } => Self::RateLimited { retry_after },
            other => Self::Unavailable(Box::new(other)),
        }
    }
}
