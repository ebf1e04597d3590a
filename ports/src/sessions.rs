//! Signed-in browsers.

use std::collections::BTreeSet;

use async_trait::async_trait;
use tenantry_domain::{
    Actor, Device, EmailAddress, EmailDomain, Holder, Look, PersonName, Roles, SessionHandle, SessionId,
    Subscription, TenantId, TenantRef, Timestamp, UserId,
};

use crate::{LoggedOut, Source};

/// Keeps sessions. What it has acknowledged survives a crash, and a session that has been ended is found by nobody.
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait Sessions: Send + Sync {
    /// Keeps a new session together with the claims of the login that began it. Ids are never reused.
    ///
    /// When the provider has ended its own session meanwhile, or has logged the person out since `left_at`, when the
    /// browser left for the provider, nothing is kept and the answer is [`SessionsError::LoggedOut`]; so it is when
    /// [`Sessions::end_all`] has ended since then what this session would be one of.
    async fn begin(
        &self,
        session: &Session,
        claims: &serde_json::Map<String, serde_json::Value>,
        left_at: Timestamp,
    ) -> Result<(), SessionsError>;

    /// The session with this id, in one read; `Ok(None)` when there is none, or when at `now` its time is over.
    async fn find(&self, session: &SessionId, now: Timestamp) -> Result<Option<Session>, SessionsError>;

    /// The claims of the login that began this session; `Ok(None)` when there is no such session.
    async fn claims(
        &self,
        session: &SessionId,
    ) -> Result<Option<serde_json::Map<String, serde_json::Value>>, SessionsError>;

    /// Notes that the session was in use, so that it is idle from then on only until `idle_until`. A session that is
    /// not there stays away.
    async fn keep_alive(&self, session: &SessionId, idle_until: Timestamp) -> Result<(), SessionsError>;

    /// Notes with what and from where the session is used at `at`. A session that is not there stays away.
    async fn note_device(
        &self,
        session: &SessionId,
        device: &Device,
        at: Timestamp,
    ) -> Result<(), SessionsError>;

    /// A person's sessions that run at `now`, the one that was used last first. The use of a session is noted now and
    /// then: it may have been a few minutes later.
    async fn of_user(&self, user: &UserId, now: Timestamp) -> Result<Vec<SessionOnDevice>, SessionsError>;

    /// Ends the session of this handle if it is one of this person's, and answers whether it was: somebody else's and one
    /// that is not there are alike.
    async fn end_own(&self, user: &UserId, session: &SessionHandle) -> Result<bool, SessionsError>;

    /// Calls the person by this name in each of their sessions.
    async fn set_name(&self, user: &UserId, name: &PersonName) -> Result<(), SessionsError>;

    /// Puts what was read at the provider into the session: the roles, the subscription and when they were read, all of
    /// `after`. Unless its subscription is no longer that of `before`: then something newer came in between and stays.
    /// A session that is not there stays away.
    async fn refresh(&self, before: &Session, after: &Session) -> Result<(), SessionsError>;

    /// Ends the session; one that is not there has ended already.
    async fn end(&self, session: &SessionId) -> Result<(), SessionsError>;

    /// Ends every session of whom the provider has logged out at `at`, those included whose login is under way: it is
    /// remembered until `forget_at`, by which time no such login can complete any more. Answers how many sessions that
    /// were; somebody who is logged out already is success.
    async fn end_logged_out(
        &self,
        whom: &LoggedOut,
        at: Timestamp,
        forget_at: Timestamp,
    ) -> Result<u64, SessionsError>;

    /// Ends every session of `whose` at `at`, but for the one that is `spared`, those included whose login is under way:
    /// it is remembered until `forget_at`, by which time no such login can complete any more. Answers how many sessions
    /// that were; none is success.
    async fn end_all(
        &self,
        whose: &SessionsOf,
        spared: Option<SessionId>,
        at: Timestamp,
        forget_at: Timestamp,
    ) -> Result<u64, SessionsError>;

    /// Whose it was and under which tenant, of a session that [`Sessions::end_all`] has ended as one of
    /// [`SessionsOf::Member`]; `Ok(None)` for every other. It may be forgotten when the session would have ended at the
    /// latest, and then it is `Ok(None)` too.
    async fn find_ended(
        &self,
        session: &SessionId,
        now: Timestamp,
    ) -> Result<Option<EndedSession>, SessionsError>;

    /// Puts a subscription into every session that shows the holder's.
    async fn set_subscription(
        &self,
        holder: &Holder,
        subscription: Subscription,
    ) -> Result<(), SessionsError>;

    /// Forgets what is over at `now`; answers how many sessions that were.
    async fn forget_expired(&self, now: Timestamp) -> Result<u64, SessionsError>;
}

