//! Finishing what a crash, or a provider that was down, has left half-done.

use std::sync::Arc;
use std::time::Duration;

use tenantry_ports::SavedConversion;

use crate::conversions::StepError;
use crate::{Conversions, Outage};

/// How many conversions one sweep takes up.
const AT_ONCE: u32 = 50;
/// What was saved less long ago somebody is probably working on.
const LEFT_ALONE: Duration = Duration::from_secs(10);
/// After so many failures in a row the provider is down rather than a single purchase broken.
const FAILURES_IN_A_ROW: u32 = 3;

/// Takes up conversions that wait for nobody but a provider. Run it at start, and now and then.
pub struct FinishConversions {
    /// Moves them on.
    pub conversions: Arc<Conversions>,
}

impl FinishConversions {
    /// Takes up what is half-done, one after the other; answers how many moved on. One that fails goes to the end of the
    /// queue, so that it keeps nobody else from being served.
    pub async fn run(&self) -> Result<u32, Outage> {
        let now = self.conversions.clock.now();
        let (mut moved, mut failures) = (0, 0);
        for saved in self.conversions.journeys.unattended(AT_ONCE, now - LEFT_ALONE).await? {
            match self.conversions.advance(saved.clone()).await {
                Ok(after) if after.revision == saved.revision => {}
                Ok(_) | Err(StepError::NameTaken) => (moved, failures) = (moved + 1, 0),
                Err(error) => {
                    failures += 1;
                    self.postpone(&saved, &error).await?;
                    if failures == FAILURES_IN_A_ROW {
                        return Err(error.into());
                    }
                }
            }
        }
        Ok(moved)
    }

    async fn postpone(&self, saved: &SavedConversion, error: &StepError) -> Result<(), Outage> {
        let conversion = saved.conversion.id();
        tracing::warn!(%conversion, %error, "an interrupted purchase can't be finished yet");
        // Saving it as it is moves it to the end; if somebody else has moved it on meanwhile, all the better.
        match self.conversions.save(&saved.conversion, Some(saved)).await {
            Ok(_) | Err(Outage::Conflict) => Ok(()),
            Err(outage) => Err(outage),
        }
    }
}
