//! A client grant that an organization lets be used for it.

use serde::{Deserialize, Serialize};

use crate::store::{Row, State};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct OrganizationClientGrant {
    pub(crate) organization_id: String,
    pub(crate) grant_id: String,
}

impl OrganizationClientGrant {
    pub(crate) fn key_of(organization_id: &str, grant_id: &str) -> String {
        format!("{organization_id}/{grant_id}")
    }

    /// What the keys of an organization's grants start with; ids of organizations contain no slash.
    pub(crate) fn prefix(organization_id: &str) -> String {
        Self::key_of(organization_id, "")
    }
}

impl Row for OrganizationClientGrant {
    const TABLE: &'static str = "organization_client_grants";

    fn key(&self) -> String {
        Self::key_of(&self.organization_id, &self.grant_id)
    }

    fn alternate_key(&self) -> Option<String> {
        Some(self.grant_id.clone())
    }
}

impl State {
    /// Whether the organization lets the grant be used for it.
    pub(crate) fn client_grant_is_attached(&self, grant_id: &str, organization_id: &str) -> bool {
        let key = OrganizationClientGrant::key_of(organization_id, grant_id);
        self.organization_client_grants.get(&key).is_some()
    }
}
