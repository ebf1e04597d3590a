//! How much memory a process holds.

use anyhow::{Context, Result};

/// 1,000,000 bytes each.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Megabytes(pub(crate) f64);

/// The resident set of a process, as Linux counts it.
pub(crate) fn resident(process: u32) -> Result<Megabytes> {
    let status =
        std::fs::read_to_string(format!("/proc/{process}/status")).context("memory is read from /proc")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    let kibibytes: f64 = line.trim().trim_end_matches("kB").trim().parse()?;
    Ok(Megabytes(kibibytes * 1024.0 / 1e6))
}
