//! A user in an organization, with the roles given there.

use serde::{Deserialize, Serialize};

use super::Organization;
use crate::store::{Row, State};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Member {
    pub(crate) organization_id: String,
    pub(crate) user_id: String,
    /// Ids of roles.
    pub(crate) roles: Vec<String>,
}

impl Member {
    pub(crate) fn key_of(organization_id: &str, user_id: &str) -> String {
        format!("{organization_id}/{user_id}")
    }

    /// What the keys of an organization's members start with; ids of organizations contain no slash.
    pub(crate) fn prefix(organization_id: &str) -> String {
        Self::key_of(organization_id, "")
    }
}

impl Row for Member {
    const TABLE: &'static str = "members";

    fn key(&self) -> String {
        Self::key_of(&self.organization_id, &self.user_id)
    }

    fn alternate_key(&self) -> Option<String> {
        Some(self.user_id.clone())
    }
}

impl State {
    pub(crate) fn member(&self, organization_id: &str, user_id: &str) -> Option<&Member> {
        self.members.get(&Member::key_of(organization_id, user_id))
    }

    /// Makes the user a member without roles; who is one already stays as they are.
    pub(crate) fn add_member(&mut self, organization_id: &str, user_id: &str) {
        if self.member(organization_id, user_id).is_none() {
            self.members.put(Member {
                organization_id: organization_id.to_owned(),
                user_id: user_id.to_owned(),
                roles: Vec::new(),
            });
        }
    }

    pub(crate) fn memberships_of(&self, user_id: &str) -> impl Iterator<Item = &Member> {
        self.members.by_alternate_key(user_id)
    }

    pub(crate) fn organizations_of(&self, user_id: &str) -> impl Iterator<Item = &Organization> {
        self.memberships_of(user_id).filter_map(|member| self.organizations.get(&member.organization_id))
    }

    /// The roles that the user was given inside the organization.
    pub(crate) fn member_roles(
        &self,
        organization_id: &str,
        user_id: &str,
    ) -> impl Iterator<Item = &super::Role> {
        let ids = self.member(organization_id, user_id).map(|member| member.roles.iter());
        ids.into_iter().flatten().filter_map(|id| self.roles.get(id))
    }
}
