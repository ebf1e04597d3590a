//! A token before it is signed: a signature takes longer than everything else, so it is made outside of the lock.

use serde_json::{Map, Value};

use crate::key_ring::{KeyRing, sign_with_secret};
use crate::keys::KeyError;
use crate::secrets::shown_by;

/// Claims, and what will sign them.
#[derive(Clone)]
pub(crate) struct UnsignedToken {
    /// `typ` in the header.
    pub(crate) typ: &'static str,
    pub(crate) claims: Map<String, Value>,
    /// Signs with HS256 in place of the provider's key.
    pub(crate) secret: Option<String>,
}

shown_by!(UnsignedToken: typ);

impl UnsignedToken {
    pub(crate) fn sign(&self, keys: &KeyRing) -> Result<String, KeyError> {
        match &self.secret {
            Some(secret) => sign_with_secret(secret, self.typ, &self.claims),
            None => keys.sign(self.typ, &self.claims),
        }
    }
}

/// An access token on its way to the client.
#[derive(Clone)]
pub(crate) enum NewAccessToken {
    /// Kept by its hash: it says nothing by itself.
    Opaque(String),
    Signed(UnsignedToken),
}

impl std::fmt::Debug for NewAccessToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Opaque(_) => f.write_str("Opaque(***)"),
            Self::Signed(token) => f.debug_tuple("Signed").field(token).finish(),
        }
    }
}

impl NewAccessToken {
    pub(crate) fn finish(&self, keys: &KeyRing) -> Result<String, KeyError> {
        match self {
            Self::Opaque(token) => Ok(token.clone()),
            Self::Signed(token) => token.sign(keys),
        }
    }
}
