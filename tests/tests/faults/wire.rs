//! The line between the core and everything outside, which can be cut at any call.

mod invitations;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use async_trait::async_trait;
use tenantry_domain::{
    CardNumber, CheckoutId, Conversion, Device, EmailAddress, Holder, Member, Payment, PersonName, Role,
    Roles, SessionHandle, SessionId, Subscription, Tenant, TenantId, TenantName, Timestamp, User, UserId,
};
use tenantry_ports::{
    Billing, BillingError, CardOutcome, CardPayments, Checkout, Cursor, Customization, EndedSession,
    FoundMembers, Journeys, JourneysError, LoggedOut, MemberQuery, Members, MembersError, NewCheckout,
    NewTenant, Page, PageSize, PasswordChange, Revision, SavedConversion, Session, SessionOnDevice, Sessions,
    SessionsError, SessionsOf, Source, Tenants, TenantsError, Users, UsersError,
};
use url::Url;

/// How a call is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// It was never sent.
    NotSent,
    /// It was carried out, and the answer did not arrive.
    ReplyLost,
}

/// Counts calls, and cuts the line at one of them. From then on nothing gets through, as after a `kill -9`.
#[derive(Debug, Default)]
pub struct Wire {
    calls: AtomicUsize,
    cut_at: Option<(usize, Loss)>,
    is_cut: AtomicBool,
}

impl Wire {
    pub fn cut_at(call: usize, loss: Loss) -> Self {
        Self { cut_at: Some((call, loss)), ..Self::default() }
    }

    /// How many calls were made.
    pub fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }

    async fn call<T, E>(
        &self,
        lost: impl Fn(Source) -> E,
        call: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        let number = self.calls.fetch_add(1, Ordering::SeqCst);
        if self.is_cut.load(Ordering::SeqCst) {
            return Err(lost("the line is cut".into()));
        }
        match self.cut_at {
            Some((at, loss)) if at == number => {
                self.is_cut.store(true, Ordering::SeqCst);
                if loss == Loss::ReplyLost {
                    let _ = call.await;
                }
                Err(lost(format!("call {number}: {loss:?}").into()))
            }
            _ => call.await,
        }
    }
}

/// A port at the other end of the line.
pub struct Wired<P: ?Sized> {
    wire: Arc<Wire>,
    port: Arc<P>,
}

impl<P: ?Sized> Wired<P> {
    pub fn new(wire: &Arc<Wire>, port: Arc<P>) -> Arc<Self> {
        Arc::new(Self { wire: Arc::clone(wire), port })
    }
}

#[async_trait]
impl Users for Wired<dyn Users> {
    async fn find(&self, user: &UserId) -> Result<Option<User>, UsersError> {
        self.wire.call(UsersError::Unavailable, self.port.find(user)).await
    }

    async fn find_by_email(&self, email: &EmailAddress) -> Result<Vec<User>, UsersError> {
        self.wire.call(UsersError::Unavailable, self.port.find_by_email(email)).await
    }

    async fn set_subscription(&self, user: &UserId, subscription: Subscription) -> Result<(), UsersError> {
        self.wire.call(UsersError::Unavailable, self.port.set_subscription(user, subscription)).await
    }

    async fn rename(&self, user: &UserId, name: &PersonName) -> Result<(), UsersError> {
        self.wire.call(UsersError::Unavailable, self.port.rename(user, name)).await
    }

    async fn password_change(&self, user: &UserId, result_url: &Url) -> Result<PasswordChange, UsersError> {
        self.wire.call(UsersError::Unavailable, self.port.password_change(user, result_url)).await
    }

    async fn delete(&self, user: &UserId) -> Result<(), UsersError> {
        self.wire.call(UsersError::Unavailable, self.port.delete(user)).await
    }
}

#[async_trait]
impl Tenants for Wired<dyn Tenants> {
    async fn create(&self, tenant: &NewTenant) -> Result<Tenant, TenantsError> {
        self.wire.call(TenantsError::Unavailable, self.port.create(tenant)).await
    }

    async fn find(&self, tenant: &TenantId) -> Result<Option<Tenant>, TenantsError> {
        self.wire.call(TenantsError::Unavailable, self.port.find(tenant)).await
    }

