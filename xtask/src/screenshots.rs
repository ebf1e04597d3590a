//! `cargo xtask screenshots`: the pictures of docs/screenshots, taken anew from the real product.

use std::fs;

use anyhow::{Context, Result, ensure};

use crate::{install, shell, test};

/// Runs the journey that visits every page, and keeps the few pictures that it publishes.
pub(crate) fn run() -> Result<()> {
    install::chromium()?;
    install::axe()?;
    shell::run(&mut shell::cargo("build"))?;
    let taken = shell::target().join("pictures");
    // Pictures of pages that no longer exist must not come back.
    let _ = fs::remove_dir_all(&taken);
    shell::run(test::long().args(["--test", "journeys", "pages::"]))?;
    let kept = shell::root().join("docs/screenshots");
    fs::create_dir_all(&kept)?;
    let mut count = 0;
    for picture in fs::read_dir(&taken).context("the journey has left no pictures")? {
        let picture = picture?;
        fs::copy(picture.path(), kept.join(picture.file_name()))?;
        count += 1;
    }
    ensure!(count > 0, "the journey has left no pictures in {}", taken.display());
    println!("{count} pictures are in {}", kept.display());
    Ok(())
}
