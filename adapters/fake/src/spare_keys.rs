//! The key pairs of in-memory providers that are gone. The next one takes them: to make a pair costs more than all the
//! rest of most tests. No two providers that live at the same time have one in common, and none that a disk knows is here.

use std::sync::{Mutex, PoisonError};

use crate::secrets::Secret;

/// As many as a test suite has in use at a time; more of them are let go.
const MOST: usize = 64;

static SPARE: Mutex<Vec<Secret>> = Mutex::new(Vec::new());

/// One of them, for its new owner alone.
pub(crate) fn take() -> Option<Secret> {
    SPARE.lock().unwrap_or_else(PoisonError::into_inner).pop()
}

/// Takes those of a provider that is gone.
pub(crate) fn leave(keys: impl Iterator<Item = Secret>) {
    let mut spare = SPARE.lock().unwrap_or_else(PoisonError::into_inner);
    let free = MOST.saturating_sub(spare.len());
    spare.extend(keys.take(free));
}
