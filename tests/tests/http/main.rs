//! The whole product over HTTP, in this process: what an attacker, a careless form and a failing provider will try, and
//! what must hold. There is no browser, so that every hop, header and cookie can be seen.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(
    clippy::indexing_slicing,
    reason = "a JSON value that is missing is null, and fails the test that looks"
)]

mod answer;
mod browser;
mod management;
mod people;
mod provider;
mod site;
mod wire;

mod account;
mod account_deletion;
mod api;
mod budgets;
mod caching;
mod callback;
mod conversion;
mod cookies;
mod customization;
mod database;
mod deletion;
mod devices;
mod expiry;
mod faults;
mod finding;
mod forms;
mod guides_sample;
mod input;
mod instances;
mod invitations;
mod inviting;
mod isolation;
mod logouts;
mod lookup;
mod members;
mod methods;
mod newcomers;
mod operations;
mod organizations;
mod other_issuers;
mod outage;
mod payment;
mod requests;
mod return_to;
mod roles;
mod routes;
mod sessions;
mod sso;
mod switching;
mod withdrawals;
