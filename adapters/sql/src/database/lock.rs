//! The lock that keeps a database file to one process.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

use crate::error::OpenError;

/// Held by the one process that uses a database file. The operating system lets go of it when the process ends, however.
#[derive(Debug)]
pub(super) struct Lock(#[expect(dead_code, reason = "holding it is its use")] File);

impl Lock {
    /// Takes the lock that belongs to `database`, in a file beside it.
    pub(super) fn take(database: &Path) -> Result<Self, OpenError> {
        let mut name = database.as_os_str().to_owned();
        name.push(".lock");
        let options = OpenOptions::new().write(true).create(true).truncate(false).open(name);
        let file = options.map_err(OpenError::Lock)?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => Err(OpenError::InUse),
            Err(TryLockError::Error(error)) => Err(OpenError::Lock(error)),
        }
    }
}
