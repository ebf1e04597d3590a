//! One fetch for everyone who asks at the same time.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tenantry_domain::Timestamp;
use tokio::sync::Mutex;

use crate::OidcError;

/// Lets one fetch run at a time and shares its outcome, failure included, with those who waited for it.
///
/// The lock is held across the fetch on purpose: waiting for it *is* joining the flight. A caller that is cancelled
/// lets go of it and the next one flies.
#[derive(Debug)]
pub(crate) struct SingleFlight<T> {
    landed: AtomicU64,
    last: Mutex<Option<Landing<T>>>,
}

#[derive(Debug)]
struct Landing<T> {
    at: Timestamp,
    outcome: Result<T, OidcError>,
}

impl<T: Clone> SingleFlight<T> {
    pub(crate) fn new() -> Self {
        Self { landed: AtomicU64::new(0), last: Mutex::new(None) }
    }

    /// Runs `fetch`, unless one that landed while we waited, or less than `pause` before `now`, answers already.
    pub(crate) async fn run(
        &self,
        now: Timestamp,
        pause: Duration,
        fetch: impl Future<Output = Result<T, OidcError>>,
    ) -> Result<T, OidcError> {
        let seen = self.landed.load(Ordering::Acquire);
        let mut last = self.last.lock().await;
        let joined = self.landed.load(Ordering::Acquire) != seen;
        // A clock that was set back must not hold the next flight on the ground, hence `at <= now`.
        if let Some(Landing { at, outcome }) = &*last
            && (joined || (*at <= now && at.until(now) < pause))
        {
            return outcome.clone();
        }
        let outcome = fetch.await;
        *last = Some(Landing { at: now, outcome: outcome.clone() });
        self.landed.fetch_add(1, Ordering::Release);
        outcome
    }
}
