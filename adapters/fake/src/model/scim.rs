//! How an enterprise's directory may write its people into a connection (SCIM).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tenantry_domain::Timestamp;

use crate::store::Row;

/// At most one a connection.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ScimConfiguration {
    pub(crate) connection_id: String,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_on: Timestamp,
    /// As the Management API takes and returns it: `user_id_attribute`, `mapping`.
    #[serde(flatten)]
    pub(crate) settings: Map<String, Value>,
}

impl Row for ScimConfiguration {
    const TABLE: &'static str = "scim_configurations";

    fn key(&self) -> String {
        self.connection_id.clone()
    }
}

/// By what a directory proves itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ScimToken {
    /// `tok_` and 16 letters or digits.
    pub(crate) token_id: String,
    pub(crate) connection_id: String,
    /// The hash of the token, which was shown once.
    pub(crate) hash: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) created_at: Timestamp,
    pub(crate) valid_until: Option<Timestamp>,
}

impl Row for ScimToken {
    const TABLE: &'static str = "scim_tokens";

    fn key(&self) -> String {
        self.token_id.clone()
    }

    fn alternate_key(&self) -> Option<String> {
        Some(self.connection_id.clone())
    }
}
