//! An organization's own identity provider: connected by its administrator, and who comes in through it.

mod access;
mod attacks;
mod corp;
mod set_up;
