//! The relying party against a provider that misbehaves in one way at a time. Every test starts from what
//! `rp01_valid_login` shows to be accepted and changes one thing; the names carry the ids of the security catalogue.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "all of this is tests")]

mod discovery;
mod id_token;
mod keys;
mod log;
mod login;
mod logout_token;
mod provider;
mod refresh;
mod signing;
mod token_endpoint;
mod tries;
mod userinfo;
