//! What people see, in a real browser: each module is a journey.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "steps of tests: a panic is how they report"
)]

mod account;
mod buying;
mod clock;
mod expired;
mod hosted_login;
mod interrupted;
mod invitations;
mod members;
mod organizations;
mod pages;
mod person;
mod rig;
mod set_up;
mod sso;
mod sso_doors;
mod sso_saml;
