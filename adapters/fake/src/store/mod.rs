//! The one state behind both doors: transactions in memory that are durable before they are acknowledged.

mod journal;
mod state;
mod table;

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, OnceLock, PoisonError, RwLock, RwLockWriteGuard};

use tokio::sync::oneshot;

use journal::{Acknowledge, DatabaseFile, Failure, Journal, Medium};
pub(crate) use state::State;
pub(crate) use table::Row;

const FILE: &str = "identity.redb";

/// The disk can't be used, or has failed.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the identity provider's disk: {0}")]
pub struct StoreError(#[source] Arc<dyn std::error::Error + Send + Sync>);

impl StoreError {
    fn disk(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self(Arc::from(error.into()))
    }
}

/// The state with its lock, and the way to the disk when there is one.
pub(crate) struct Store {
    state: RwLock<State>,
    failure: Failure,
    journal: Option<Journal>,
    epoch: AtomicU64,
}

/// Lasts until the state is brought back to what it was. What was read in one has no place in the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Epoch(u64);

impl Store {
    /// A store that forgets everything when it is dropped.
    pub(crate) fn in_memory() -> Self {
        Self::of(State::default(), Failure::default(), None)
    }

    pub(crate) fn is_in_memory(&self) -> bool {
        self.journal.is_none()
    }

    /// A store in a file below `directory`, which is made when it is not there. It is for this user alone: it holds the
    /// signing keys.
    pub(crate) fn open(directory: &Path) -> Result<Self, StoreError> {
        std::fs::create_dir_all(directory).map_err(StoreError::disk)?;
        #[cfg(unix)]
        std::fs::set_permissions(directory, std::os::unix::fs::PermissionsExt::from_mode(0o700))
            .map_err(StoreError::disk)?;
        let file = DatabaseFile::open(&directory.join(FILE))?;
        let state = file.load()?;
        Self::on(file, state)
    }

    fn on(medium: impl Medium, state: State) -> Result<Self, StoreError> {
        let failure: Failure = Arc::new(OnceLock::new());
        let journal = Journal::start(medium, failure.clone())?;
        Ok(Self::of(state, failure, Some(journal)))
    }

    fn of(state: State, failure: Failure, journal: Option<Journal>) -> Self {
        Self { state: RwLock::new(state), failure, journal, epoch: AtomicU64::new(0) }
    }

    /// Inside a transaction it is the one that the transaction writes into.
    pub(crate) fn epoch(&self) -> Epoch {
        Epoch(self.epoch.load(Ordering::Acquire))
    }

    /// Looks at the state. What it shows may be a moment ahead of the disk.
    pub(crate) fn read<R>(&self, look: impl FnOnce(&State) -> R) -> Result<R, StoreError> {
        self.still_trusted()?;
        // A unit of work puts everything back when it unwinds, so a poisoned lock guards a sound state.
        Ok(look(&self.state.read().unwrap_or_else(PoisonError::into_inner)))
    }

    /// Changes the state as one transaction: all of it and durable on `Ok`, nothing of it on `Err`.
    pub(crate) async fn write<R, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&mut State) -> Result<R, E>,
    ) -> Result<R, E> {
        let (sender, durable) = oneshot::channel();
        let result = self.commit(work, Box::new(|outcome| drop(sender.send(outcome))))?;
        durable.await.unwrap_or_else(|_| Err(self.stopped()))?;
        Ok(result)
    }

    /// [`Self::write`] for a caller that is not asynchronous.
    pub(crate) fn write_blocking<R, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&mut State) -> Result<R, E>,
    ) -> Result<R, E> {
        let (sender, durable) = sync_channel(1);
        let result = self.commit(work, Box::new(move |outcome| drop(sender.send(outcome))))?;
        durable.recv().unwrap_or_else(|_| Err(self.stopped()))?;
        Ok(result)
    }

    fn commit<R, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&mut State) -> Result<R, E>,
        acknowledge: Acknowledge,
    ) -> Result<R, E> {
        self.still_trusted()?;
        let mut unit = UnitOfWork(self.state.write().unwrap_or_else(PoisonError::into_inner));
        let result = work(&mut unit.0)?;
        match &self.journal {
            Some(journal) if unit.0.has_changed() => {
                let changes = unit.0.changes().map_err(StoreError::disk)?;
                journal.hand_over(changes, acknowledge);
            }
            _ => acknowledge(Ok(())),
        }
        unit.0.forget_before();
        Ok(result)
    }

    /// The state as it is, to compare with or go back to. Rows are shared, so that costs little.
    pub(crate) fn picture(&self) -> Result<Picture, StoreError> {
        self.read(|state| Picture(state.clone()))
    }

    /// Brings the state back to what it was, in one transaction. The signing keys stay.
    pub(crate) async fn go_back(&self, picture: &Picture) -> Result<(), StoreError> {
        self.write(|state| {
            state.become_like(&picture.0);
            self.epoch.fetch_add(1, Ordering::AcqRel);
            Ok(())
        })
        .await
    }

    fn still_trusted(&self) -> Result<(), StoreError> {
        self.failure.get().cloned().map_or(Ok(()), Err)
    }

    fn stopped(&self) -> StoreError {
        self.failure.get().cloned().unwrap_or_else(|| StoreError::disk("the writer has stopped"))
    }
}

/// The state at a moment.
#[derive(Clone)]
pub(crate) struct Picture(State);

impl Picture {
    pub(crate) fn of(state: State) -> Self {
        Self(state)
    }

    pub(crate) fn state(&self) -> &State {
        &self.0
    }
}

#[cfg(test)]
impl PartialEq for Picture {
    fn eq(&self, other: &Self) -> bool {
        self.0.is(&other.0)
    }
}

/// A transaction in progress: whatever it has not committed when it ends is undone.
struct UnitOfWork<'a>(RwLockWriteGuard<'a, State>);

impl Drop for UnitOfWork<'_> {
    fn drop(&mut self) {
        self.0.roll_back();
    }
}

#[cfg(test)]
mod tests;
