//! Invitations at the identity provider.

use std::time::Duration;

use async_trait::async_trait;
use tenantry_domain::{
    ConnectionId, EmailAddress, Invitation, InvitationId, InvitationLifetime, LoginConnection, Roles,
    TenantId,
};

use crate::{Cursor, Page, PageSize, Source};

/// Sends invitations, lists them and takes them back. An invitation that was accepted is none any more.
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait Invitations: Send + Sync {
    /// Makes an invitation and has the provider send it. Not repeatable: asked twice, there are two.
    ///
    /// [`InvitationsError::UnknownTenant`] when there is no such tenant; [`InvitationsError::UnknownConnection`] when
    /// nobody can come to this tenant through the connection, be it another tenant's or none at all. Then nothing was
    /// made.
    async fn create(
        &self,
        tenant: &TenantId,
        invitation: &NewInvitation,
    ) -> Result<Invitation, InvitationsError>;

    /// One page of the tenant's invitations, the latest first; those that have expired may be among them. Without ones
    /// that can't be ours: to an address that is none.
    ///
    /// [`InvitationsError::UnknownTenant`] when there is no such tenant; [`InvitationsError::InvalidCursor`] when the
    /// cursor is not one of this adapter's. What a cursor says can't lead into another tenant.
    async fn page(
        &self,
        tenant: &TenantId,
        from: Option<Cursor>,
        size: PageSize,
    ) -> Result<Page<Invitation>, InvitationsError>;

    /// The tenant's invitation with this id; `Ok(None)` when there is none, when it is another tenant's, and when there
    /// is no such tenant.
    async fn find(
        &self,
        tenant: &TenantId,
        invitation: &InvitationId,
    ) -> Result<Option<Invitation>, InvitationsError>;

    /// Takes an invitation back: from then on its link leads nowhere. One that is not there, or is another tenant's, is
    /// success; another tenant's stays.
    async fn revoke(&self, tenant: &TenantId, invitation: &InvitationId) -> Result<(), InvitationsError>;

    /// The ways in which invited people can log in under this tenant, never another's.
    ///
    /// [`InvitationsError::UnknownTenant`] when there is no such tenant.
    async fn connections(&self, tenant: &TenantId) -> Result<Vec<LoginConnection>, InvitationsError>;
}

/// An invitation to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewInvitation {
    /// To whom.
    pub email: EmailAddress,
    /// With which roles whoever accepts it begins; at least one.
    pub roles: Roles,
    /// Through which connection it has to be accepted; any when `None`.
    pub connection: Option<ConnectionId>,
    /// What the invited person is told of who invites: 1 to 300 characters.
    pub inviter: String,
    /// How long it counts.
    pub lifetime: InvitationLifetime,
}

/// Why there is no invitation, or none can be read.
#[derive(Debug, thiserror::Error)]
pub enum InvitationsError {
    /// There is no such tenant.
    #[error("there is no such organization")]
    UnknownTenant,
    /// Nobody can come to the tenant through this connection.
    #[error("the organization has no such way to log in")]
    UnknownConnection,
    /// The cursor was not made by this list.
    #[error("this page of invitations does not exist")]
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
