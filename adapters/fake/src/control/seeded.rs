//! Chance that repeats itself: a fault that strikes every third time or so strikes at the same times again.

/// Numbers that look random and follow from a seed (SplitMix64). Not for secrets.
#[derive(Clone, Debug)]
pub(super) struct Seeded(u64);

impl Seeded {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    }

    /// `true` so often: never for 0, always for 1.
    pub(super) fn strikes(&mut self, probability: f64) -> bool {
        let millionths = self.next() >> 44;
        f64::from(u32::try_from(millionths).unwrap_or(u32::MAX)) / f64::from(1_u32 << 20) < probability
    }

    /// A number from 0 to `most`.
    pub(super) fn up_to(&mut self, most: u64) -> u64 {
        self.next() % most.saturating_add(1).max(1)
    }
}
