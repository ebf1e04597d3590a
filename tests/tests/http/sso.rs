//! An organization's own identity provider: connected by its administrator, and who comes in through it.

mod attacks;
pub(crate) mod corp;
mod set_up;
