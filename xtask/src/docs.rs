//! `cargo xtask docs`: the tables in docs, written from what the fake says of itself and from the names of the tests.

use anyhow::Result;

use crate::shell;

/// The tests that hold a table against what it must be, by package, target and name.
const TABLES: [[&str; 3]; 2] = [
    ["tenantry-fake", "it", "documentation::"],
    ["tenantry-tests", "relying_party", "the_page_on_the_relying_party"],
];

/// They write the tables when they are told to.
pub(crate) fn run() -> Result<()> {
    for [package, target, name] in TABLES {
        let mut test = shell::cargo("test");
        test.args(["--package", package, "--test", target, name]);
        shell::run(test.env("TENANTRY_RENEW_DOCS", "1"))?;
    }
    Ok(())
}
