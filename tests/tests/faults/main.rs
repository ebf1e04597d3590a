//! What must hold of a purchase, and of an organization's people, when calls are lost, processes die, and several people or windows do things at once.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    unreachable_pub,
    reason = "a test fails by panicking, and nobody reaches into it"
)]

mod crowd;
mod interrupted;
mod people;
mod together;
mod wire;
mod world;
