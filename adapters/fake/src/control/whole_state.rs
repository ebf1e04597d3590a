//! The state as a whole: back to what it was, and a seed on top of what there is.

use std::sync::Arc;

use crate::fake::Core;
use crate::seed_file::{Planting, SeedError, SeedFile};
use crate::store::{Picture, StoreError};

/// Why a seed was not planted.
#[derive(Debug, thiserror::Error)]
pub enum PlantError {
    /// The seed is wrong.
    #[error(transparent)]
    Seed(#[from] SeedError),
    /// The disk has failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The process ends meanwhile.
    #[error("the seed was not looked at to its end: {0}")]
    Stopped(#[from] tokio::task::JoinError),
}

impl Core {
    /// Goes back to the beginning: the seeded state with the ids and secrets that it had, the clock of the machine, no
    /// faults, nothing noted. Snapshots and signing keys stay.
    pub(crate) async fn reset(&self) -> Result<(), StoreError> {
        self.go_back(&self.beginning).await?;
        self.time.reset();
        self.control.faults.clear();
        self.control.rate_limits.reset();
        self.calls.clear();
        self.calls.clear_counters();
        Ok(())
    }

    /// Goes back to a state, and forgets what is no part of it and yet comes of it: what Actions cached, and what issuers
    /// said.
    pub(super) async fn go_back(&self, picture: &Picture) -> Result<(), StoreError> {
        self.store.go_back(picture).await?;
        self.actions_cache.renew();
        self.upstreams.clear();
        Ok(())
    }

    /// Plants a seed on top of what there is: all of it, or nothing.
    pub(crate) async fn plant(self: &Arc<Self>, file: SeedFile) -> Result<(), PlantError> {
        let core = Arc::clone(self);
        let prepare = move || {
            let prepared = file.prepare(&core.ids, core.store.picture()?.state())?;
            Ok::<_, PlantError>((file, prepared))
        };
        let (file, prepared) = tokio::task::spawn_blocking(prepare).await??;
        self.store
            .write(|state| {
                let known = state.clone();
                let (ids, now, issuer) = (&self.ids, self.clock.now(), &self.config.issuer);
                file.plant(state, &Planting { ids, now, issuer, known: &known, prepared: &prepared })?;
                Ok(())
            })
            .await
    }

    pub(crate) async fn clear_mailbox(&self) -> Result<(), StoreError> {
        self.store
            .write(|state| {
                state.mail.remove_where(|_| true);
                Ok(())
            })
            .await
    }
}
