//! One customer organization.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tenantry_domain::Timestamp;

use crate::store::{Row, State};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Organization {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) display_name: Option<String>,
    /// As the Management API takes and returns it.
    pub(crate) branding: Option<Value>,
    pub(crate) metadata: BTreeMap<String, String>,
    pub(crate) enabled_connections: Vec<EnabledConnection>,
    /// Not shown, though lists can be sorted by it.
    pub(crate) created_at: Timestamp,
}

/// A connection through which people may log in to an organization.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct EnabledConnection {
    pub(crate) connection_id: String,
    pub(crate) assign_membership_on_login: bool,
    pub(crate) show_as_button: bool,
    pub(crate) is_signup_enabled: bool,
}

impl Organization {
    pub(crate) fn label(&self) -> &str {
        self.display_name.as_deref().unwrap_or(&self.name)
    }

    pub(crate) fn enabled_connection(&self, connection_id: &str) -> Option<&EnabledConnection> {
        self.enabled_connections.iter().find(|enabled| enabled.connection_id == connection_id)
    }
}

impl Row for Organization {
    const TABLE: &'static str = "organizations";

    fn key(&self) -> String {
        self.id.clone()
    }

    fn alternate_key(&self) -> Option<String> {
        Some(self.name.clone())
    }
}

impl State {
    pub(crate) fn organization_by_name(&self, name: &str) -> Option<&Organization> {
        self.organizations.by_alternate_key(name).next()
    }

    /// Removes an organization with its memberships; `false` when there was none. Accounts stay.
    pub(crate) fn delete_organization(&mut self, id: &str) -> bool {
        self.members.remove_where(|member| member.organization_id == id);
        self.invitations.remove_where(|invitation| invitation.organization_id == id);
        self.discovery_domains.remove_where(|domain| domain.organization_id == id);
        self.organizations.remove(id)
    }
}
