//! Granting what the billing provider says was paid: never what a browser says.

use std::sync::Arc;

use tenantry_domain::Stage;
use tenantry_ports::{SavedConversion, Session};

use crate::conversions::{StepError, next};
use crate::{Conversions, Next, Outage};

/// Asks the billing provider whether the person's checkout is paid, and grants the plan if it is.
pub struct ConfirmCheckout {
    /// Moves the purchase on.
    pub conversions: Arc<Conversions>,
}

/// Why nothing is granted.
#[derive(Debug, thiserror::Error)]
pub enum ConfirmCheckoutError {
    /// There is no payment.
    #[error("nothing has been paid")]
    NotPaid,
    /// Something outside is down.
    #[error(transparent)]
    Outage(#[from] Outage),
}

impl ConfirmCheckout {
    /// Confirms the checkout of the person's own latest purchase. Repeatable: what is granted stays granted.
    pub async fn run(&self, session: &Session) -> Result<Next, ConfirmCheckoutError> {
        let saved = self.conversions.find(&session.user).await?.ok_or(ConfirmCheckoutError::NotPaid)?;
        self.run_saved(saved).await
    }

    /// The same, for a purchase that was just read.
    pub(crate) async fn run_saved(&self, saved: SavedConversion) -> Result<Next, ConfirmCheckoutError> {
        let saved = self.conversions.settle(saved).await?;
        if matches!(saved.conversion.stage(), Stage::Choosing | Stage::Checkout { .. }) {
            return Err(ConfirmCheckoutError::NotPaid);
        }
        match self.conversions.advance(saved).await {
            Ok(saved) => Ok(next(&saved.conversion)),
            Err(StepError::NameTaken) => Ok(Next::NameOrganization),
            Err(StepError::Conversion(error)) => Err(Outage::Store(Box::new(error)).into()),
            Err(StepError::Outage(outage)) => Err(outage.into()),
        }
    }
}
