//! Who can still come in another way where everybody has to come through a connection.

use futures::{StreamExt, TryStreamExt, stream};
use tenantry_domain::{Member, Role, TenantId, UserId};
use tenantry_ports::{PageSize, Session};

use super::enforce::AT_ONCE;
use super::{EnforceSso, SsoError};
use crate::Outage;

/// So many Administrators are told of.
const MOST: usize = 20;

/// An Administrator, as the one who can still come in another way should the connection fail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GlassHolder {
    /// Who.
    pub member: Member,
    /// Whether they are chosen; whoever looks is while none of those who were can come in another way.
    pub is_chosen: bool,
    /// Whether they have another way: an account that came through no connection of the organization's.
    pub has_another_way: bool,
}

impl EnforceSso {
    /// Administrators of the organization, as many as can be told of, and which of them are chosen. Those come first, then
    /// whoever looks: who is not told of can't be kept.
    pub async fn holders(&self, session: &Session, request: &str) -> Result<Vec<GlassHolder>, SsoError> {
        let administrator = self.parts.to_look(session)?;
        let tenant = &administrator.tenant().id;
        let chosen = self.parts.find(tenant, request).await?.request.break_glass;
        let mut all = self.members.administrators(tenant).await.map_err(Outage::from)?;
        all.sort_by_key(|user| (!chosen.contains(user), *user != session.user));
        all.truncate(MOST);
        let mut holders = Vec::new();
        for member in self.known(tenant, &all).await? {
            // The list may be some seconds old.
            if member.roles.contains(Role::Administrator) {
                let has_another_way = !self.parts.requests.has_brought(tenant, &member.user).await?;
                let is_chosen = has_another_way && chosen.contains(&member.user);
                holders.push(GlassHolder { member, is_chosen, has_another_way });
            }
        }
        if !holders.iter().any(|holder| holder.is_chosen) {
            for holder in holders.iter_mut().filter(|holder| holder.member.user == session.user) {
                holder.is_chosen = holder.has_another_way;
            }
        }
        Ok(holders)
    }

    /// Those of these who are members, in their order. Most organizations are one page, which is one call; only who is on
    /// none of it is asked for.
    pub(super) async fn known(&self, tenant: &TenantId, users: &[UserId]) -> Result<Vec<Member>, SsoError> {
        let page = self.members.page(tenant, None, PageSize::at_most(100)).await.map_err(Outage::from)?;
        let find = |user: UserId| {
            let listed = page.items.iter().find(|member| member.user == user).cloned();
            let is_all = page.next.is_none();
            async move {
                if listed.is_some() || is_all {
                    return Ok(listed);
                }
                self.members.find(tenant, &user).await.map_err(Outage::from)
            }
        };
        let each: Vec<_> = users.iter().cloned().map(find).collect();
        let found: Vec<Option<Member>> = stream::iter(each).buffered(AT_ONCE).try_collect().await?;
        Ok(found.into_iter().flatten().collect())
    }
}
