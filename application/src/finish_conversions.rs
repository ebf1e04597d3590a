//! Finishing what a crash, or a provider that was down, has left half-done.

use std::sync::Arc;

use crate::conversions::StepError;
use crate::{Conversions, Outage};

/// How many conversions one sweep takes up.
const AT_ONCE: u32 = 50;

/// Takes up conversions that wait for nobody but the provider. Run it at start, and now and then.
pub struct FinishConversions {
    /// Moves them on.
    pub conversions: Arc<Conversions>,
}

impl FinishConversions {
    /// Takes up what is half-done, one after the other; answers how many were brought to an end. The first outage stops
    /// the sweep: the next one goes on.
    pub async fn run(&self) -> Result<u32, Outage> {
        let mut finished = 0;
        for saved in self.conversions.journeys.unattended(AT_ONCE).await? {
            let user = saved.conversion.user().clone();
            match self.conversions.advance(saved).await {
                Ok(_) | Err(StepError::NameTaken) => finished += 1,
                Err(StepError::Conversion(error)) => {
                    tracing::error!(%user, %error, "a conversion can't be taken up");
                }
                Err(StepError::Outage(outage)) => return Err(outage),
            }
        }
        Ok(finished)
    }
}
