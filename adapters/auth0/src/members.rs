//! [`Members`] at Auth0: organization members and the roles assigned inside their organization.

use std::sync::Arc;

use async_trait::async_trait;
use tenantry_domain::{Member, Role, Roles, TenantId, UserId};
use tenantry_ports::{Cursor, Members, MembersError, Page, PageSize};

use crate::ManagementError;
use crate::catalogue::Catalogue;
use crate::management::{Budget, Management, Operation};
use crate::wire::{MembersPage, MembersTotal, NewMembers, NewRoles, RoleName};

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
        let members = NewMembers { members: [user.as_str()] };
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
        let roles = NewRoles { roles: [role] };
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
}
