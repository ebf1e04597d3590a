//! `cargo xtask bench`: builds what people would run, then hands over to the measuring program of the tests.

use std::time::Duration;

use anyhow::Result;

use crate::{install, shell};

/// Measures everything once, each load for this long.
pub(crate) fn run(each: Duration) -> Result<()> {
    install::wrk()?;
    shell::run(shell::cargo("build").arg("--release"))?;
    let bench = ["--release", "--package", "tenantry-tests", "--bin", "bench", "--features", "bench"];
    shell::run(shell::cargo("build").args(bench))?;
    let release = shell::target().join("release");
    let mut bench = shell::program(release.join("bench"));
    shell::run(bench.env("TENANTRY_BIN", release.join("tenantry")).arg(each.as_secs().to_string()))
}
