//! Why nobody came back from another issuer who could be believed.

use std::error::Error;

use serde_json::{Map, Value, json};
use tenantry_oidc::{InvalidIssuer, MetadataRejected, OidcError};

use super::saml::SamlError;
use crate::keys::KeyError;
use crate::login::CallbackError;
use crate::store::StoreError;

/// Texts go to the client and into the logs; none holds a secret, a code or a token.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UpstreamError {
    /// The other issuer ended the login, in its own words.
    #[error("{}", description.as_deref().unwrap_or(code))]
    Answered { code: String, description: Option<String> },
    /// The connection's options can't lead to a login.
    #[error("{0}")]
    Options(String),
    /// What the issuer says about itself can't be had.
    #[error("The discovery document at {address} could not be used: {reason}")]
    Discovery { address: String, reason: String },
    #[error("{}", described(.0))]
    Protocol(#[from] OidcError),
    #[error(transparent)]
    Saml(#[from] SamlError),
    #[error("The identity provider's answer lacks {0}")]
    Missing(&'static str),
    #[error("The identity provider did not answer in time")]
    TimedOut,
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Keys(#[from] KeyError),
}

impl From<InvalidIssuer> for UpstreamError {
    fn from(error: InvalidIssuer) -> Self {
        Self::Options(format!("The connection's issuer can't be used: {error}"))
    }
}

impl From<MetadataRejected> for UpstreamError {
    fn from(error: MetadataRejected) -> Self {
        Self::Protocol(error.into())
    }
}

/// Why a server's certificate was not accepted, when that is what an error is about in the end.
pub(super) fn distrust(error: &(dyn Error + 'static)) -> Option<String> {
    let mut next = Some(error);
    while let Some(error) = next {
        let text = error.to_string();
        if text.contains("certificate") {
            return Some(text);
        }
        next = error.source();
    }
    None
}

/// What the issuer itself said tells most.
fn described(error: &OidcError) -> String {
    match error {
        OidcError::Denied { error, description } | OidcError::ClientRefused { error, description } => {
            description.clone().unwrap_or_else(|| error.clone())
        }
        OidcError::Unavailable(source) => distrust(&**source).unwrap_or_else(|| error.to_string()),
        other => other.to_string(),
    }
}

impl UpstreamError {
    /// The issuer's own OAuth error code.
    fn oauth_error(&self) -> Option<&str> {
        match self {
            Self::Answered { code, .. } => Some(code),
            Self::Protocol(OidcError::Denied { error, .. } | OidcError::ClientRefused { error, .. }) => {
                Some(error)
            }
            _ => None,
        }
    }

    /// What the client is told: the other issuer's own answer, or what went wrong between the two of us.
    pub(crate) fn for_client(&self) -> CallbackError {
        let code = match self {
            Self::Answered { code, .. } => code,
            Self::Saml(_) => "access_denied",
            Self::TimedOut
            | Self::Store(_)
            | Self::Keys(_)
            | Self::Discovery { .. }
            | Self::Protocol(OidcError::Unavailable(_) | OidcError::RateLimited { .. }) => {
                "temporarily_unavailable"
            }
            _ => "invalid_request",
        };
        CallbackError::Upstream { code: code.to_owned(), description: self.to_string() }
    }

    /// What the logs tell.
    pub(crate) fn details(&self) -> Map<String, Value> {
        let mut error = Map::from_iter([("message".to_owned(), self.to_string().into())]);
        if let Some(code) = self.oauth_error() {
            error.insert("oauthError".to_owned(), code.into());
        }
        if let Self::Protocol(cause @ (OidcError::Denied { .. } | OidcError::ClientRefused { .. })) = self {
            error.insert("cause".to_owned(), json!(cause.to_string()));
        }
        Map::from_iter([("error".to_owned(), error.into())])
    }
}
