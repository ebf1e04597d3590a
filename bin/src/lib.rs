//! Arguments, configuration, wiring and telemetry: the only place that knows all adapters.
//!
//! The command is a thin shell around [`Product`], so that a test can start a whole product in its own process, with a
//! clock that it moves.

pub mod auth0;
pub mod cli;
pub mod fake;
mod fake_tls;
mod identity;
mod listen;
mod metrics;
pub mod migrate;
mod product;
pub mod serve;
mod server;
mod settings;
mod shutdown;
mod sso_reach;
pub mod telemetry;
mod wiring;

pub use product::{Addresses, Product};
pub use settings::{Auth0Settings, DataPlace, IdentitySettings, Settings};
