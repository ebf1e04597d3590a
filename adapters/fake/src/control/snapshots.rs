//! The whole state kept under names, and the way back to it.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tenantry_domain::Timestamp;

use crate::fake::Core;
use crate::seed_file::{Planting, SeedError, SeedFile};
use crate::store::{Picture, StoreError};

/// As many may be kept.
const MOST: usize = 100;

/// Why a snapshot can't be taken or gone back to.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// There is none of this name.
    #[error("there is no snapshot of this name")]
    Unknown,
    /// There are too many.
    #[error("there are {MOST} snapshots already: forget one first")]
    TooMany,
    /// The disk has failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a seed was not planted.
#[derive(Debug, thiserror::Error)]
pub enum PlantError {
    /// The seed is wrong.
    #[error(transparent)]
    Seed(#[from] SeedError),
    /// The disk has failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Snapshots by name.
#[derive(Default)]
pub(crate) struct Snapshots(Mutex<BTreeMap<String, (Timestamp, Picture)>>);

impl Snapshots {
    /// Names, and when they were taken.
    pub(crate) fn all(&self) -> Vec<(String, Timestamp)> {
        self.lock().iter().map(|(name, (taken_at, _))| (name.clone(), *taken_at)).collect()
    }

    /// Forgets one; `false` when there is none of this name.
    pub(crate) fn remove(&self, name: &str) -> bool {
        self.lock().remove(name).is_some()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, (Timestamp, Picture)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Core {
    /// Keeps the whole state under a name, in the place of an earlier one of that name.
    pub(crate) fn snapshot(&self, name: &str) -> Result<Timestamp, SnapshotError> {
        let (now, picture) = (self.clock.now(), self.store.picture()?);
        let mut snapshots = self.control.snapshots.lock();
        if snapshots.len() >= MOST && !snapshots.contains_key(name) {
            return Err(SnapshotError::TooMany);
        }
        snapshots.insert(name.to_owned(), (now, picture));
        Ok(now)
    }

    /// Goes back to a snapshot, which is kept.
    pub(crate) async fn restore(&self, name: &str) -> Result<(), SnapshotError> {
        let picture = self.control.snapshots.lock().get(name).map(|(_, picture)| picture.clone());
        let picture = picture.ok_or(SnapshotError::Unknown)?;
        self.store.go_back(&picture).await?;
        self.forget_what_was_learned();
        Ok(())
    }

    /// Forgets what is no part of the state and yet comes of it: what Actions cached, and what issuers said.
    fn forget_what_was_learned(&self) {
        self.actions_cache.clear();
        self.upstreams.clear();
    }

    /// Goes back to the beginning: the seeded state with the ids and secrets that it had, the clock of the machine, no
    /// faults, nothing noted. Snapshots and signing keys stay.
    pub(crate) async fn reset(&self) -> Result<(), StoreError> {
        self.store.go_back(&self.beginning).await?;
        self.forget_what_was_learned();
        self.time.reset();
        self.control.faults.clear();
        self.control.rate_limits.reset();
        self.calls.clear();
        self.calls.clear_counters();
        Ok(())
    }

    /// Plants a seed on top of what there is: all of it, or nothing.
    pub(crate) async fn plant(&self, file: &SeedFile) -> Result<(), PlantError> {
        self.store
            .write(|state| {
                let known = state.clone();
                let (ids, now, issuer) = (&self.ids, self.clock.now(), &self.config.issuer);
                file.plant(state, &Planting { ids, now, issuer, known: &known })?;
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
