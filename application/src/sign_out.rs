//! Signing out: here, and at the provider.

use std::sync::Arc;

use tenantry_ports::{IdentityProvider, LogoutRequest, Session, Sessions};
use url::Url;

use crate::Outage;

/// Ends a session.
pub struct SignOut {
    /// Where the session is kept.
    pub sessions: Arc<dyn Sessions>,
    /// Where the person is signed in too.
    pub provider: Arc<dyn IdentityProvider>,
}

impl SignOut {
    /// Ends the session, and answers where to send the browser so that the provider ends its own; the browser comes
    /// back to `return_to`. When the provider can't be reached the person is still signed out here, and goes straight
    /// to `return_to`.
    pub async fn run(&self, session: &Session, return_to: Url) -> Result<Url, Outage> {
        self.sessions.end(&session.id).await?;
        let provider_session = session.provider_session.clone();
        let request = LogoutRequest { provider_session, return_to };
        Ok(match self.provider.logout_url(&request).await {
            Ok(url) => url,
            Err(error) => {
                tracing::warn!(error = %error, "signed out here, but not at the identity provider");
                request.return_to
            }
        })
    }
}
