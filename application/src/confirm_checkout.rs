//! Granting what the billing provider says was paid: never what a browser says.

use std::sync::Arc;

use tenantry_ports::{SavedConversion, Session};

use crate::choose_plan::holder;
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
    /// Confirms the checkout of the latest purchase: the tenant's under a tenant, else the person's own. Repeatable: what is granted stays granted.
    pub async fn run(&self, session: &Session) -> Result<Next, ConfirmCheckoutError> {
        let holder = holder(session, session.tenant.as_ref());
        let saved = self.conversions.find(&holder).await?.ok_or(ConfirmCheckoutError::NotPaid)?;
        self.run_saved(saved).await
    }

    /// The same, for a purchase that was just read.
    pub(crate) async fn run_saved(&self, saved: SavedConversion) -> Result<Next, ConfirmCheckoutError> {
        match self.conversions.advance(saved).await {
            Ok(saved) => match next(&saved.conversion) {
                Next::Pay => Err(ConfirmCheckoutError::NotPaid),
                next => Ok(next),
            },
            Err(StepError::NameTaken) => Ok(Next::NameOrganization),
            Err(error) => Err(Outage::from(error).into()),
        }
    }
}
