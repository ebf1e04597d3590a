//! What a role or a user may do at an API.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Role;
use crate::store::State;

/// A scope of a resource server.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Permission {
    /// The identifier of the resource server.
    pub(crate) resource_server_identifier: String,
    /// One of its scopes.
    pub(crate) permission_name: String,
}

impl State {
    /// What the user may do at the API: under an organization by the roles given there alone, else by their own roles
    /// and permissions. In the order of their names.
    pub(crate) fn permissions_at(
        &self,
        user_id: &str,
        organization: Option<&str>,
        audience: &str,
    ) -> Vec<String> {
        let mut names = BTreeSet::new();
        let mut add = |permissions: &[Permission]| {
            let here = permissions.iter().filter(|each| each.resource_server_identifier == audience);
            names.extend(here.map(|permission| permission.permission_name.clone()));
        };
        match organization {
            Some(organization) => {
                self.member_roles(organization, user_id).for_each(|role: &Role| add(&role.permissions));
            }
            None => {
                let Some(user) = self.users.get(user_id) else { return Vec::new() };
                add(&user.permissions);
                let roles = user.roles.iter().filter_map(|id| self.roles.get(id));
                roles.for_each(|role| add(&role.permissions));
            }
        }
        names.into_iter().collect()
    }
}
