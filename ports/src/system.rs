//! Time and randomness, injected: nothing else may ask the machine for either.

use tenantry_domain::Timestamp;

/// What time it is.
pub trait Clock: Send + Sync {
    /// The present, in UTC, to the millisecond.
    fn now(&self) -> Timestamp;
}

/// Where unpredictable bytes come from.
pub trait Random: Send + Sync {
    /// Fills `bytes` with random bytes fit for secrets.
    fn fill(&self, bytes: &mut [u8]);
}
