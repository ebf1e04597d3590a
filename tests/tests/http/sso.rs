//! An organization's own identity provider: connected by its administrator, and who comes in through it.

pub(crate) mod access;
mod admission;
mod advisories;
mod attacks;
pub(crate) mod corp;
mod domains;
mod enforced;
mod identities;
mod interruptions;
mod last_way;
mod rotation;
mod saml;
mod set_up;
mod upstream_errors;
mod watch;
