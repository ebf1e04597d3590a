//! Actions as people write them, run against a host that keeps what was asked of it.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod beyond_the_engine;
mod bounds;
mod effects;
mod environment;
mod given_up;
mod guide;
mod management;
mod redirects;
mod world;
