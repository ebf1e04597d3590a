//! What the adapter makes of an Auth0 that refuses, fails, falls silent or loses answers, against the fake over HTTP.

#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "tests and their helpers")]

mod circuit;
mod lists;
mod lost;
mod measured;
mod metadata;
mod refused;
mod sixteen;
mod sso_connections;
mod tokens;
mod world;
