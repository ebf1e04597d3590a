//! `cargo xtask bench`: builds what people would run, then hands over to the measuring program of the tests.

use std::time::Duration;

use anyhow::Result;
use clap::ValueEnum;

use crate::{install, shell};

/// What is measured.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Part {
    /// The provider alone, beside other fakes.
    Fake,
    /// The pages and lists of an organization's people.
    People,
    /// Logins through an organization's own provider, and finding it.
    Sso,
}

/// Measures everything once, or one part of it, each load for this long.
pub(crate) fn run(each: Duration, only: Option<Part>) -> Result<()> {
    install::wrk()?;
    install::node_clients()?;
    shell::run(shell::cargo("build").arg("--release"))?;
    let bench = ["--release", "--package", "tenantry-tests", "--bin", "bench", "--features", "bench"];
    shell::run(shell::cargo("build").args(bench))?;
    let release = shell::target().join("release");
    let mut bench = shell::program(release.join("bench"));
    bench.env("TENANTRY_BIN", release.join("tenantry")).arg(each.as_secs().to_string());
    match only {
        Some(Part::Fake) => drop(bench.arg("fake")),
        Some(Part::People) => drop(bench.arg("people")),
        Some(Part::Sso) => drop(bench.arg("sso")),
        None => {}
    }
    shell::run(&mut bench)
}
