//! [`Members`] on the fake's state.

use async_trait::async_trait;
use tenantry_domain::{
    EmailAddress, FoundMember, Member, MemberKey, MemberOrder, Role, Roles, TenantId, UserId,
};
use tenantry_ports::{Cursor, FoundMembers, MemberQuery, Members, MembersError, Page, PageSize};

use super::Failed;
use crate::fake::Core;
use crate::model::{self, User};
use crate::store::{Row as _, State};
use crate::{Fake, StoreError, cursor, tokens};

/// Organization members of the fake, without HTTP.
#[derive(Clone, Debug)]
pub struct FakeMembers {
    fake: Fake,
}

impl FakeMembers {
    pub(super) fn new(fake: Fake) -> Self {
        Self { fake }
    }

    fn read<R>(
        &self,
        look: impl FnOnce(&Core, &State) -> Result<R, MembersError>,
    ) -> Result<R, MembersError> {
        let core = self.fake.core();
        core.store.read(|state| look(core, state))?
    }

    async fn write(
        &self,
        work: impl FnOnce(&mut State) -> Result<(), MembersError>,
    ) -> Result<(), MembersError> {
        let written = self.fake.core().store.write(|state| work(state).map_err(Failed::Port)).await;
        written.map_err(|failed| match failed {
            Failed::Port(error) => error,
            Failed::Store(error) => error.into(),
        })
    }
}

#[async_trait]
impl Members for FakeMembers {
    async fn page(
        &self,
        tenant: &TenantId,
        from: Option<Cursor>,
        size: PageSize,
    ) -> Result<Page<Member>, MembersError> {
        self.read(|core, state| {
            let prefix = prefix_of(state, tenant)?;
            // A cursor of another tenant does not start with this one's id.
            let after = from
                .map(|from| cursor::read(from.as_str()).filter(|key| key.starts_with(&prefix)))
                .map(|key| key.ok_or(MembersError::InvalidCursor))
                .transpose()?;
            let size = usize::from(size.get());
            let rows = state.members.with_prefix(&prefix, after.as_deref());
            let rows: Vec<_> = rows.take(size + 1).collect();
            let last = rows.get(size - 1).filter(|_| rows.len() > size);
            Ok(Page {
                next: last.map(|row| Cursor::new(cursor::write(&row.key()))),
                items: rows.iter().take(size).filter_map(|row| member(core, state, row)).collect(),
            })
        })
    }

    async fn count(&self, tenant: &TenantId) -> Result<u32, MembersError> {
        self.read(|_, state| {
            let count = state.members.with_prefix(&prefix_of(state, tenant)?, None).count();
            Ok(u32::try_from(count).unwrap_or(u32::MAX))
        })
    }

    async fn roles(&self, tenant: &TenantId, user: &UserId) -> Result<Roles, MembersError> {
        self.read(|_, state| Ok(roles(state, tenant.as_str(), user.as_str())))
    }

    async fn add(&self, tenant: &TenantId, user: &UserId) -> Result<(), MembersError> {
        self.write(|state| {
            prefix_of(state, tenant)?;
            state.users.get(user.as_str()).ok_or(MembersError::UnknownUser)?;
            state.add_member(tenant.as_str(), user.as_str());
            Ok(())
        })
        .await
    }

    async fn assign(&self, tenant: &TenantId, user: &UserId, role: Role) -> Result<(), MembersError> {
        self.write(|state| {
            prefix_of(state, tenant)?;
            let mut member =
                state.member(tenant.as_str(), user.as_str()).cloned().ok_or(MembersError::UnknownUser)?;
            let role = state.role_by_name(role.name()).map(|role| role.id.clone());
            let role = role.ok_or_else(|| MembersError::Unavailable("there is no such role".into()))?;
            if !member.roles.contains(&role) {
                member.roles.push(role);
                state.members.put(member);
            }
            Ok(())
        })
        .await
    }

    async fn find(&self, tenant: &TenantId, user: &UserId) -> Result<Option<Member>, MembersError> {
        self.read(|core, state| {
            let row = state.member(tenant.as_str(), user.as_str());
            Ok(row.and_then(|row| member(core, state, row)))
        })
    }

