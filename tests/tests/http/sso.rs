//! An organization's own identity provider: connected by its administrator, and who comes in through it.

mod attacks;
mod corp;
mod domains;
mod enforced;
mod identities;
mod set_up;
