//! Files that only their owner can read, and that are there whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use tenantry_ports::Random;

/// A file beside the one that it will replace.
pub(super) struct PrivateFile {
    temporary: PathBuf,
    target: PathBuf,
    kept: bool,
}

impl PrivateFile {
    /// A new file that nobody else can read, to be written to.
    pub(super) fn create(target: &Path, random: &dyn Random) -> io::Result<(Self, File)> {
        // What a link leads to is replaced, not the link.
        let target = fs::canonicalize(target).unwrap_or_else(|_| target.to_owned());
        let name = target.file_name().ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        let mut temporary = std::ffi::OsString::from(".");
        temporary.push(name);
        temporary.push(format!(".{}", random.hex(8)));
        let temporary = target.with_file_name(temporary);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&temporary)?;
        Ok((Self { temporary, target, kept: false }, file))
    }

    /// Puts what was written in its place.
    pub(super) fn keep(mut self, file: &File) -> io::Result<()> {
        file.sync_all()?;
        fs::rename(&self.temporary, &self.target)?;
        self.kept = true;
        Ok(())
    }
}

impl Drop for PrivateFile {
    fn drop(&mut self) {
        if !self.kept {
            // There is nobody left to tell.
            let _ = fs::remove_file(&self.temporary);
        }
    }
}

/// Takes the file from everybody but its owner.
pub(super) fn close(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}
