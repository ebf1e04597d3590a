//! Going on with a personal plan that was paid for.

use std::sync::Arc;

use tenantry_domain::{PlanId, Stage};
use tenantry_ports::Session;

use crate::conversions::StepError;
use crate::{Conversions, Outage};

/// Puts a personal plan that was paid for in force.
pub struct RegisterPersonal {
    /// Moves the purchase on.
    pub conversions: Arc<Conversions>,
}

/// Why nothing is put in force.
#[derive(Debug, thiserror::Error)]
pub enum RegisterPersonalError {
    /// No personal plan has been paid for.
    #[error("choose the Personal plan first")]
    NotPaid,
    /// Something outside is down.
    #[error(transparent)]
    Outage(#[from] Outage),
}

impl From<StepError> for RegisterPersonalError {
    fn from(error: StepError) -> Self {
        match error {
            StepError::NameTaken | StepError::Conversion(_) => Self::NotPaid,
            StepError::Outage(outage) => Self::Outage(outage),
        }
    }
}

impl RegisterPersonal {
    /// Puts the plan in force. Repeatable.
    pub async fn run(&self, session: &Session) -> Result<(), RegisterPersonalError> {
        let owed = self.conversions.owed(&session.user).await?.ok_or(RegisterPersonalError::NotPaid)?;
        if owed.conversion.plan() != PlanId::Personal {
            return Err(RegisterPersonalError::NotPaid);
        }
        if matches!(owed.conversion.stage(), Stage::Done { .. }) {
            return Ok(());
        }
        let saved = self.conversions.advance(owed).await?;
        let in_force = saved.conversion.in_force().map_err(StepError::from)?;
        self.conversions.users.set_subscription(&session.user, in_force).await.map_err(Outage::from)?;
        self.conversions.show(&saved.conversion.holder(), in_force).await?;
        let finished = saved.conversion.clone().finished().map_err(StepError::from)?;
        self.conversions.save(&finished, Some(&saved)).await?;
        Ok(())
    }
}
