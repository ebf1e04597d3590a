//! Puts commits on disk: a thread of its own drains what waits into one transaction of the embedded database.

use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;
use std::time::Duration;

use redb::{Database, DatabaseError, Durability, ReadableDatabase, ReadableTable, TableDefinition};

use super::StoreError;
use super::state::State;
use super::table::Change;

/// What the fake knows is small and in memory anyway; the database needs only a little of it again.
const CACHE_BYTES: usize = 4 * 1024 * 1024;
/// The predecessor may still be on its way out when a service restarts.
const LOCK_PATIENCE: Duration = Duration::from_secs(3);
const LOCK_PAUSE: Duration = Duration::from_millis(20);
/// More than this in one database transaction would make the first of them wait for nothing.
const GROUP: usize = 512;

/// Where changes become durable.
pub(super) trait Medium: Send + 'static {
    /// Makes all of `changes` durable, or none.
    fn apply(&mut self, changes: &[Change]) -> Result<(), StoreError>;
}

/// A file of the embedded database.
pub(super) struct DatabaseFile(Database);

impl DatabaseFile {
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        let mut waited = Duration::ZERO;
        loop {
            let opened = Database::builder().set_cache_size(CACHE_BYTES).create(path);
            match opened {
                Err(DatabaseError::DatabaseAlreadyOpen) if waited < LOCK_PATIENCE => {
                    std::thread::sleep(LOCK_PAUSE);
                    waited += LOCK_PAUSE;
                }
                other => return other.map(Self).map_err(StoreError::disk),
            }
        }
    }

    pub(super) fn load(&self) -> Result<State, StoreError> {
        let mut state = State::default();
        let transaction = self.0.begin_read().map_err(StoreError::disk)?;
        for name in State::TABLES {
            let table = match transaction.open_table(definition(name)) {
                Err(redb::TableError::TableDoesNotExist(_)) => continue,
                other => other.map_err(StoreError::disk)?,
            };
            for entry in table.iter().map_err(StoreError::disk)? {
                let (_, json) = entry.map_err(StoreError::disk)?;
                state.load(name, json.value()).map_err(StoreError::disk)?;
            }
        }
        Ok(state)
    }
}

impl Medium for DatabaseFile {
    fn apply(&mut self, changes: &[Change]) -> Result<(), StoreError> {
        let mut transaction = self.0.begin_write().map_err(StoreError::disk)?;
        transaction.set_durability(Durability::Immediate).map_err(StoreError::disk)?;
        for change in changes {
            let mut table = transaction.open_table(definition(change.table)).map_err(StoreError::disk)?;
            let key = change.key.as_str();
            match &change.row {
                Some(json) => table.insert(key, json.as_slice()).map(drop).map_err(StoreError::disk)?,
                None => table.remove(key).map(drop).map_err(StoreError::disk)?,
            }
        }
        transaction.commit().map_err(StoreError::disk)
    }
}

fn definition(name: &str) -> TableDefinition<'_, &'static str, &'static [u8]> {
    TableDefinition::new(name)
}

/// Set once the disk has failed; nothing is promised from then on.
pub(super) type Failure = Arc<OnceLock<StoreError>>;

/// Called once, when a commit is durable or can't become so.
pub(super) type Acknowledge = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

struct Commit {
    changes: Vec<Change>,
    acknowledge: Acknowledge,
}

/// The way to the writer thread. Dropping it waits until everything that was handed over is on disk.
pub(super) struct Journal {
    commits: Option<Sender<Commit>>,
    writer: Option<JoinHandle<()>>,
}

impl Journal {
    pub(super) fn start(medium: impl Medium, failure: Failure) -> Result<Self, StoreError> {
        let (commits, waiting) = channel();
        let writer = std::thread::Builder::new()
            .name("fake-journal".to_owned())
            .spawn(move || write_groups(medium, &waiting, &failure))
            .map_err(StoreError::disk)?;
        Ok(Self { commits: Some(commits), writer: Some(writer) })
    }

    /// Hands a commit over.
    ///
    /// Callers hold the lock on the state, so commits reach the disk in the order in which they happened.
    pub(super) fn hand_over(&self, changes: Vec<Change>, acknowledge: Acknowledge) {
        if let Some(commits) = &self.commits {
            // Should the writer be gone, `acknowledge` is dropped uncalled, and who waits for it hears that.
            let _ = commits.send(Commit { changes, acknowledge });
        }
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        self.commits.take();
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
    }
}

fn write_groups(mut medium: impl Medium, waiting: &Receiver<Commit>, failure: &OnceLock<StoreError>) {
    while let Ok(first) = waiting.recv() {
        let mut changes = first.changes;
        let mut group = vec![first.acknowledge];
        while group.len() < GROUP
            && let Ok(next) = waiting.try_recv()
        {
            changes.extend(next.changes);
            group.push(next.acknowledge);
        }
        // After one failure the disk holds a past that memory has left: nothing later may be added to it.
        let outcome = match failure.get() {
            Some(earlier) => Err(earlier.clone()),
            None => medium.apply(&changes),
        };
        if let Err(error) = &outcome
            && failure.set(error.clone()).is_ok()
        {
            tracing::error!(%error, "the identity provider's disk failed; it answers 503 from now on");
        }
        for acknowledge in group {
            acknowledge(outcome.clone());
        }
    }
}
