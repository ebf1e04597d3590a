//! `/api/v1/sso`: the organization's own identity providers, the domains whose people come through them, and who asks to
//! be let in.
//!
//! What a provider gave is a thing of its own, `credentials`, whose `protocol` says what is in it.

mod access_requests;
mod admission;
mod connections;
mod credentials;
mod domains;
mod enforcement;
mod own;
mod routes;
mod test_report;
mod view;

pub(crate) use admission::AdmissionView;
pub(crate) use credentials::CredentialsView;
pub(crate) use enforcement::EnforcementView;
pub(super) use routes::{ACCESS_REQUESTS, CONNECTIONS, DOMAINS};
pub(crate) use view::FaultView;

/// Refused in every operation.
const NOT_INCLUDED: (u16, &str) = (402, "The plan does not include single sign-on.");
/// Refused in every operation by which people may come in no more.
const LAST_WAY_IN: (u16, &str) =
    (409, "Every Administrator comes in through the connection alone: make somebody one who does not.");
/// Refused in every operation that changes a connection.
const CHANGED: (u16, &str) = (409, "Somebody else is changing the connection, too: look at it again.");
