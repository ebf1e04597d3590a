//! APIs under property-based requests made from their own description, by a tool that we did not write.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod endings;
mod management;
mod product;
