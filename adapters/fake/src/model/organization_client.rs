//! An application that an organization was given.

use serde::{Deserialize, Serialize};

use crate::store::{Row, State};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct OrganizationClient {
    pub(crate) organization_id: String,
    pub(crate) client_id: String,
    /// Whether the organization's members use it.
    pub(crate) use_for_member_access: bool,
}

impl OrganizationClient {
    pub(crate) fn key_of(organization_id: &str, client_id: &str) -> String {
        format!("{organization_id}/{client_id}")
    }

    /// What the keys of an organization's clients start with; ids of organizations contain no slash.
    pub(crate) fn prefix(organization_id: &str) -> String {
        Self::key_of(organization_id, "")
    }
}

impl Row for OrganizationClient {
    const TABLE: &'static str = "organization_clients";

    fn key(&self) -> String {
        Self::key_of(&self.organization_id, &self.client_id)
    }

    fn alternate_key(&self) -> Option<String> {
        Some(self.client_id.clone())
    }
}

impl State {
    pub(crate) fn organization_client(
        &self,
        organization_id: &str,
        client_id: &str,
    ) -> Option<&OrganizationClient> {
        self.organization_clients.get(&OrganizationClient::key_of(organization_id, client_id))
    }
}
