//! Whether a call that failed is tried again, and after which pause: by what is known of its outcome, within a budget.

use std::time::Duration;

use serde_json::error::Category;
use tenantry_ports::Random;
use tokio::time::{Instant, sleep};

use super::Limits;
use super::metrics;
use crate::ManagementError;

/// Until when a call, or several that belong together, must have ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Budget {
    until: Instant,
}

impl Budget {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self { until: Instant::now() + limits.whole_call }
    }

    /// What is left of it.
    pub(super) fn left(&self) -> Duration {
        self.until.saturating_duration_since(Instant::now())
    }
}

/// What may be asked again when nobody knows whether it was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// Asking twice does the same as asking once.
    Freely,
    /// Only what was certainly not done is asked again.
    IfNotDone,
}

/// What is known of a request that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Aftermath {
    /// Auth0 has decided, and would decide the same again.
    Decided,
    /// It was refused before anything was done, because there were too many.
    TooMany(Option<Duration>),
    /// It never reached the Management API.
    NotSent,
    /// It may have been done.
    Unknown,
}

impl ManagementError {
    /// Whether what was asked for may have been done all the same.
    pub(crate) fn may_have_been_done(&self) -> bool {
        match self {
            // The answer was a success, whatever it held.
            Self::Malformed(_) => true,
            other => other.aftermath() == Aftermath::Unknown,
        }
    }

    /// Whether this speaks of an outside in trouble, rather than of what was asked.
    pub(super) fn is_fault(&self) -> bool {
        matches!(self.aftermath(), Aftermath::NotSent | Aftermath::Unknown)
    }

    fn aftermath(&self) -> Aftermath {
        match self {
            Self::RateLimited { retry_after } => Aftermath::TooMany(*retry_after),
            Self::Unreachable(error) if error.is_connect() => Aftermath::NotSent,
            Self::NoToken { source, .. } if source.is_fault() => Aftermath::NotSent,
            Self::Unreachable(_) | Self::Body(_) | Self::TimedOut => Aftermath::Unknown,
            Self::Status(status) if status.is_server_error() || status.as_u16() == 408 => Aftermath::Unknown,
            // A page of a proxy, or half of an answer. JSON of another shape would come again as it is.
            Self::Malformed(error) if error.classify() != Category::Data => Aftermath::Unknown,
            _ => Aftermath::Decided,
        }
    }
}

/// The tries of one call.
pub(crate) struct Tries<'a> {
    limits: &'a Limits,
    random: &'a dyn Random,
    operation: String,
    repeat: Repeat,
    pub(super) budget: Budget,
    faults: u32,
    refusals: u32,
    last: Option<ManagementError>,
}

impl<'a> Tries<'a> {
    pub(super) fn new(
        limits: &'a Limits,
        random: &'a dyn Random,
        operation: String,
        repeat: Repeat,
        budget: Budget,
    ) -> Self {
        Self { limits, random, operation, repeat, budget, faults: 0, refusals: 0, last: None }
    }

    /// Waits until the call may be tried again, or answers with the error that ends it.
    pub(crate) async fn pause_after(&mut self, error: ManagementError) -> Result<(), ManagementError> {
        match self.pause(&error) {
            Some(pause) => {
                metrics::retried(&self.operation, &error);
                self.last = Some(error);
                sleep(pause).await;
                Ok(())
            }
            // That the circuit opened between two tries explains nothing: what opened it does.
            None => Err(match (error, self.last.take()) {
                (ManagementError::CircuitOpen, Some(last)) => last,
                (error, _) => error,
            }),
        }
    }

    /// How long to wait before the next try; `None` when there is none.
    fn pause(&mut self, error: &ManagementError) -> Option<Duration> {
        let (asked, tries, most) = match error.aftermath() {
            Aftermath::Decided => return None,
            Aftermath::Unknown if self.repeat == Repeat::IfNotDone => return None,
            Aftermath::TooMany(asked) => {
                self.refusals += 1;
                let unsaid = || self.doubled(self.limits.first_pause, self.refusals);
                (asked.unwrap_or_else(unsaid), self.refusals, self.limits.refused_tries)
            }
            Aftermath::NotSent | Aftermath::Unknown => {
                self.faults += 1;
                (Duration::ZERO, self.faults, self.limits.tries)
            }
        };
        if tries >= most {
            return None;
        }
        // Full jitter, on top of what was asked for: who is told the same instant must not come back at the same instant.
        let pause = asked.saturating_add(self.up_to(self.doubled(self.limits.first_pause, tries)));
        (pause < self.budget.left()).then_some(pause)
    }

    fn doubled(&self, first: Duration, tries: u32) -> Duration {
        let factor = 1_u32.checked_shl(tries.saturating_sub(1)).unwrap_or(u32::MAX);
        first.saturating_mul(factor).min(self.limits.longest_pause)
    }

    /// A random duration of at most this.
    fn up_to(&self, most: Duration) -> Duration {
        let mut bytes = [0; 8];
        self.random.fill(&mut bytes);
        let most = u64::try_from(most.as_micros()).unwrap_or(u64::MAX);
        // The remainder favours small durations by less than one in a million: no secret hangs on it.
        Duration::from_micros(u64::from_le_bytes(bytes) % most.saturating_add(1).max(1))
    }
}

#[cfg(test)]
mod tests;
