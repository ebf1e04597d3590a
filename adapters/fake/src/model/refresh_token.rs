//! A token that is exchanged for new tokens again and again (rotation is off, Auth0's default).

use serde::{Deserialize, Serialize};
use tenantry_domain::Timestamp;

use crate::store::{Row, State};
use crate::tokens::Grant;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct RefreshToken {
    /// The hash of the token.
    pub(crate) hash: String,
    pub(crate) client_id: String,
    pub(crate) user_id: String,
    pub(crate) grant: Grant,
    pub(crate) issued_at: Timestamp,
}

/// More than these live tokens of one user at one client push out the oldest (entity limits).
const LIMIT: usize = 200;

impl RefreshToken {
    fn owner(client_id: &str, user_id: &str) -> String {
        format!("{client_id}/{user_id}")
    }
}

impl Row for RefreshToken {
    const TABLE: &'static str = "refresh_tokens";

    fn key(&self) -> String {
        self.hash.clone()
    }

    fn alternate_key(&self) -> Option<String> {
        Some(Self::owner(&self.client_id, &self.user_id))
    }
}

impl State {
    pub(crate) fn add_refresh_token(&mut self, token: RefreshToken) {
        let owner = RefreshToken::owner(&token.client_id, &token.user_id);
        let mut earlier: Vec<(Timestamp, String)> = self
            .refresh_tokens
            .by_alternate_key(&owner)
            .map(|token| (token.issued_at, token.key()))
            .collect();
        if earlier.len() >= LIMIT {
            earlier.sort();
            for (_, hash) in earlier.iter().take(earlier.len() + 1 - LIMIT) {
                self.refresh_tokens.remove(hash);
            }
        }
        self.refresh_tokens.put(token);
    }
}
