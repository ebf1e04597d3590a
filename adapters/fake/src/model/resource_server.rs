//! An API that access tokens are for.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Permission, Role, User};
use crate::document::Document;
use crate::secrets::shown_by;
use crate::store::{Row, State};

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct ResourceServer {
    /// 24 hexadecimal digits.
    pub(crate) id: String,
    /// What a client asks for as `audience`.
    pub(crate) identifier: String,
    /// The rest, as the Management API takes and returns it: `name`, `scopes`, `token_lifetime`, `allow_offline_access`,
    /// `enforce_policies`, `token_dialect`.
    #[serde(flatten)]
    pub(crate) settings: Map<String, Value>,
}

shown_by!(ResourceServer: id, identifier);

impl ResourceServer {
    pub(crate) fn settings(&self) -> Document<'_> {
        Document::new(&self.settings)
    }

    /// The scopes that it knows.
    pub(crate) fn scopes(&self) -> impl Iterator<Item = &str> {
        self.settings().list("scopes").iter().filter_map(|scope| scope.get("value")?.as_str())
    }
}

impl Row for ResourceServer {
    const TABLE: &'static str = "resource_servers";

    fn key(&self) -> String {
        self.id.clone()
    }

    fn alternate_key(&self) -> Option<String> {
        Some(self.identifier.clone())
    }
}

impl State {
    pub(crate) fn resource_server_by_identifier(&self, identifier: &str) -> Option<&ResourceServer> {
        self.resource_servers.by_alternate_key(identifier).next()
    }

    /// Removes an API with the grants and the permissions for it; `false` when there was none.
    pub(crate) fn delete_resource_server(&mut self, id: &str) -> bool {
        let Some(identifier) = self.resource_servers.get(id).map(|server| server.identifier.clone()) else {
            return false;
        };
        let grants: Vec<String> =
            self.client_grants.iter().filter(|grant| grant.audience == identifier).map(Row::key).collect();
        for grant in grants {
            self.delete_client_grant(&grant);
        }
        let is_for_it = |permission: &Permission| permission.resource_server_identifier == identifier;
        let roles: Vec<Role> =
            self.roles.iter().filter(|role| role.permissions.iter().any(is_for_it)).cloned().collect();
        for mut role in roles {
            role.permissions.retain(|permission| !is_for_it(permission));
            self.roles.put(role);
        }
        let users: Vec<User> =
            self.users.iter().filter(|user| user.permissions.iter().any(is_for_it)).cloned().collect();
        for mut user in users {
            user.permissions.retain(|permission| !is_for_it(permission));
            self.users.put(user);
        }
        self.resource_servers.remove(id)
    }
}
