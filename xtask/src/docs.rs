//! `cargo xtask docs`: the tables in docs/fake, written from what the fake says of itself.

use anyhow::Result;

use crate::shell;

/// The tests that hold the tables against the fake write them when they are told to.
pub(crate) fn run() -> Result<()> {
    let mut test = shell::cargo("test");
    test.args(["--package", "tenantry-fake", "--test", "it", "documentation::"]);
    shell::run(test.env("TENANTRY_RENEW_DOCS", "1"))
}
