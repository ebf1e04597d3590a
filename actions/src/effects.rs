//! What Actions asked for. The caller carries it out.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What an execution wants changed, in the state that the last of its Actions left it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Effects {
    /// Custom claims of the ID token: only those that may stand in it.
    pub id_token_claims: Map<String, Value>,
    /// Custom claims of the access token. [`crate::claims::of_access_token`] says which of them an audience takes.
    pub access_token_claims: Map<String, Value>,
    pub added_scopes: BTreeSet<String>,
    pub removed_scopes: BTreeSet<String>,
    /// Keys of `app_metadata` to set; `null` removes one. Written at the end, also of a denied login, and before a redirect.
    pub app_metadata: Map<String, Value>,
    /// Keys of `user_metadata`, in the same way.
    pub user_metadata: Map<String, Value>,
    /// Whose login it becomes. The identity that logged in must be one of that user's secondary identities.
    pub primary_user: Option<String>,
    /// Custom authentication methods that were completed, as URLs, to be listed in `event.authentication.methods`.
    pub recorded_methods: Vec<RecordedMethod>,
    pub session: HolderChanges,
    pub refresh_token: HolderChanges,
    /// What `event.transaction.metadata` has become through these Actions.
    pub transaction_metadata: Map<String, Value>,
}

/// A custom authentication method that was completed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedMethod {
    /// The URL that stands for the method.
    pub name: String,
    /// When, in milliseconds since 1970.
    pub timestamp: i64,
}

/// What becomes of the session, or of the refresh token.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct HolderChanges {
    /// Whether all metadata goes before `metadata` is set.
    pub evict_metadata: bool,
    /// Keys to set; `null` removes one.
    pub metadata: Map<String, Value>,
    /// Milliseconds since 1970; of several wishes the earliest.
    pub expires_at: Option<i64>,
    /// Milliseconds since 1970; of several wishes the earliest.
    pub idle_expires_at: Option<i64>,
    /// `persistent` or `non-persistent`; of a session only.
    pub cookie_mode: Option<String>,
    /// Set when it ends at once. The login is denied then.
    pub revoke: Option<Revocation>,
}

/// An end at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revocation {
    pub reason: String,
    /// Whether a session's refresh tokens live on.
    pub preserve_refresh_tokens: bool,
}
