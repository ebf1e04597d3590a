//! Rigs for tests that drive the product from outside: as a process, over HTTP and in a real browser.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::panic,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a rig for tests: a panic is how it reports"
)]

pub mod balancer;
#[cfg(feature = "browser")]
pub mod browser;
pub mod company;
pub mod cookies;
pub mod dns;
pub mod html;
pub mod output;
pub mod product;
pub mod provider;
#[cfg(feature = "saml")]
pub mod saml;
pub mod steps;
pub mod visitor;
