//! Requests for single sign-on, and whom the connections that came of them have brought.

use async_trait::async_trait;
use tenantry_domain::{
    ConnectionName, EmailAddress, SsoFault, SsoRequest, SsoRequestId, TenantId, Timestamp, UserId,
};

use crate::{Revision, Source};

/// Keeps requests. Once acknowledged they survive a crash.
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait SsoRequests: Send + Sync {
    /// Keeps a new one; one of this id that is kept already stays as it is.
    async fn begin(&self, request: &SsoRequest) -> Result<(), SsoRequestsError>;

    /// Keeps a request in place of the one that was read at `revision`.
    ///
    /// [`SsoRequestsError::Conflict`] when it was changed since, or deleted: nothing is kept then.
    async fn save(&self, request: &SsoRequest, revision: Revision) -> Result<Revision, SsoRequestsError>;

    /// The tenant's request of this id; `Ok(None)` when there is none or it is another tenant's.
    async fn find(
        &self,
        tenant: &TenantId,
        request: &SsoRequestId,
    ) -> Result<Option<KeptSsoRequest>, SsoRequestsError>;

    /// The tenant's request whose connection has this name; `Ok(None)` when there is none or it is another tenant's.
    async fn of_connection(
        &self,
        tenant: &TenantId,
        connection: &ConnectionName,
    ) -> Result<Option<KeptSsoRequest>, SsoRequestsError>;

    /// Every request of the tenant, the first first.
    async fn of_tenant(&self, tenant: &TenantId) -> Result<Vec<KeptSsoRequest>, SsoRequestsError>;

    /// Whose connection this is; `Ok(None)` when none of ours has this name.
    async fn owner(&self, connection: &ConnectionName) -> Result<Option<TenantId>, SsoRequestsError>;

    /// Notes that somebody came in through the connection: the last time is kept beside the request, and changes nothing
    /// in it. A request that is gone is success.
    async fn logged_in(
        &self,
        tenant: &TenantId,
        request: &SsoRequestId,
        at: Timestamp,
    ) -> Result<(), SsoRequestsError>;

    /// Keeps a login through the connection that failed, beside the request, and answers the number under which it is
    /// found. The same of the same person within an hour is one failure, which keeps its number and is counted: nobody
    /// pushes out what others have. Of many that differ the latest 50 are kept. A request that is gone is success.
    async fn failed(
        &self,
        tenant: &TenantId,
        request: &SsoRequestId,
        failure: &SsoFailure,
    ) -> Result<String, SsoRequestsError>;

    /// The logins through the connection that failed, as far as they are kept, the latest first; none of another tenant's.
    async fn failures(
        &self,
        tenant: &TenantId,
        request: &SsoRequestId,
    ) -> Result<Vec<SsoFailure>, SsoRequestsError>;

    /// Notes who has come through the connection, as which client of the organization's provider, and answers what was
    /// known before. The first client with which somebody comes is theirs until [`SsoRequests::let_in_again`].
    async fn recognize(
        &self,
        tenant: &TenantId,
        request: &SsoRequestId,
        arrival: &SsoArrival,
    ) -> Result<Recognized, SsoRequestsError>;

    /// Lets everybody in again who came before the client was changed to this one; answers how many.
    async fn let_in_again(
        &self,
        tenant: &TenantId,
        request: &SsoRequestId,
        client: &str,
    ) -> Result<u32, SsoRequestsError>;

    /// How many people have come through the connection, and how many of them as another client than this one.
    async fn people(
        &self,
        tenant: &TenantId,
        request: &SsoRequestId,
        client: &str,
    ) -> Result<SsoPeople, SsoRequestsError>;

    /// Everybody who has come through the connection; nobody through another tenant's.
    async fn brought(
        &self,
        tenant: &TenantId,
        request: &SsoRequestId,
    ) -> Result<Vec<UserId>, SsoRequestsError>;

    /// Whether this person has come through any connection of the tenant's.
    async fn has_brought(&self, tenant: &TenantId, user: &UserId) -> Result<bool, SsoRequestsError>;

    /// The tenant's requests through whose connections this person has come.
    async fn brought_by(
        &self,
        tenant: &TenantId,
        user: &UserId,
    ) -> Result<Vec<SsoRequestId>, SsoRequestsError>;

    /// Notes that the product knows this person as a member of the tenant, whatever they came through; who is known
    /// already stays so.
    async fn admit(&self, tenant: &TenantId, user: &UserId, at: Timestamp) -> Result<(), SsoRequestsError>;

    /// Whether the product knows this person as a member of the tenant.
    async fn is_admitted(&self, tenant: &TenantId, user: &UserId) -> Result<bool, SsoRequestsError>;

    /// Forgets that the product knows this person as a member, because they are none any more. Who is not known: success.
    async fn dismiss(&self, tenant: &TenantId, user: &UserId) -> Result<(), SsoRequestsError>;

    /// Forgets everything of this person in every tenant: that they came, that they ask to be let in, and that they are known
    /// as a member. Somebody of whom nothing is known: success.
    async fn forget_person(&self, user: &UserId) -> Result<(), SsoRequestsError>;

    /// Forgets the request, whom its connection has brought, and that those are members whom no other connection of the
    /// tenant has brought. A request that is not there or is another tenant's is success, and nothing is forgotten.
    async fn delete(&self, tenant: &TenantId, request: &SsoRequestId) -> Result<(), SsoRequestsError>;

    /// Forgets everything of a tenant; nothing is success.
    async fn forget(&self, tenant: &TenantId) -> Result<(), SsoRequestsError>;
}

/// A request as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptSsoRequest {
    /// The request.
    pub request: SsoRequest,
    /// What [`SsoRequests::save`] asks for.
    pub revision: Revision,
    /// When somebody last came in through it.
    pub last_login: Option<Timestamp>,
    /// When somebody last did not, and why.
    pub last_failure: Option<SsoFailure>,
}

/// A login that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SsoFailure {
    /// When; the last time, where it failed more than once.
    pub at: Timestamp,
    /// Why.
    pub fault: SsoFault,
    /// Who came, where it was known by then. All others are taken for one: they can't be told apart.
    pub user: Option<UserId>,
    /// The number that the person was shown.
    pub reference: String,
    /// How often.
    pub times: u32,
}

/// Somebody who came through a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SsoArrival {
    /// Who, as our own provider names them: the connection and the organization's own name for them are a part of it.
    pub user: UserId,
    /// With which address.
    pub email: EmailAddress,
    /// The issuer and the client id under which the organization's provider knows us.
    pub client: String,
    /// When.
    pub at: Timestamp,
}

/// What was known of somebody who comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recognized {
    /// Nothing, nor of their address.
    New,
    /// It is somebody who came before, as the same client.
    Known,
    /// It is somebody new with the address of somebody else who came before: another person, whom nobody takes for the
    /// first.
    AddressOfAnother,
    /// They came before as another client: their name may be somebody else's now.
    OtherClient,
}

/// Whom a connection has brought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SsoPeople {
    /// All of them.
    pub all: u32,
    /// Those who came as another client than the present one, and are kept out until they are let in again.
    pub quarantined: u32,
}

/// Why requests can't be read or kept.
#[derive(Debug, thiserror::Error)]
pub enum SsoRequestsError {
    /// Somebody else has changed the request since it was read.
    #[error("the connection was changed meanwhile")]
    Conflict,
    /// The store can't be reached, or holds something that it should not. Trying again later may help.
    #[error("the store can't be reached")]
    Unavailable(#[source] Source),
}
