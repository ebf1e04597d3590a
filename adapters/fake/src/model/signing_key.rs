//! A key that signs tokens, as it is kept.

use serde::{Deserialize, Serialize};
use tenantry_domain::Timestamp;

use crate::secrets::Secret;
use crate::store::{Row, State};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct SigningKey {
    pub(crate) kid: String,
    /// The private key: PKCS#8 DER in base64url.
    pub(crate) pkcs8: Secret,
    pub(crate) key_use: KeyUse,
    pub(crate) created_at: Timestamp,
    /// When it began to sign.
    #[serde(default)]
    pub(crate) current_since: Option<Timestamp>,
    /// When it ceased to sign.
    #[serde(default)]
    pub(crate) current_until: Option<Timestamp>,
    /// From then on nothing that it signed is believed.
    #[serde(default)]
    pub(crate) revoked_at: Option<Timestamp>,
}

/// Where a key stands in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum KeyUse {
    /// Signs.
    Current,
    /// Published ahead, so that clients know it when it begins to sign.
    Next,
    /// Signs no more; what it signed is believed until it is revoked.
    Previous,
}

impl Row for SigningKey {
    const TABLE: &'static str = "signing_keys";

    fn key(&self) -> String {
        self.kid.clone()
    }
}

impl State {
    /// The next key begins to sign, the current one ceases to, and `new` comes next.
    pub(crate) fn rotate_signing_keys(&mut self, new: SigningKey, now: Timestamp) {
        let moving = self.signing_keys.iter().filter(|key| key.key_use != KeyUse::Previous);
        for key in moving.cloned().collect::<Vec<_>>() {
            self.signing_keys.put(if key.key_use == KeyUse::Current {
                SigningKey { key_use: KeyUse::Previous, current_until: Some(now), ..key }
            } else {
                SigningKey { key_use: KeyUse::Current, current_since: Some(now), ..key }
            });
        }
        self.signing_keys.put(new);
    }
}
