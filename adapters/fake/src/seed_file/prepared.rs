//! What takes its time with a seed, and is done before anybody locks the state for it.

use super::{SeedError, SeedFile, actions, people};
use crate::ids::Ids;
use crate::passwords::PasswordHash;
use crate::store::State;

/// A seed whose code was checked and whose passwords were hashed.
#[derive(Debug, Default)]
pub(crate) struct Prepared {
    passwords: Vec<Option<PasswordHash>>,
}

impl SeedFile {
    /// Blocks its thread. An account of `known` keeps its hash when that is of the same password.
    pub(crate) fn prepare(&self, ids: &Ids, known: &State) -> Result<Prepared, SeedError> {
        actions::check(self)?;
        Ok(Prepared { passwords: people::hashed(self, ids, known) })
    }
}

impl Prepared {
    /// The hash of the password that the file gives to its account at `index`.
    pub(super) fn password(&self, index: usize) -> Option<&PasswordHash> {
        self.passwords.get(index)?.as_ref()
    }
}