    async fn find_by_name(&self, name: &TenantName) -> Result<Option<Tenant>, TenantsError> {
        self.wire.call(TenantsError::Unavailable, self.port.find_by_name(name)).await
    }

    async fn set_subscription(
        &self,
        tenant: &TenantId,
        subscription: Subscription,
    ) -> Result<Subscription, TenantsError> {
        self.wire.call(TenantsError::Unavailable, self.port.set_subscription(tenant, subscription)).await
    }

    async fn of_user(&self, user: &UserId) -> Result<Vec<Tenant>, TenantsError> {
        self.wire.call(TenantsError::Unavailable, self.port.of_user(user)).await
    }

    async fn customize(
        &self,
        tenant: &TenantId,
        customization: &Customization,
    ) -> Result<Tenant, TenantsError> {
        self.wire.call(TenantsError::Unavailable, self.port.customize(tenant, customization)).await
    }

    async fn delete(&self, tenant: &TenantId) -> Result<(), TenantsError> {
        self.wire.call(TenantsError::Unavailable, self.port.delete(tenant)).await
    }
}

#[async_trait]
impl Members for Wired<dyn Members> {
    async fn page(
        &self,
        tenant: &TenantId,
        from: Option<Cursor>,
        size: PageSize,
    ) -> Result<Page<Member>, MembersError> {
        self.wire.call(MembersError::Unavailable, self.port.page(tenant, from, size)).await
    }

    async fn count(&self, tenant: &TenantId) -> Result<u32, MembersError> {
        self.wire.call(MembersError::Unavailable, self.port.count(tenant)).await
    }

    async fn roles(&self, tenant: &TenantId, user: &UserId) -> Result<Roles, MembersError> {
        self.wire.call(MembersError::Unavailable, self.port.roles(tenant, user)).await
    }

    async fn add(&self, tenant: &TenantId, user: &UserId) -> Result<(), MembersError> {
        self.wire.call(MembersError::Unavailable, self.port.add(tenant, user)).await
    }

    async fn assign(&self, tenant: &TenantId, user: &UserId, role: Role) -> Result<(), MembersError> {
        self.wire.call(MembersError::Unavailable, self.port.assign(tenant, user, role)).await
    }

    async fn find(&self, tenant: &TenantId, user: &UserId) -> Result<Option<Member>, MembersError> {
        self.wire.call(MembersError::Unavailable, self.port.find(tenant, user)).await
    }

    async fn unassign(&self, tenant: &TenantId, user: &UserId, role: Role) -> Result<(), MembersError> {
        self.wire.call(MembersError::Unavailable, self.port.unassign(tenant, user, role)).await
    }

    async fn remove(&self, tenant: &TenantId, user: &UserId) -> Result<(), MembersError> {
        self.wire.call(MembersError::Unavailable, self.port.remove(tenant, user)).await
    }

    async fn search(&self, tenant: &TenantId, query: &MemberQuery) -> Result<FoundMembers, MembersError> {
        self.wire.call(MembersError::Unavailable, self.port.search(tenant, query)).await
    }

    async fn administrators(&self, tenant: &TenantId) -> Result<Vec<UserId>, MembersError> {
        self.wire.call(MembersError::Unavailable, self.port.administrators(tenant)).await
    }
}

#[async_trait]
impl Billing for Wired<dyn Billing> {
    async fn start_checkout(&self, checkout: &NewCheckout) -> Result<Checkout, BillingError> {
        self.wire.call(BillingError::Unavailable, self.port.start_checkout(checkout)).await
    }

    async fn payment(&self, checkout: &CheckoutId) -> Result<Option<Payment>, BillingError> {
        self.wire.call(BillingError::Unavailable, self.port.payment(checkout)).await
    }
}

#[async_trait]
impl CardPayments for Wired<dyn CardPayments> {
    async fn pay(&self, checkout: &CheckoutId, card: &CardNumber) -> Result<CardOutcome, BillingError> {
        self.wire.call(BillingError::Unavailable, self.port.pay(checkout, card)).await
    }
}

#[async_trait]
impl Journeys for Wired<dyn Journeys> {
    async fn find(&self, holder: &Holder) -> Result<Option<SavedConversion>, JourneysError> {
        self.wire.call(JourneysError::Unavailable, self.port.find(holder)).await
    }

