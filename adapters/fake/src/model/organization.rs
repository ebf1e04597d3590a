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
    /// Connections that were set up for the organization and turned off: nobody logs in through them.
    #[serde(default)]
    pub(crate) disabled_connections: Vec<EnabledConnection>,
    /// As the Management API takes and returns it.
    #[serde(default)]
    pub(crate) token_quota: Option<Value>,
    /// Whether applications of others may be used: `block` or `allow`.
    #[serde(default = "block")]
    pub(crate) third_party_client_access: String,
    /// Whether members may use those applications alone that the organization was given.
    #[serde(default)]
    pub(crate) is_app_entitlement_active: bool,
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
    /// What the organization calls it.
    #[serde(default)]
    pub(crate) organization_connection_name: Option<String>,
    /// What the organization's own administrators may do with it: `none`, `readonly`, `limited` or `full`.
    #[serde(default = "none")]
    pub(crate) organization_access_level: String,
}

/// Rows that were written before the property existed mean the same as those made without it.
fn block() -> String {
    "block".to_owned()
}

fn none() -> String {
    "none".to_owned()
}

impl EnabledConnection {
    /// With Auth0's defaults.
    pub(crate) fn new(connection_id: impl Into<String>) -> Self {
        Self {
            connection_id: connection_id.into(),
            assign_membership_on_login: false,
            show_as_button: true,
            is_signup_enabled: false,
            organization_connection_name: None,
            organization_access_level: none(),
        }
    }
}

impl Organization {
    /// With a name, and Auth0's defaults.
    pub(crate) fn new(id: impl Into<String>, name: impl Into<String>, created_at: Timestamp) -> Self {
        Self {
            id: id.into(),
            name: name.into(),
            display_name: None,
            branding: None,
            metadata: BTreeMap::new(),
            enabled_connections: Vec::new(),
            disabled_connections: Vec::new(),
            token_quota: None,
            third_party_client_access: block(),
            is_app_entitlement_active: false,
            created_at,
        }
    }

    pub(crate) fn label(&self) -> &str {
        self.display_name.as_deref().unwrap_or(&self.name)
    }

    pub(crate) fn enabled_connection(&self, connection_id: &str) -> Option<&EnabledConnection> {
        self.enabled_connections.iter().find(|enabled| enabled.connection_id == connection_id)
    }

    /// The connection as it was set up for the organization, be it turned off.
    pub(crate) fn connection(&self, connection_id: &str) -> Option<&EnabledConnection> {
        self.connections().find(|set_up| set_up.connection_id == connection_id)
    }

    /// All connections that were set up for the organization, those first that are enabled.
    pub(crate) fn connections(&self) -> impl Iterator<Item = &EnabledConnection> {
        self.enabled_connections.iter().chain(&self.disabled_connections)
    }

    /// Takes a connection from the organization; `None` when it was not set up there.
    pub(crate) fn remove_connection(&mut self, connection_id: &str) -> Option<EnabledConnection> {
        [&mut self.enabled_connections, &mut self.disabled_connections].into_iter().find_map(|list| {
            let place = list.iter().position(|set_up| set_up.connection_id == connection_id)?;
            Some(list.remove(place))
        })
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
        self.organization_client_grants.remove_where(|attached| attached.organization_id == id);
        self.organization_clients.remove_where(|associated| associated.organization_id == id);
        self.organizations.remove(id)
    }
}
