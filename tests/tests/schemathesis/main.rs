//! APIs under property-based requests made from their own description, by a tool that we did not write.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod endings;
mod management;
mod product;