    async fn unassign(&self, tenant: &TenantId, user: &UserId, role: Role) -> Result<(), MembersError> {
        self.write(|state| {
            prefix_of(state, tenant)?;
            let held = state.member(tenant.as_str(), user.as_str()).cloned();
            let role = state.role_by_name(role.name()).map(|role| role.id.clone());
            if let (Some(mut member), Some(role)) = (held, role) {
                member.roles.retain(|held| *held != role);
                state.members.put(member);
            }
            Ok(())
        })
        .await
    }

    async fn remove(&self, tenant: &TenantId, user: &UserId) -> Result<(), MembersError> {
        self.write(|state| {
            prefix_of(state, tenant)?;
            state.members.remove(&model::Member::key_of(tenant.as_str(), user.as_str()));
            Ok(())
        })
        .await
    }

    async fn search(&self, tenant: &TenantId, query: &MemberQuery) -> Result<FoundMembers, MembersError> {
        let start = query.start()?;
        let wanted = query.text.as_ref().map(|text| text.as_str().to_lowercase());
        let fits = |user: &&User| {
            let Some(wanted) = &wanted else { return true };
            let contains = |text: &str| text.to_lowercase().contains(wanted);
            contains(user.display_name()) || user.email.as_deref().is_some_and(contains)
        };
        self.read(|core, state| {
            let prefix = model::Member::prefix(tenant.as_str());
            let rows = state.members.with_prefix(&prefix, None);
            let users = rows.filter_map(|row| state.users.get(&row.user_id));
            let mut users: Vec<_> = users.filter(fits).collect();
            sort(&mut users, query.order);
            let total = u32::try_from(users.len()).unwrap_or(u32::MAX);
            let size = u32::from(query.size.get()).min(FoundMembers::REACH - start);
            let page = users.into_iter().skip(start as usize).take(size as usize);
            Ok(query.page(page.filter_map(|user| found(core, user)).collect(), start, total))
        })
    }

    async fn administrators(&self, tenant: &TenantId) -> Result<Vec<UserId>, MembersError> {
        self.read(|_, state| {
            let prefix = model::Member::prefix(tenant.as_str());
            let rows = state.members.with_prefix(&prefix, None);
            let runs = rows
                .filter(|row| roles(state, &row.organization_id, &row.user_id).contains(Role::Administrator));
            Ok(runs.filter_map(|row| UserId::try_from(row.user_id.as_str()).ok()).collect())
        })
    }
}

/// What the keys of the tenant's members start with, if there is such a tenant.
fn prefix_of(state: &State, tenant: &TenantId) -> Result<String, MembersError> {
    state.organizations.get(tenant.as_str()).ok_or(MembersError::UnknownTenant)?;
    Ok(model::Member::prefix(tenant.as_str()))
}

fn roles(state: &State, organization: &str, user: &str) -> Roles {
    Roles::from_names(state.member_roles(organization, user).map(|role| role.name.as_str()))
}

fn member(core: &Core, state: &State, row: &model::Member) -> Option<Member> {
    let user: &User = state.users.get(&row.user_id)?;
    Some(Member {
        user: UserId::try_from(user.id.as_str()).ok()?,
        name: user.display_name().to_owned(),
        email: user.email.as_deref().and_then(|email| EmailAddress::try_from(email).ok()),
        picture: Some(tokens::picture_of(user, &core.config.issuer)),
        roles: roles(state, &row.organization_id, &row.user_id),
    })
}

fn found(core: &Core, user: &User) -> Option<FoundMember> {
    Some(FoundMember {
        user: UserId::try_from(user.id.as_str()).ok()?,
        name: user.display_name().to_owned(),
        email: user.email.as_deref().and_then(|email| EmailAddress::try_from(email).ok()),
        picture: Some(tokens::picture_of(user, &core.config.issuer)),
        last_login: user.last_login,
    })
}

/// Who has nothing to be sorted by comes last, from whichever end.
fn sort(users: &mut [&User], order: MemberOrder) {
    let text = |user: &&User| match order.by {
        MemberKey::Name => Some(user.display_name().to_lowercase()),
        MemberKey::Email => user.email.as_deref().map(str::to_lowercase),
        MemberKey::LastLogin => user.last_login.map(|at| at.to_string()),
    };
    if order.is_descending {
        users.sort_by_cached_key(|user| std::cmp::Reverse(text(user)));
    } else {
        users.sort_by_cached_key(|user| text(user).map_or((true, String::new()), |text| (false, text)));
    }
}

impl From<StoreError> for MembersError {
    fn from(error: StoreError) -> Self {
        Self::Unavailable(Box::new(error))
    }
}
