//! `cargo xtask docs`: the tables in docs, written from what the fake says of itself and what the product does.

use anyhow::Result;

use crate::shell;
use crate::test::rigs;

const RENEW: &str = "TENANTRY_RENEW_DOCS";

/// The tests that hold the tables against the fake write them when they are told to.
pub(crate) fn run() -> Result<()> {
    let mut fake = shell::cargo("test");
    fake.args(["--package", "tenantry-fake", "--test", "it", "documentation::"]);
    shell::run(fake.env(RENEW, "1"))?;
    let mut faults = rigs(&["process"]);
    faults.args(["--test", "http", "--", "faults::"]);
    shell::run(faults.env(RENEW, "1"))
}
