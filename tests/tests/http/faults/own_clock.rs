//! The product's own clock: right, until a call comes at which it jumps.

use std::sync::{Arc, Mutex};

use tenantry_domain::Timestamp;
use tenantry_fake::Fake;
use tenantry_ports::Clock;
use tenantry_ports::testkit::FixedClock;

/// A clock that goes by the provider's, or so many seconds before or behind it.
pub(super) struct OwnClock {
    right: Arc<FixedClock>,
    fake: Fake,
    jump: Mutex<Option<Jump>>,
}

/// It is wrong from when the fault of this id has struck until that is over.
#[derive(Clone, Copy)]
struct Jump {
    fault: u64,
    seconds: i64,
}

impl OwnClock {
    pub(super) fn new(right: Arc<FixedClock>, fake: Fake) -> Self {
        Self { right, fake, jump: Mutex::default() }
    }

    /// Jumps when this fault strikes.
    pub(super) fn jumps(&self, seconds: i64, fault: u64) {
        *self.jump.lock().unwrap() = Some(Jump { fault, seconds });
    }
}

impl Clock for OwnClock {
    fn now(&self) -> Timestamp {
        let right = self.right.now();
        let Some(jump) = *self.jump.lock().unwrap() else { return right };
        let is_wrong =
            self.fake.faults().all().iter().any(|active| active.id == jump.fault && active.struck > 0);
        let wrong = Timestamp::from_millis(right.as_millis() + jump.seconds * 1000);
        if is_wrong { wrong } else { right }
    }
}
