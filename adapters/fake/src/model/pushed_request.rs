//! An authorization request that a client sent ahead (RFC 9126).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tenantry_domain::Timestamp;

use crate::secrets::shown_by;
use crate::store::Row;

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct PushedRequest {
    /// The hash of its `request_uri`.
    pub(crate) hash: String,
    pub(crate) client_id: String,
    pub(crate) parameters: BTreeMap<String, String>,
    pub(crate) expires_at: Timestamp,
}

shown_by!(PushedRequest: client_id, expires_at);

impl PushedRequest {
    pub(crate) fn is_live(&self, now: Timestamp) -> bool {
        now < self.expires_at
    }
}

impl Row for PushedRequest {
    const TABLE: &'static str = "pushed_requests";

    fn key(&self) -> String {
        self.hash.clone()
    }
}
