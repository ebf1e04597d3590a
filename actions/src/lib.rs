//! Runs Auth0's post-login Actions: their JavaScript, in an embedded engine, with Auth0's `event` and `api`, its order of
//! effects and its limits (Auth0's documentation of the post-login trigger).
//!
//! Nothing here knows HTTP, a tenant or a store. What an Action reaches outside of the engine is a [`Host`]; what it asks
//! for comes back as [`Effects`], and the caller carries it out.

mod action;
mod cache;
mod check;
pub mod claims;
mod commands;
mod effects;
mod engine;
mod execution;
mod host;
mod limits;
mod pipeline;
mod redirect_token;

pub use action::{Action, Dependency};
pub use cache::{Cache, CacheError, Entry};
pub use check::{BuildError, check};
pub use effects::{Effects, HolderChanges, RecordedMethod, Revocation};
pub use execution::{ConsoleLine, End, Execution, Run, Suspended};
pub use host::{ApiRequest, ApiResponse, Credentials, Host};
pub use limits::{Limits, MAX_CODE};
pub use pipeline::{continue_post_login, post_login};
