//! `cargo xtask docs`: the tables in docs, written from what the fake says of itself, from the names of the tests, and
//! from what the product does when a call fails.

use anyhow::Result;

use crate::shell;
use crate::test::long;

const RENEW: &str = "TENANTRY_RENEW_DOCS";

/// The tests that hold a table against what it must be, by package, target and name.
const TABLES: [[&str; 3]; 4] = [
    ["tenantry-tests", "api_description", "the_committed_description"],
    ["tenantry-fake", "it", "documentation::"],
    ["tenantry-tests", "relying_party", "the_page_on_the_relying_party"],
    ["tenantry-tests", "permissions", "the_page_on_permissions"],
];

/// They write the tables when they are told to.
pub(crate) fn run() -> Result<()> {
    for [package, target, name] in TABLES {
        let mut test = shell::cargo("test");
        test.args(["--package", package, "--test", target, name]);
        shell::run(test.env(RENEW, "1"))?;
    }
    let mut product = long();
    product.args(["--test", "http", "--", "faults::", "isolation::page::"]);
    shell::run(product.env(RENEW, "1"))
}