/// Sessions that one change concerns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SessionsOf {
    /// A person's, wherever they are signed in.
    User(UserId),
    /// The same of each of these.
    Users(Vec<UserId>),
    /// One member's, under this tenant.
    Member(TenantId, UserId),
    /// Everybody's, under this tenant.
    Tenant(TenantId),
    /// Everybody's under no tenant whose address is in exactly one of these domains.
    Personal(BTreeSet<EmailDomain>),
}

/// A session that has ended because of what became of a membership. It lets nobody in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndedSession {
    /// Whose it was.
    pub user: UserId,
    /// Under which tenant.
    pub tenant: TenantRef,
    /// Whether a connection of the tenant's own had brought them.
    pub is_brought: bool,
}

/// One of a person's sessions, as it is shown to them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionOnDevice {
    /// By which they name it.
    pub handle: SessionHandle,
    /// Under which tenant.
    pub tenant: Option<TenantRef>,
    /// With what and from where it was used last; `None` when that was never noted.
    pub device: Option<Device>,
    /// When it began.
    pub began_at: Timestamp,
    /// When it was used last, as far as that was noted.
    pub used_at: Timestamp,
    /// When it ends in any case.
    pub ends_at: Timestamp,
}

/// A signed-in browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Which: a hash of the secret in the browser's cookie.
    pub id: SessionId,
    /// Who is signed in.
    pub user: UserId,
    /// What to call them.
    pub name: String,
    /// Their address.
    pub email: Option<EmailAddress>,
    /// Where their picture is.
    pub picture: Option<String>,
    /// Under which tenant.
    pub tenant: Option<TenantRef>,
    /// What its pages show of the tenant: what [`crate::TenantLooks`] keeps, whatever the session began with.
    pub look: Option<Look>,
    /// Whether a connection of the tenant's own has brought them: then the account is the tenant's, and they have none
    /// outside of it.
    pub is_brought: bool,
    /// Their roles there.
    pub roles: Roles,
    /// The tenant's subscription under a tenant, else their own.
    pub subscription: Option<Subscription>,
    /// The provider's name for its session with this browser.
    pub provider_session: Option<String>,
    /// When it began.
    pub began_at: Timestamp,
    /// When its roles and subscription were last read at the provider.
    pub refreshed_at: Timestamp,
    /// When it ends if it is not used before.
    pub idle_until: Timestamp,
    /// When it ends in any case.
    pub ends_at: Timestamp,
}

impl Session {
    /// The person as one who asks for something.
    pub fn actor(&self) -> Actor {
        match &self.tenant {
            Some(tenant) => Actor::inside(self.user.clone(), tenant.clone(), self.roles.clone()),
            None => Actor::outside(self.user.clone()),
        }
    }
}

/// A session does not begin, or sessions can't be read or written.
#[derive(Debug, thiserror::Error)]
pub enum SessionsError {
    /// The provider has logged the person out before the session began.
    #[error("the person was logged out at the identity provider meanwhile")]
    LoggedOut,
    /// The store can't be reached, or holds something that it should not. Trying again later may help.
    #[error("the store can't be reached")]
    Unavailable(#[source] Source),
}
