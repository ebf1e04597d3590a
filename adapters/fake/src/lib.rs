//! An identity provider in memory that speaks Auth0's wire protocol: for development, demonstrations and tests.
//!
//! One state, two doors: [`Fake::router`] serves Auth0's Authentication API, Universal Login and the part of the
//! Management API that the product uses, and the types of [`ports`] implement the product's ports on the same state
//! without HTTP. It is not for real people's accounts.

mod actions_cache;
mod apis;
mod back_channel;
mod calls;
mod certificate;
mod client_assertion;
mod config;
mod control;
mod cursor;
mod der;
mod document;
mod fake;
mod fake_auth0;
mod http;
mod ids;
mod initiate_login;
mod jws;
mod key_ring;
mod keys;
mod login;
mod model;
mod passwords;
pub mod ports;
mod public_key;
mod rate_limits;
#[cfg(test)]
mod ready_keys;
mod schema;
mod search;
mod secrets;
mod seed;
mod seed_file;
mod server;
mod spare_keys;
mod store;
mod tokens;
mod unsigned_token;
mod upstream;
mod x509;

pub use calls::{Call, Count};
pub use config::{
    FakeConfig, OrganizationRequireBehavior, OrganizationUsage, Seed, SeedClient, SeedClientKind,
    SeedConnection, SeedLogin, SeedRole,
};
pub use control::{
    ActiveFault, AdjustableClock, Fault, FaultEffect, Faults, InProcess, Malformed, Message, MessageKind,
    PlantError, SnapshotError, TenantError, TenantOptions,
};
pub use fake::{ClientCredentials, Fake, FakeError};
pub use fake_auth0::{FakeAuth0, FakeAuth0Builder, MANAGEMENT_CLIENT, StartError};
pub use keys::KeyError;
pub use rate_limits::RateLimitPlan;
pub use seed_file::{
    Scopes as SeedFileScopes, SeedError, SeedFile, SeedFileAction, SeedFileApi, SeedFileClient,
    SeedFileConnection, SeedFileDomain, SeedFileEnabledConnection, SeedFileGrant, SeedFileMember,
    SeedFileOrganization, SeedFilePermission, SeedFileRole, SeedFileScope, SeedFileUser,
};
pub use server::{Tls, TlsError, address_of};
pub use store::StoreError;
// What stands in the signatures above, so that whoever uses this crate needs no other.
pub use secrecy::ExposeSecret;
pub use tenantry_domain::Timestamp;
pub use tenantry_ports::{Clock, Random};
