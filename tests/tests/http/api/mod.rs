//! The API, as a program uses it and as somebody tries to misuse it.

mod account;
mod bodies;
mod carriers;
mod guard;
mod idempotency;
mod invitations;
mod lists;
mod members;
mod organizations;
pub(crate) mod program;
mod sso;
mod sso_refusals;
mod sso_saml;
mod ways_in;
