//! `/api/v1`: for programs what the pages are for people, by the same use cases.
//!
//! An operation is a route whose [`Operation`] says what it takes and answers: the OpenAPI description is made of the two.
//! Whoever calls it has a session, as a browser has; to change something they send the session's token along.

mod account;
mod audit_log;
mod body;
mod caller;
mod customization;
mod description;
pub(crate) mod guard;
mod idempotency;
mod invitation_wish;
mod invitations;
mod inviter;
mod listing;
mod login_connections;
mod logo;
mod members;
mod my_sessions;
mod operation;
mod organization;
mod organizations;
mod page;
mod path;
mod routes;
mod session;
pub(crate) mod sso;
mod subscription;

pub use description::description;
pub use operation::Operation;
pub(crate) use routes::ROUTES;
