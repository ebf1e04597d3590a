//! Who belongs to a tenant, and with which roles.

use std::time::Duration;

use async_trait::async_trait;
use tenantry_domain::{Member, Role, Roles, TenantId, UserId};

use crate::{Cursor, FoundMembers, MemberQuery, Page, PageSize, Source};

/// Lists a tenant's members, adds them and gives them roles.
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait Members: Send + Sync {
    /// One page of the members with their roles in this tenant, in a constant number of calls to the provider however
    /// many members there are. Every member is on exactly one page as long as nobody joins or leaves.
    ///
    /// [`MembersError::UnknownTenant`] when there is no such tenant; [`MembersError::InvalidCursor`] when the cursor is
    /// not one of this adapter's. What a cursor says can't lead into another tenant.
    async fn page(
        &self,
        tenant: &TenantId,
        from: Option<Cursor>,
        size: PageSize,
    ) -> Result<Page<Member>, MembersError>;

    /// How many members the tenant has. [`MembersError::UnknownTenant`] when there is no such tenant.
    async fn count(&self, tenant: &TenantId) -> Result<u32, MembersError>;

    /// The roles that the user has in this tenant; none for someone who is no member or does not exist.
    async fn roles(&self, tenant: &TenantId, user: &UserId) -> Result<Roles, MembersError>;

    /// Makes the user a member. Who is one already stays one, with the same roles: success.
    ///
    /// [`MembersError::UnknownTenant`], [`MembersError::UnknownUser`].
    async fn add(&self, tenant: &TenantId, user: &UserId) -> Result<(), MembersError>;

    /// Gives a member a role in this tenant. Who has it already keeps it: success.
    ///
    /// [`MembersError::UnknownTenant`], [`MembersError::UnknownUser`] when there is no such account or it is no member.
    async fn assign(&self, tenant: &TenantId, user: &UserId, role: Role) -> Result<(), MembersError>;

    /// One member with their roles; `Ok(None)` for everybody who is no member of this tenant, whether they are another's
    /// or nobody's, and when there is no such tenant.
    async fn find(&self, tenant: &TenantId, user: &UserId) -> Result<Option<Member>, MembersError>;

    /// Takes a role from a member in this tenant. Who does not have it, or is no member: success.
    ///
    /// [`MembersError::UnknownTenant`] when there is no such tenant.
    async fn unassign(&self, tenant: &TenantId, user: &UserId, role: Role) -> Result<(), MembersError>;

    /// Ends a membership with its roles; whoever becomes a member again later has none. The account stays, and so do
    /// the person's other memberships. Who is no member: success.
    ///
    /// [`MembersError::UnknownTenant`] when there is no such tenant.
    async fn remove(&self, tenant: &TenantId, user: &UserId) -> Result<(), MembersError>;

    /// One page of the members that the query finds, in its order, in one call to the provider however many members
    /// there are; none when there is no such tenant. Nobody beyond [`FoundMembers::REACH`] is on any page, but counted.
    /// What was written a moment ago may not be found yet.
    ///
    /// [`MembersError::InvalidCursor`] when the cursor is not one of this order's.
    async fn search(&self, tenant: &TenantId, query: &MemberQuery) -> Result<FoundMembers, MembersError>;

    /// Everybody who is an Administrator of this tenant, in a number of calls that depends on theirs alone; nobody when
    /// there is no such tenant.
    async fn administrators(&self, tenant: &TenantId) -> Result<Vec<UserId>, MembersError>;
}

/// Why members could not be read or changed.
#[derive(Debug, thiserror::Error)]
pub enum MembersError {
    /// There is no such tenant.
    #[error("there is no such organization")]
    UnknownTenant,
    /// There is no such user.
    #[error("there is no such user")]
    UnknownUser,
    /// The cursor was not made by this list.
    #[error("this page of members does not exist")]
    InvalidCursor,
    /// The provider asks us to wait.
    #[error("the identity provider is asked too often")]
    RateLimited {
        /// For how long, when it says so.
        retry_after: Option<Duration>,
    },
    /// The provider can't be reached, or does not answer as it should. Trying again later may help; what was asked
    /// for may have happened.
    #[error("the identity provider can't be reached")]
    Unavailable(#[source] Source),
}
