//! Who can still come in another way where everybody has to come through a connection.

use tenantry_domain::{Member, Role};
use tenantry_ports::Session;

use super::{EnforceSso, SsoError};
use crate::Outage;

/// So many Administrators are told of: each is asked for.
const MOST: usize = 20;

/// An Administrator, as the one who can still come in another way should the connection fail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GlassHolder {
    /// Who.
    pub member: Member,
    /// Whether they are chosen; whoever looks is while nobody is.
    pub is_chosen: bool,
    /// Whether they have another way: an account that came through no connection of the organization's.
    pub has_another_way: bool,
}

impl EnforceSso {
    /// The Administrators of the organization, and which of them are chosen.
    pub async fn holders(&self, session: &Session, request: &str) -> Result<Vec<GlassHolder>, SsoError> {
        let administrator = self.parts.to_look(session)?;
        let tenant = &administrator.tenant().id;
        let chosen = self.parts.find(tenant, request).await?.request.break_glass;
        let all = self.members.administrators(tenant).await.map_err(Outage::from)?;
        let mut holders = Vec::new();
        for user in all.into_iter().take(MOST) {
            // The list may be some seconds old.
            let member = self.members.find(tenant, &user).await.map_err(Outage::from)?;
            let Some(member) = member.filter(|member| member.roles.contains(Role::Administrator)) else {
                continue;
            };
            let has_another_way = !self.parts.requests.has_brought(tenant, &user).await?;
            let is_chosen = if chosen.is_empty() { user == session.user } else { chosen.contains(&user) };
            holders.push(GlassHolder { member, is_chosen: is_chosen && has_another_way, has_another_way });
        }
        Ok(holders)
    }
}
