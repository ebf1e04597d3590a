//! What is believed of logins and logouts at an Auth0 that misbehaves in one way at a time. How the token itself is checked
//! is the relying party's; these are Auth0's own rules on top of it.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "all of this is tests")]

mod emails;
mod endpoints;
mod logouts;
mod organizations;
// The provider of the relying party's own tests, and its keys.
#[allow(dead_code, reason = "the other tests use the rest")]
#[path = "../../../oidc/tests/relying_party/provider.rs"]
mod provider;
#[allow(dead_code, reason = "the other tests use the rest")]
#[path = "../../../oidc/tests/relying_party/signing.rs"]
mod signing;
mod tenant;
mod upstreams;
