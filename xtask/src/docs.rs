//! `cargo xtask docs`: the tables in docs, written from what the fake says of itself, from the names of the tests, and
//! from what the product does when a call fails.

use anyhow::Result;

use crate::shell;
use crate::test::long;

const RENEW: &str = "TENANTRY_RENEW_DOCS";

/// The tests that hold a table against what it must be, by target and names.
const TABLES: [(&str, &[&str]); 5] = [
    ("api_description", &["the_committed_description"]),
    ("it", &["documentation::"]),
    ("relying_party", &["the_page_on_the_relying_party"]),
    ("permissions", &["the_page_on_permissions"]),
    ("http", &["faults::", "isolation::page::"]),
];

/// They write the tables when they are told to.
pub(crate) fn run() -> Result<()> {
    for (target, names) in TABLES {
        let mut test = long();
        test.args(["--test", target, "--"]).args(names);
        shell::run(test.env(RENEW, "1"))?;
    }
    Ok(())
}
