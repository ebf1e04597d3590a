//! A key that signs tokens, as it is kept.

use serde::{Deserialize, Serialize};
use tenantry_domain::Timestamp;

use crate::secrets::Secret;
use crate::store::Row;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct SigningKey {
    pub(crate) kid: String,
    /// The private key: PKCS#8 DER in base64url.
    pub(crate) pkcs8: Secret,
    pub(crate) key_use: KeyUse,
    pub(crate) created_at: Timestamp,
}

/// Which of the two published keys it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum KeyUse {
    /// Signs.
    Current,
    /// Published ahead, so that clients know it when it begins to sign.
    Next,
}

impl Row for SigningKey {
    const TABLE: &'static str = "signing_keys";

    fn key(&self) -> String {
        self.kid.clone()
    }
}
