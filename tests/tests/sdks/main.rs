//! Auth0's own clients against the fake: each lives the whole life of a tenant, unmodified.
//!
//! The clients are installed by their package managers and run as programs of their own; the scripts are in
//! `tests/sdks`. A step that they print is a call that an application makes.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, reason = "what a client says is shown with the test that it failed")]

mod client;
mod provider;

use client::{node, node_example, python, python_example};
use provider::Provider;

#[tokio::test(flavor = "multi_thread")]
async fn the_current_auth0_client_for_node_lives_a_tenants_life() {
    node("auth0/life.mjs", &Provider::start().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn version_4_of_the_auth0_client_for_node_lives_a_tenants_life() {
    node("auth0_v4/life.mjs", &Provider::start().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn openid_client_lives_a_tenants_life() {
    node("openid_client/life.mjs", &Provider::start().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_auth0_client_for_python_lives_a_tenants_life() {
    python("python/life.py", &Provider::start().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn people_log_in_through_a_certified_provider_of_their_enterprise() {
    node("upstream/life.mjs", &Provider::start().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_documentations_example_for_node_runs() {
    node_example("javascript/members.test.mjs", &Provider::start().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_documentations_example_for_python_runs() {
    python_example("python/test_members.py", &Provider::start().await).await;
}
