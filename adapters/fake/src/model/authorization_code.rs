//! A code that a client exchanges once for tokens.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tenantry_domain::Timestamp;

use super::Challenge;
use crate::secrets::shown_by;
use crate::store::Row;
use crate::tokens::Grant;

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct AuthorizationCode {
    /// The hash of the code.
    pub(crate) hash: String,
    pub(crate) client_id: String,
    pub(crate) user_id: String,
    /// Must be repeated in the exchange, if the authorization request named it.
    pub(crate) redirect_uri: Option<String>,
    pub(crate) challenge: Option<Challenge>,
    pub(crate) nonce: Option<String>,
    pub(crate) grant: Grant,
    pub(crate) issued_at: Timestamp,
    /// It was redeemed. Who brings it again takes back what it gave.
    #[serde(default)]
    pub(crate) is_spent: bool,
}

shown_by!(AuthorizationCode: client_id, user_id, issued_at);

/// The maximum that RFC 6749 section 4.1.2 recommends.
const LIFETIME: Duration = Duration::from_mins(10);

impl AuthorizationCode {
    pub(crate) fn is_live(&self, now: Timestamp) -> bool {
        now < self.issued_at + LIFETIME
    }
}

impl Row for AuthorizationCode {
    const TABLE: &'static str = "authorization_codes";

    fn key(&self) -> String {
        self.hash.clone()
    }
}
