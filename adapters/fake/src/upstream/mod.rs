//! Enterprise connections that log in at another issuer: this provider is that issuer's client, or the service provider
//! of a SAML identity provider.

mod arrival;
mod departure;
pub(crate) mod discovery;
mod error;
mod party;
pub(crate) mod saml;
mod settings;

use std::time::Duration;

pub(crate) use arrival::{Person, arrive};
pub(crate) use departure::depart;
pub(crate) use error::UpstreamError;
pub(crate) use party::Upstreams;

/// Where issuers send people back to, under this provider's own issuer.
pub(crate) const CALLBACK: &str = "login/callback";

/// How long a person waits for the other issuer at most.
const PATIENCE: Duration = Duration::from_secs(10);

/// Gives up when the other issuer takes too long.
async fn patiently<T>(work: impl Future<Output = Result<T, UpstreamError>>) -> Result<T, UpstreamError> {
    tokio::time::timeout(PATIENCE, work).await.unwrap_or(Err(UpstreamError::TimedOut))
}
