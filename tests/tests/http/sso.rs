//! An organization's own identity provider: connected by its administrator, and who comes in through it.

pub(crate) mod access;
mod admission;
mod advisories;
mod attacks;
mod brought;
mod consequences;
pub(crate) mod corp;
mod domains;
mod enforced;
mod holders;
mod identities;
mod interruptions;
mod invited;
pub(crate) mod last_way;
mod newcomers;
mod rotation;
pub(crate) mod saml;
mod set_up;
mod told;
mod upstream_errors;
mod watch;
