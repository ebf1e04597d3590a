//! [`Members`] at Auth0: organization members and the roles assigned inside their organization.

use std::sync::Arc;

use async_trait::async_trait;
use tenantry_domain::{FoundMember, Member, MemberOrder, MemberSearch, Role, Roles, TenantId, UserId};
use tenantry_ports::{Cursor, FoundMembers, MemberQuery, Members, MembersError, Page, PageSize};

use crate::ManagementError;
use crate::catalogue::Catalogue;
use crate::management::{Budget, Management, Operation};
use crate::wire::{
    FoundUsers, MemberRecord, MembersPage, MembersTotal, OrganizationId, RoleName, TheseMembers, TheseRoles,
};

/// Organization members at Auth0.
#[derive(Clone, Debug)]
pub struct Auth0Members {
    management: Arc<Management>,
    catalogue: Arc<Catalogue>,
}

impl Auth0Members {
    pub(crate) fn new(management: Arc<Management>, catalogue: Arc<Catalogue>) -> Self {
        Self { management, catalogue }
    }

    /// Takes roles from a member; who does not have them, or is no member, is left alone.
    async fn take_roles(
        &self,
        tenant: &TenantId,
        user: &UserId,
        roles: Vec<&str>,
        budget: Budget,
    ) -> Result<(), MembersError> {
        let path = ["organizations", tenant.as_str(), "members", user.as_str(), "roles"];
        let roles = TheseRoles { roles };
        match self.management.run(&Operation::delete_these(&path, &roles).within(budget)).await {
            Ok(()) => Ok(()),
            Err(ManagementError::NotFound | ManagementError::BadRequest { .. }) => {
                self.unless_it_is_the_user(tenant, budget).await
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Success when it is not the organization that is unknown.
    async fn unless_it_is_the_user(&self, tenant: &TenantId, budget: Budget) -> Result<(), MembersError> {
        match self.which_is_unknown(tenant, budget).await {
            MembersError::UnknownUser => Ok(()),
            error => Err(error),
        }
    }

    /// Auth0 says 404 or 400 alike for an organization and for a user that it does not know: a second look tells.
    async fn which_is_unknown(&self, tenant: &TenantId, budget: Budget) -> MembersError {
        let path = ["organizations", tenant.as_str()];
        match self.management.run(&Operation::get(&path, &[]).within(budget)).await {
            Ok(()) => MembersError::UnknownUser,
            Err(error) => error.into(),
        }
    }
}

#[async_trait]
impl Members for Auth0Members {
    async fn page(
        &self,
        tenant: &TenantId,
        from: Option<Cursor>,
        size: PageSize,
    ) -> Result<Page<Member>, MembersError> {
        let take = size.get().to_string();
        // Checkpoint paging has no end at a thousand members, and `roles` comes only when it is asked for by name.
        let mut query = vec![("fields", "user_id,name,email,picture,roles"), ("take", take.as_str())];
        if let Some(from) = &from {
            if from.as_str().is_empty() {
                return Err(MembersError::InvalidCursor);
            }
            query.push(("from", from.as_str()));
        }
        let path = ["organizations", tenant.as_str(), "members"];
        let page: MembersPage = match self.management.call(&Operation::get(&path, &query)).await {
            Err(ManagementError::BadRequest { .. }) if from.is_some() => {
                return Err(MembersError::InvalidCursor);
            }
            outcome => outcome?,
        };
        Ok(Page {
            items: page.members.into_iter().map(Member::from).collect(),
            next: page.next.filter(|next| !next.is_empty()).map(Cursor::new),
        })
    }

    async fn count(&self, tenant: &TenantId) -> Result<u32, MembersError> {
        let path = ["organizations", tenant.as_str(), "members"];
        let query = [("fields", "user_id"), ("per_page", "1"), ("page", "0"), ("include_totals", "true")];
        let counted: MembersTotal = self.management.call(&Operation::get(&path, &query)).await?;
        Ok(counted.total)
    }

    async fn roles(&self, tenant: &TenantId, user: &UserId) -> Result<Roles, MembersError> {
        let path = ["organizations", tenant.as_str(), "members", user.as_str(), "roles"];
        // Auth0 gives one member at most fifty roles: there is no second page.
        let roles: Result<Vec<RoleName>, _> =
            self.management.call(&Operation::get(&path, &[("per_page", "100")])).await;
        match roles {
            Ok(roles) => Ok(Roles::from_names(roles.iter().map(|role| role.name.as_str()))),
            Err(ManagementError::NotFound) => Ok(Roles::default()),
            Err(error) => Err(error.into()),
        }
    }

    async fn add(&self, tenant: &TenantId, user: &UserId) -> Result<(), MembersError> {
        let path = ["organizations", tenant.as_str(), "members"];
        let members = TheseMembers { members: [user.as_str()] };
        let budget = self.management.budget();
        // Who is a member already stays one: when the answer was lost, asking again does no more.
        let operation = Operation::post(&path, &members).repeatable().within(budget);
        match self.management.run(&operation).await {
            Ok(()) | Err(ManagementError::Conflict) => Ok(()),
            Err(ManagementError::NotFound | ManagementError::BadRequest { .. }) => {
                Err(self.which_is_unknown(tenant, budget).await)
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn assign(&self, tenant: &TenantId, user: &UserId, role: Role) -> Result<(), MembersError> {
        let role = self.catalogue.role_id(role).await?;
        let path = ["organizations", tenant.as_str(), "members", user.as_str(), "roles"];
        let roles = TheseRoles { roles: vec![role] };
        let budget = self.management.budget();
        // Who has the role keeps it: when the answer was lost, asking again does no more.
        let operation = Operation::post(&path, &roles).repeatable().within(budget);
        match self.management.run(&operation).await {
            Ok(()) => Ok(()),
            Err(ManagementError::NotFound | ManagementError::BadRequest { .. }) => {
                Err(self.which_is_unknown(tenant, budget).await)
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn find(&self, tenant: &TenantId, user: &UserId) -> Result<Option<Member>, MembersError> {
        let (organizations, profile) = (["users", user.as_str(), "organizations"], ["users", user.as_str()]);
        let is_this = |organization: &OrganizationId| organization.id == tenant.as_str();
        // Nothing at Auth0 asks for one member: who they are, where they belong, and their roles here come together.
        let fields = [("fields", "user_id,name,email,picture")];
        let profile = Operation::get(&profile, &fields);
        let (belongs, profile, roles) = tokio::join!(
            self.management.by_page(&organizations, &[], |found| found.iter().any(is_this)),
            self.management.call::<MemberRecord, _>(&profile),
            self.roles(tenant, user),
        );
        let belongs: Vec<OrganizationId> = match belongs {
            Err(ManagementError::NotFound | ManagementError::BadRequest { .. }) => return Ok(None),
            found => found?,
        };
        if !belongs.iter().any(is_this) {
            return Ok(None);
        }
        match profile {
            Err(ManagementError::NotFound) => Ok(None),
            found => Ok(Some(Member { roles: roles?, ..found?.into() })),
        }
    }

    async fn unassign(&self, tenant: &TenantId, user: &UserId, role: Role) -> Result<(), MembersError> {
        let role = self.catalogue.role_id(role).await?;
        self.take_roles(tenant, user, vec![role], self.management.budget()).await
    }

    async fn remove(&self, tenant: &TenantId, user: &UserId) -> Result<(), MembersError> {
        let budget = self.management.budget();
        let mut roles = Vec::new();
        for role in Role::ALL {
            roles.push(self.catalogue.role_id(role).await?);
        }
        // Whether Auth0 forgets the roles of whom it removes is not known: whoever comes back must not have them.
        self.take_roles(tenant, user, roles, budget).await?;
        let path = ["organizations", tenant.as_str(), "members"];
        let members = TheseMembers { members: [user.as_str()] };
        match self.management.run(&Operation::delete_these(&path, &members).within(budget)).await {
            Ok(()) => Ok(()),
            Err(ManagementError::NotFound | ManagementError::BadRequest { .. }) => {
                self.unless_it_is_the_user(tenant, budget).await
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn search(&self, tenant: &TenantId, query: &MemberQuery) -> Result<FoundMembers, MembersError> {
        let start = query.start()?;
        let per_page = page_at(start, query.size);
        let (page, per_page) = ((start / per_page).to_string(), per_page.to_string());
        let (lucene, sort) = (lucene(tenant, query.text.as_ref()), sort(query.order));
        let parameters = [
            ("search_engine", "v3"),
            ("q", lucene.as_str()),
            ("fields", "user_id,name,email,picture,last_login"),
            ("sort", sort.as_str()),
            ("page", page.as_str()),
            ("per_page", per_page.as_str()),
            ("include_totals", "true"),
        ];
        let found: FoundUsers = self.management.call(&Operation::get(&["users"], &parameters)).await?;
        Ok(query.page(found.users.into_iter().map(FoundMember::from).collect(), start, found.total))
    }

    async fn administrators(&self, tenant: &TenantId) -> Result<Vec<UserId>, MembersError> {
        let role = self.catalogue.role_id(Role::Administrator).await?;
        let path = ["organizations", tenant.as_str(), "roles", role, "members"];
        match self.management.by_checkpoint::<MemberRecord>(&path, &[], "members").await {
            Ok(members) => Ok(members.into_iter().map(|member| member.user_id).collect()),
            Err(ManagementError::NotFound) => Ok(Vec::new()),
            Err(error) => Err(error.into()),
        }
    }
}

/// How many items a page has that begins behind `start`: Auth0 counts pages, all of one size, and shows none that goes
/// beyond its reach. A smaller one than was wanted skips nobody.
fn page_at(start: u32, size: PageSize) -> u32 {
    let most = u32::from(size.get()).min(FoundMembers::REACH.saturating_sub(start));
    (1..=most).rev().find(|items| start.is_multiple_of(*items)).unwrap_or(1)
}

fn sort(order: MemberOrder) -> String {
    format!("{}:{}", order.by.name(), if order.is_descending { -1 } else { 1 })
}

/// What contains the text, among this organization's members: Lucene as Auth0's search of users takes it, which wants
/// three characters behind a wildcard.
fn lucene(tenant: &TenantId, text: Option<&MemberSearch>) -> String {
    let here = format!("organization_id:\"{}\"", quoted(tenant.as_str()));
    match text.map(|text| escaped(text.as_str())) {
        Some(part) => format!("{here} AND (name:*{part}* OR email:*{part}*)"),
        None => here,
    }
}

/// Everything that means something in a query stands for itself.
fn escaped(text: &str) -> String {
    let mut query = String::with_capacity(text.len());
    for character in text.chars() {
        if !character.is_alphanumeric() {
            query.push('\\');
        }
        query.push(character);
    }
    query
}

fn quoted(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_any_size_begin_where_the_one_before_ended() {
        for (start, size, items) in [
            (0, 25, 25),
            (25, 25, 25),
            (50, 20, 10),
            (5, 100, 5),
            (7, 5, 1),
            (975, 25, 25),
            (990, 30, 10),
            (999, 50, 1),
        ] {
            assert_eq!(page_at(start, PageSize::at_most(size)), items, "{start} {size}");
        }
    }
}
