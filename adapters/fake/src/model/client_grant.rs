//! What a client may do at an API in its own name.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::document::Document;
use crate::store::{Row, State};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ClientGrant {
    pub(crate) id: String,
    pub(crate) client_id: String,
    pub(crate) audience: String,
    pub(crate) scope: Vec<String>,
    /// The rest, as the Management API takes and returns it: `organization_usage`, `allow_any_organization`,
    /// `subject_type`.
    #[serde(flatten)]
    pub(crate) settings: Map<String, Value>,
}

impl ClientGrant {
    pub(crate) fn settings(&self) -> Document<'_> {
        Document::new(&self.settings)
    }

    /// Whether tokens of it may be for any organization, attached or not.
    pub(crate) fn allows_any_organization(&self) -> bool {
        self.settings().flag("allow_any_organization").unwrap_or(false)
    }
}

impl Row for ClientGrant {
    const TABLE: &'static str = "client_grants";

    fn key(&self) -> String {
        self.id.clone()
    }

    fn alternate_key(&self) -> Option<String> {
        Some(self.client_id.clone())
    }
}

impl State {
    /// What the client may do at the API in its own name.
    pub(crate) fn client_grant(&self, client_id: &str, audience: &str) -> Option<&ClientGrant> {
        self.client_grants
            .by_alternate_key(client_id)
            .find(|grant| grant.audience == audience && grant.settings().text("subject_type") != Some("user"))
    }

    /// Removes a grant, from the organizations that it is attached to as well; `false` when there was none.
    pub(crate) fn delete_client_grant(&mut self, id: &str) -> bool {
        self.organization_client_grants.remove_where(|attached| attached.grant_id == id);
        self.client_grants.remove(id)
    }
}
