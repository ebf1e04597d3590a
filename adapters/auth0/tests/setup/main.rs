//! Set-up, the check and the export, against the fake over HTTP.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod adoption;
mod checks;
mod exports;
mod interruptions;
mod journey;
mod permissions;
mod renamed;
mod world;
