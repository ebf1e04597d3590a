//! Everything that can go wrong between us and an issuer, told apart by what the caller can do about it.

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::{MetadataRejected, TokenRejected};

/// Why the issuer gave no login that can be believed.
///
/// Neither `Display` nor `Debug` holds a token, a code, a verifier or a client secret.
#[derive(Clone, Debug, thiserror::Error)]
pub enum OidcError {
    /// A token didn't pass verification. Nothing in it may be believed.
    #[error("the token was refused: {0}")]
    Rejected(#[from] TokenRejected),
    /// The token endpoint refused this code: spent, expired, for someone else. Logging in again helps.
    #[error("the identity provider refused the request with `{error}`")]
    Denied {
        /// The OAuth error code (RFC 6749, section 5.2).
        error: String,
        /// The issuer's own words, for operators. Never show them to people as markup.
        description: Option<String>,
    },
    /// The token endpoint refused *us*: an unknown client id, a wrong secret, a grant that isn't enabled. Only the
    /// configuration can help.
    #[error("the identity provider refused this client's credentials with `{error}`")]
    ClientRefused {
        /// The OAuth error code (RFC 6749, section 5.2).
        error: String,
        /// The issuer's own words, for operators.
        description: Option<String>,
    },
    /// The discovery document can't be trusted.
    #[error("the identity provider's discovery document was refused: {0}")]
    Metadata(#[from] MetadataRejected),
    /// An endpoint answered with something that the protocol doesn't know.
    #[error("the identity provider's {endpoint} answered wrongly: {fault}")]
    InvalidResponse {
        /// Which endpoint.
        endpoint: Endpoint,
        /// What was wrong with the answer.
        fault: ResponseFault,
    },
    /// The answer to an authorization request names another issuer than the one that was asked, or names none
    /// although this issuer always does (RFC 9207).
    #[error("the answer comes from another issuer than the one that was asked")]
    ResponseIssuer,
    /// An authorization request tried to set a parameter that the protocol itself sets.
    #[error("`{0}` is set by the protocol and can't be an extra parameter")]
    ReservedParameter(String),
    /// Too many requests; after `retry_after`, when the issuer said so, it may work.
    #[error("the identity provider asks for fewer requests")]
    RateLimited {
        /// How long to wait.
        retry_after: Option<Duration>,
    },
    /// The issuer can't be reached, is too slow, or fails by itself.
    #[error("the identity provider is unavailable")]
    Unavailable(#[source] Arc<dyn Error + Send + Sync>),
}

impl OidcError {
    pub(crate) fn unavailable(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Unavailable(Arc::from(source.into()))
    }
}

/// An endpoint that is called from here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// The discovery document.
    Discovery,
    /// The key set (`jwks_uri`).
    Keys,
    /// The token endpoint.
    Token,
    /// Where claims are read with an access token.
    Userinfo,
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Discovery => "discovery endpoint",
            Self::Keys => "key set endpoint",
            Self::Token => "token endpoint",
            Self::Userinfo => "userinfo endpoint",
        })
    }
}

/// What was wrong with an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ResponseFault {
    /// A redirect; none is followed.
    #[error("it redirects")]
    Redirect,
    /// A status that this endpoint never uses.
    #[error("status {0}")]
    Status(u16),
    /// A body above [`MAX_BODY_BYTES`](crate::MAX_BODY_BYTES).
    #[error("the body is too large")]
    TooLarge,
    /// Not the JSON that belongs here, such as an HTML page.
    #[error("the body isn't the JSON that belongs here")]
    Malformed,
    /// A token response without `id_token`.
    #[error("`id_token` is missing")]
    NoIdToken,
    /// A `token_type` other than `Bearer`.
    #[error("`token_type` isn't Bearer")]
    TokenType,
}
