//! The ports, each with its statements.

mod access_requests;
mod audit_log;
mod checkouts;
mod domain_proofs;
mod ended_sessions;
mod idempotency_keys;
mod journeys;
mod login_attempts;
mod offers;
mod session_devices;
mod sessions;
mod sso_failures;
mod sso_requests;
mod tenant_looks;

pub use access_requests::SqlAccessRequests;
pub use audit_log::SqlAuditLog;
pub use checkouts::SqlCheckouts;
pub use domain_proofs::SqlDomainProofs;
pub use idempotency_keys::SqlIdempotencyKeys;
pub use journeys::SqlJourneys;
pub use login_attempts::SqlLoginAttempts;
pub use offers::SqlOffers;
pub use sessions::SqlSessions;
pub use sso_requests::SqlSsoRequests;
pub use tenant_looks::SqlTenantLooks;
