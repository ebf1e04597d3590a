//! Auth0 as an identity provider: logins through its Authentication API, everything else through its Management API.
//!
//! [`Auth0`] holds what the adapters of the ports share: one relying party, one machine-to-machine token, and the ids
//! of the roles and shared connections, which are looked up once.

mod auth0;
mod catalogue;
mod error;
mod identity_provider;
mod invitations;
mod management;
mod members;
mod scopes;
pub mod setup;
mod sso_connections;
mod tenants;
mod token;
mod users;
mod wire;

pub use auth0::{Auth0, Settings};
pub use error::ManagementError;
pub use identity_provider::Auth0IdentityProvider;
pub use invitations::Auth0Invitations;
pub use management::Limits;
pub use management::metrics::describe_metrics;
pub use members::Auth0Members;
pub use scopes::{SCOPES, scopes};
pub use sso_connections::Auth0SsoConnections;
pub use tenants::Auth0Tenants;
pub use users::Auth0Users;
