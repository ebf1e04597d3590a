//! A role, the same one tenant-wide and inside organizations.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Member, Permission};
use crate::store::{Row, State};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Role {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) description: String,
    /// What whoever has it may do at APIs.
    #[serde(default)]
    pub(crate) permissions: Vec<Permission>,
    /// The rest, as the Management API takes and returns it: `type`, `owner_id`.
    #[serde(default)]
    pub(crate) settings: Map<String, Value>,
}

impl Role {
    /// A role that permits nothing yet.
    pub(crate) fn new(id: String, name: &str) -> Self {
        Self {
            id,
            name: name.to_owned(),
            description: String::new(),
            permissions: Vec::new(),
            settings: Map::new(),
        }
    }
}

impl Row for Role {
    const TABLE: &'static str = "roles";

    fn key(&self) -> String {
        self.id.clone()
    }

    fn alternate_key(&self) -> Option<String> {
        Some(self.name.clone())
    }
}

impl State {
    pub(crate) fn role_by_name(&self, name: &str) -> Option<&Role> {
        self.roles.by_alternate_key(name).next()
    }

    /// Removes a role, and takes it from whoever has it; `false` when there was none.
    pub(crate) fn delete_role(&mut self, id: &str) -> bool {
        let users: Vec<_> = self.users_with_role(id).cloned().collect();
        for mut user in users {
            user.roles.retain(|role| role != id);
            self.users.put(user);
        }
        let has_it = |member: &&Member| member.roles.iter().any(|role| role == id);
        let members: Vec<_> = self.members.iter().filter(has_it).cloned().collect();
        for mut member in members {
            member.roles.retain(|role| role != id);
            self.members.put(member);
        }
        self.roles.remove(id)
    }
}
