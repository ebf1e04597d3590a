//! What Actions keep by `api.cache`, until the state is brought back to what it was.

use std::sync::{Arc, PoisonError, RwLock};

use tenantry_actions::Cache;

/// The cache that Actions get which begin now. Those that run go on with the one that they began with.
#[derive(Default)]
pub(crate) struct ActionsCache(RwLock<Arc<Cache>>);

impl ActionsCache {
    pub(crate) fn current(&self) -> Arc<Cache> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Begins an empty one.
    pub(crate) fn renew(&self) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::default();
    }
}
