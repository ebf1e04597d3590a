//! What an enterprise's administrator may set up for themselves, and what they are asked for.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tenantry_domain::Timestamp;

use crate::document::Document;
use crate::store::{Row, State};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct SelfServiceProfile {
    /// `ssp_` and 22 letters or digits.
    pub(crate) id: String,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    /// The rest, as the Management API takes and returns it: `name`, `allowed_strategies` and so on.
    #[serde(flatten)]
    pub(crate) settings: Map<String, Value>,
}

impl SelfServiceProfile {
    pub(crate) fn settings(&self) -> Document<'_> {
        Document::new(&self.settings)
    }

    /// The kinds of identity provider that may be connected.
    pub(crate) fn allowed_strategies(&self) -> impl Iterator<Item = &str> {
        self.settings().texts("allowed_strategies")
    }
}

impl Row for SelfServiceProfile {
    const TABLE: &'static str = "self_service_profiles";

    fn key(&self) -> String {
        self.id.clone()
    }
}

impl State {
    /// Removes a profile with its tickets.
    pub(crate) fn delete_self_service_profile(&mut self, id: &str) {
        self.sso_tickets.remove_where(|ticket| ticket.profile_id == id);
        self.self_service_profiles.remove(id);
    }
}
