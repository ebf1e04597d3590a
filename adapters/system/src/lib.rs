//! The clock and the randomness of this machine: the only place that asks it for either.

use tenantry_domain::Timestamp;
use tenantry_ports::{Clock, Random};

/// The machine's clock, in UTC.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this adapter is where the system's clock is read")]
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(jiff::Timestamp::now().as_millisecond())
    }
}

/// The machine's cryptographic randomness.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    #[expect(clippy::disallowed_methods, reason = "this adapter is where the system's randomness is read")]
    fn fill(&self, bytes: &mut [u8]) {
        // Going on with predictable secrets would be worse than stopping, and there is no third way.
        if aws_lc_rs::rand::fill(bytes).is_err() {
            std::process::abort();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_plausible_and_randomness_differs() {
        assert!(SystemClock.now().as_seconds() > 1_700_000_000);
        let (mut one, mut other) = ([0; 32], [0; 32]);
        SystemRandom.fill(&mut one);
        SystemRandom.fill(&mut other);
        assert_ne!(one, other);
        assert_ne!(one, [0; 32]);
    }
}
