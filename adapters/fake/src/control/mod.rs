//! What those who test may change about the provider while it runs: its time, its faults, its whole state.

mod clock;

pub use clock::AdjustableClock;
