//! How much an execution may use.

use std::time::Duration;

/// The bounds of one execution: all bound Actions together.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How long the whole execution may take, in real time.
    pub run_time: Duration,
    /// How many bytes an Action may hold at once.
    pub memory: usize,
    /// How many bytes of stack an Action may use: what ends a recursion.
    pub stack: usize,
}

impl Default for Limits {
    /// Auth0's 20 seconds, and room for what Actions do.
    fn default() -> Self {
        Self { run_time: Duration::from_secs(20), memory: 64 << 20, stack: 1 << 20 }
    }
}

/// The largest code of an Action in bytes: Auth0's 100 kB.
pub const MAX_CODE: usize = 100_000;

impl Limits {
    /// The stack of the thread that an engine runs on: beyond the Action's own there must be room for what it calls.
    pub(crate) fn thread_stack(&self) -> usize {
        self.stack.saturating_add(1 << 20)
    }
}
