//! `/api/v1/sso`: the organization's own identity providers, and the domains whose people come through them.
//!
//! What a provider gave is a thing of its own, `credentials`, whose `protocol` says what is in it.

mod admission;
mod connections;
mod credentials;
mod domains;
mod enforcement;
mod routes;
mod test_report;
mod view;

pub(super) use routes::{CONNECTIONS, DOMAINS};

/// Refused in every operation.
const NOT_INCLUDED: (u16, &str) = (402, "The plan does not include single sign-on.");
/// Refused in every operation that changes a connection.
const CHANGED: (u16, &str) = (409, "Somebody else is changing the connection, too: look at it again.");
