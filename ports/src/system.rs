//! Time and randomness, injected: nothing else may ask the machine for either.

use std::fmt::Write;

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

    /// So many random bytes in hexadecimal, two characters for each.
    fn hex(&self, bytes: usize) -> String {
        let mut random = vec![0; bytes];
        self.fill(&mut random);
        random.iter().fold(String::with_capacity(2 * bytes), |mut text, byte| {
            // Writing to a String can't fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
    }
}
