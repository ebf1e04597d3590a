//! What the core needs from outside: small traits and their errors.
//!
//! The doc of every method says what an adapter must answer for what is not found, for a duplicate and for another
//! tenant's id, and when the outside is down. With the feature `testkit`, [`testkit`] holds the contract suites that
//! assert exactly that, a clock and randomness that tests control, and `mockall` mocks stand beside each port.

mod access_requests;
mod audit_log;
mod billing;
mod checkouts;
mod discovery_probe;
mod domain_proofs;
mod found_members;
mod idempotency_keys;
mod identity_provider;
mod invitations;
mod journeys;
mod login_attempts;
mod members;
mod offers;
mod page;
mod readiness;
mod sessions;
mod sso_connections;
mod sso_requests;
mod system;
mod tenant_looks;
mod tenants;
mod turns;
mod txt_records;
mod users;

#[cfg(feature = "testkit")]
pub mod testkit;

pub use access_requests::{AccessRequests, AccessRequestsError};
pub use audit_log::{AuditLog, AuditLogError};
pub use billing::{Billing, BillingError, CardOutcome, CardPayments, Checkout, NewCheckout, PaymentForm};
pub use checkouts::{CheckoutRecord, Checkouts, CheckoutsError};
pub use discovery_probe::{Discovered, DiscoveryProbe, DiscoveryProbeError};
pub use domain_proofs::{DomainProofs, DomainProofsError};
pub use found_members::{FoundMembers, MemberQuery};
pub use idempotency_keys::{
    IdempotencyKey, IdempotencyKeys, IdempotencyKeysError, InvalidKeyText, KeptAnswer, KeyText, KeyTimes,
    KeyedRequest, Taken,
};
pub use identity_provider::{
    Callback, IdentityProvider, IdentityProviderError, Intent, LoggedOut, Login, LoginAttempt, LoginRequest,
    LogoutRequest, SsoAttempt, SsoPurpose, UpstreamFault,
};
pub use invitations::{Invitations, InvitationsError, NewInvitation};
pub use journeys::{Journeys, JourneysError, Revision, SavedConversion};
pub use login_attempts::{LoginAttempts, LoginAttemptsError};
pub use members::{Members, MembersError};
pub use offers::{Offers, OffersError};
pub use page::{Cursor, Page, PageSize};
pub use readiness::Readiness;
pub use sessions::{EndedSession, Session, SessionOnDevice, Sessions, SessionsError, SessionsOf};
pub use sso_connections::{
    NewSsoConnection, SamlService, SsoConnectionChange, SsoConnections, SsoConnectionsError, Upstream,
};
pub use sso_requests::{
    KeptSsoRequest, Recognized, SsoArrival, SsoFailure, SsoPeople, SsoRequests, SsoRequestsError,
};
pub use system::{Clock, Random};
pub use tenant_looks::{TenantLooks, TenantLooksError};
pub use tenants::{Customization, NewTenant, Tenants, TenantsError};
pub use turns::{Turn, Turns, TurnsError};
pub use txt_records::{TxtRecords, TxtRecordsError};
pub use users::{PasswordChange, Users, UsersError};

#[cfg(feature = "testkit")]
pub use {
    access_requests::MockAccessRequests,
    audit_log::MockAuditLog,
    billing::{MockBilling, MockCardPayments},
    checkouts::MockCheckouts,
    discovery_probe::MockDiscoveryProbe,
    domain_proofs::MockDomainProofs,
    idempotency_keys::MockIdempotencyKeys,
    identity_provider::MockIdentityProvider,
    invitations::MockInvitations,
    journeys::MockJourneys,
    login_attempts::MockLoginAttempts,
    members::MockMembers,
    offers::MockOffers,
    readiness::MockReadiness,
    sessions::MockSessions,
    sso_connections::MockSsoConnections,
    sso_requests::MockSsoRequests,
    tenant_looks::MockTenantLooks,
    tenants::MockTenants,
    txt_records::MockTxtRecords,
    users::MockUsers,
};

/// What went wrong outside, for the log; nothing in it is meant for a person's eyes.
pub type Source = Box<dyn std::error::Error + Send + Sync>;
