//! The identity provider says, over the back channel, that it has logged somebody out.

use std::sync::Arc;

use secrecy::SecretString;
use tenantry_ports::{Clock, IdentityProvider, IdentityProviderError, Sessions, Source};

use crate::Outage;
use crate::sign_in::remembered_until;

/// Ends here what the provider has ended there. Who asks proves nothing; the token that comes along does.
pub struct FollowLogout {
    /// Whose word counts.
    pub provider: Arc<dyn IdentityProvider>,
    /// Where sessions are kept.
    pub sessions: Arc<dyn Sessions>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
}

/// Why nobody is logged out.
#[derive(Debug, thiserror::Error)]
pub enum FollowLogoutError {
    /// The token proves nothing. There is no point in sending it again.
    #[error("the logout token was not accepted")]
    Rejected(#[source] Source),
    /// Something outside is down.
    #[error(transparent)]
    Outage(#[from] Outage),
}

impl From<IdentityProviderError> for FollowLogoutError {
    fn from(error: IdentityProviderError) -> Self {
        match error {
            IdentityProviderError::Rejected(source) => Self::Rejected(source),
            outage => Self::Outage(outage.into()),
        }
    }
}

impl FollowLogout {
    /// Ends every session that the token speaks of, and sees to it that no login which is under way begins another.
    /// Answers how many sessions that were; a token that comes twice ends nothing more.
    pub async fn run(&self, token: &SecretString) -> Result<u64, FollowLogoutError> {
        let whom = self.provider.verify_logout_token(token).await?;
        let now = self.clock.now();
        Ok(self.sessions.end_logged_out(&whom, now, remembered_until(now)).await.map_err(Outage::from)?)
    }
}
