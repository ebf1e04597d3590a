//! [`Members`] at Auth0: organization members and the roles assigned inside their organization.

use std::sync::Arc;

use async_trait::async_trait;
use tenantry_domain::{FoundMember, Member, MemberSearch, Role, Roles, TenantId, UserId};
use tenantry_ports::{Cursor, Members, MembersError, Page, PageSize};

use crate::ManagementError;
use crate::catalogue::Catalogue;
use crate::management::{Budget, Management, Operation};
use crate::wire::{
    MemberRecord, MembersPage, MembersTotal, OrganizationId, RoleName, TheseMembers, TheseRoles,
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

    async fn search(
        &self,
        tenant: &TenantId,
        text: &MemberSearch,
        size: PageSize,
    ) -> Result<Vec<FoundMember>, MembersError> {
        let (size, query) = (size.get().to_string(), lucene(tenant, text));
        let query = [
            ("search_engine", "v3"),
            ("q", query.as_str()),
            ("fields", "user_id,name,email,picture"),
            ("sort", "name:1"),
            ("per_page", &size),
        ];
        let found: Vec<MemberRecord> = self.management.call(&Operation::get(&["users"], &query)).await?;
        Ok(found.into_iter().map(FoundMember::from).collect())
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

/// What begins with the text, among this organization's members: Lucene as Auth0's search of users takes it.
fn lucene(tenant: &TenantId, text: &MemberSearch) -> String {
    let beginning = escaped(text.as_str());
    format!("organization_id:\"{}\" AND (name:{beginning}* OR email:{beginning}*)", quoted(tenant.as_str()))
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
