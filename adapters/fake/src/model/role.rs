//! A role, the same one tenant-wide and inside organizations.

use serde::{Deserialize, Serialize};

use crate::store::{Row, State};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Role {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) description: String,
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
}
