//! An organization's own identity provider: connected by its administrator, and who comes in through it.

mod access;
mod admission;
mod advisories;
mod attacks;
pub(crate) mod corp;
mod domains;
mod enforced;
mod identities;
mod last_way;
mod set_up;
mod upstream_errors;
mod watch;
