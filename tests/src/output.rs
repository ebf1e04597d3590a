//! Where tests leave what they have to show.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

/// Where cargo builds, which `CARGO_TARGET_DIR` may have moved.
pub fn target() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace");
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |directory| root.join(directory))
}

/// A directory inside the target directory.
pub fn directory(name: &str) -> PathBuf {
    let directory = target().join(name);
    fs::create_dir_all(&directory).expect("a directory to write to");
    directory
}

/// A file in target/failures with the name of the test that this thread runs.
pub fn file_of_failed_test(extension: &str) -> PathBuf {
    let test = thread::current().name().unwrap_or("test").replace("::", "-");
    directory("failures").join(format!("{test}.{extension}"))
}
