//! The whole state kept under names, and the way back to it.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tenantry_domain::Timestamp;

use crate::fake::Core;
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
        self.go_back(&picture).await?;
        Ok(())
    }
}
