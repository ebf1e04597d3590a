//! An access token that says nothing by itself: good for `/userinfo` alone.

use serde::{Deserialize, Serialize};
use tenantry_domain::Timestamp;

use crate::store::{Row, State};
use crate::tokens::Grant;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct AccessToken {
    /// The hash of the token.
    pub(crate) hash: String,
    pub(crate) client_id: String,
    pub(crate) user_id: String,
    pub(crate) grant: Grant,
    /// What all tokens of one login share: the hash of its code, or a name of their own.
    pub(crate) family: String,
    pub(crate) expires_at: Timestamp,
}

impl AccessToken {
    pub(crate) fn is_live(&self, now: Timestamp) -> bool {
        now < self.expires_at
    }
}

impl Row for AccessToken {
    const TABLE: &'static str = "access_tokens";

    fn key(&self) -> String {
        self.hash.clone()
    }

    fn alternate_key(&self) -> Option<String> {
        Some(self.family.clone())
    }
}

impl State {
    /// Takes back what one login gave to a client: opaque access tokens and refresh tokens.
    pub(crate) fn revoke_family(&mut self, client_id: &str, user_id: &str, family: &str) {
        // Tokens from before there were families have none in common.
        if family.is_empty() {
            return;
        }
        let access: Vec<String> = self.access_tokens.by_alternate_key(family).map(Row::key).collect();
        for hash in access {
            self.access_tokens.remove(&hash);
        }
        let refresh: Vec<String> = self
            .refresh_tokens_of(client_id, user_id)
            .filter(|token| token.family == family)
            .map(Row::key)
            .collect();
        for hash in refresh {
            self.refresh_tokens.remove(&hash);
        }
    }
}
