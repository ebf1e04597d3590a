//! The fake as a browser, an application and a program see it: one process, no socket.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod access_tokens;
mod actions;
mod authn;
mod back_channel_logout;
mod bodies;
mod browser;
mod code_flow;
mod contract;
mod control;
mod database_connections;
mod documentation;
#[path = "../../../../docs/fake/examples/rust/members.rs"]
mod example;
mod fake_auth0;
mod faults;
mod guides_actions;
mod home;
mod invitations;
mod management_access;
mod management_accounts;
mod management_actions;
mod management_apis;
mod management_clients;
mod management_connections;
mod management_discovery_domains;
mod management_input;
mod management_invitations;
mod management_organization_access;
mod management_organizations;
mod management_people;
mod management_search;
mod management_settings;
mod organization_login;
mod persistence;
mod private_key_jwt;
mod products_actions;
mod refresh_tokens;
mod response_modes;
mod saml;
#[path = "../../../../tests/src/saml/mod.rs"]
mod saml_idp;
mod seed_file;
mod seed_rules;
mod self_description;
mod self_service;
mod sessions;
mod signing_keys;
mod sso_connections;
mod support;
mod tenants;
mod universal_login;
mod upstream;
mod wire;
