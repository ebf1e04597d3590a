//! What every login begins with once the browser is back: the attempt counts once, and what it brought is verified.

use std::sync::Arc;

use tenantry_domain::Timestamp;
use tenantry_ports::{Callback, IdentityProvider, Login, LoginAttempt, LoginAttempts};

use crate::Outage;
use crate::sign_in::{ATTEMPT_LIFETIME, SignInError};

/// Redeems what a browser brought back, for the attempt that it began.
#[derive(Clone)]
pub struct Redeem {
    /// Where people log in.
    pub provider: Arc<dyn IdentityProvider>,
    /// Sees to it that an attempt counts once.
    pub attempts: Arc<dyn LoginAttempts>,
}

impl Redeem {
    /// The verified login. Whatever comes of it, the attempt is spent.
    pub(crate) async fn run(
        &self,
        callback: &Callback,
        attempt: &LoginAttempt,
        now: Timestamp,
    ) -> Result<Login, SignInError> {
        let deadline = attempt.started_at + ATTEMPT_LIFETIME;
        if now > deadline {
            return Err(SignInError::Expired);
        }
        if !self.attempts.spend(&attempt.state, deadline).await.map_err(Outage::from)? {
            return Err(SignInError::AlreadyUsed);
        }
        if attempt.issuer != self.provider.issuer() {
            return Err(SignInError::OtherProvider);
        }
        Ok(self.provider.redeem(callback, attempt).await?)
    }
}