    async fn save(
        &self,
        conversion: &Conversion,
        seen: Option<Revision>,
        at: Timestamp,
    ) -> Result<SavedConversion, JourneysError> {
        self.wire.call(JourneysError::Unavailable, self.port.save(conversion, seen, at)).await
    }

    async fn unattended(
        &self,
        limit: u32,
        saved_before: Timestamp,
    ) -> Result<Vec<SavedConversion>, JourneysError> {
        self.wire.call(JourneysError::Unavailable, self.port.unattended(limit, saved_before)).await
    }
}

#[async_trait]
impl Sessions for Wired<dyn Sessions> {
    async fn begin(
        &self,
        session: &Session,
        claims: &serde_json::Map<String, serde_json::Value>,
        left_at: Timestamp,
    ) -> Result<(), SessionsError> {
        self.wire.call(SessionsError::Unavailable, self.port.begin(session, claims, left_at)).await
    }

    async fn find(&self, session: &SessionId, now: Timestamp) -> Result<Option<Session>, SessionsError> {
        self.wire.call(SessionsError::Unavailable, self.port.find(session, now)).await
    }

    async fn claims(
        &self,
        session: &SessionId,
    ) -> Result<Option<serde_json::Map<String, serde_json::Value>>, SessionsError> {
        self.wire.call(SessionsError::Unavailable, self.port.claims(session)).await
    }

    async fn keep_alive(&self, session: &SessionId, idle_until: Timestamp) -> Result<(), SessionsError> {
        self.wire.call(SessionsError::Unavailable, self.port.keep_alive(session, idle_until)).await
    }

    async fn note_device(
        &self,
        session: &SessionId,
        device: &Device,
        at: Timestamp,
    ) -> Result<(), SessionsError> {
        self.wire.call(SessionsError::Unavailable, self.port.note_device(session, device, at)).await
    }

    async fn of_user(&self, user: &UserId, now: Timestamp) -> Result<Vec<SessionOnDevice>, SessionsError> {
        self.wire.call(SessionsError::Unavailable, self.port.of_user(user, now)).await
    }

    async fn end_own(&self, user: &UserId, session: &SessionHandle) -> Result<bool, SessionsError> {
        self.wire.call(SessionsError::Unavailable, self.port.end_own(user, session)).await
    }

    async fn set_name(&self, user: &UserId, name: &PersonName) -> Result<(), SessionsError> {
        self.wire.call(SessionsError::Unavailable, self.port.set_name(user, name)).await
    }

    async fn refresh(&self, before: &Session, after: &Session) -> Result<(), SessionsError> {
        self.wire.call(SessionsError::Unavailable, self.port.refresh(before, after)).await
    }

    async fn end(&self, session: &SessionId) -> Result<(), SessionsError> {
        self.wire.call(SessionsError::Unavailable, self.port.end(session)).await
    }

    async fn end_logged_out(
        &self,
        whom: &LoggedOut,
        at: Timestamp,
        forget_at: Timestamp,
    ) -> Result<u64, SessionsError> {
        self.wire.call(SessionsError::Unavailable, self.port.end_logged_out(whom, at, forget_at)).await
    }

    async fn end_all(
        &self,
        whose: &SessionsOf,
        spared: Option<SessionId>,
        at: Timestamp,
        forget_at: Timestamp,
    ) -> Result<u64, SessionsError> {
        self.wire.call(SessionsError::Unavailable, self.port.end_all(whose, spared, at, forget_at)).await
    }

    async fn find_ended(
        &self,
        session: &SessionId,
        now: Timestamp,
    ) -> Result<Option<EndedSession>, SessionsError> {
        self.wire.call(SessionsError::Unavailable, self.port.find_ended(session, now)).await
    }

    async fn set_subscription(
        &self,
        holder: &Holder,
        subscription: Subscription,
    ) -> Result<(), SessionsError> {
        self.wire.call(SessionsError::Unavailable, self.port.set_subscription(holder, subscription)).await
    }

    async fn forget_expired(&self, now: Timestamp) -> Result<u64, SessionsError> {
        self.wire.call(SessionsError::Unavailable, self.port.forget_expired(now)).await
    }
}
