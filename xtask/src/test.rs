//! `cargo xtask test`: the fast loop, and everything.

use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::Result;

use crate::tally::{Counts, Tally};
use crate::{install, shell};

/// What turns on the tests that need a server or a browser, or that take long: one set for all of them, since with another
/// one cargo would build this workspace again.
const LONG: &str = "tenantry-auth0/long,tenantry-sql/testkit,tenantry-tests/browser,tenantry-tests/process,tenantry-tests/sdks";

/// There are no documentation tests; asking each crate for them takes longer than to run all others.
const KINDS: [&str; 3] = ["--lib", "--bins", "--tests"];

/// Of the many bad bodies that the fake's operations are sent, the fast loop tries one in so many.
const FAST_SHARE_OF_BAD_INPUT: &str = "7";

/// What needs nothing but cargo.
pub(crate) fn fast() -> Result<ExitCode> {
    let mut tally = Tally::default();
    // Some tests wait more than they work: twice as many at a time as two cores would get.
    let environment = [("TENANTRY_BAD_INPUT_SHARE", FAST_SHARE_OF_BAD_INPUT), ("RUST_TEST_THREADS", "4")];
    lints(&mut tally);
    let mut test = shell::cargo("test");
    test.args(["--workspace", "--no-fail-fast"]).args(KINDS).envs(environment);
    tests(&mut tally, &mut test)?;
    println!("\nof the bad bodies one in {FAST_SHARE_OF_BAD_INPUT} was tried: `cargo xtask test` tries all");
    println!("set-up at every interruption and Auth0 in trouble are left to `cargo xtask test`");
    match install::installed_cargo_deny() {
        Some(deny) => tally.check("dependencies", dependencies(&deny)),
        None => println!("\ndependencies are not checked: `cargo xtask test` installs cargo-deny"),
    }
    Ok(tally.close())
}

/// Everything. What can't be installed is a failure that says how to, never a silent gap.
pub(crate) fn full() -> Result<ExitCode> {
    let mut tally = Tally::default();
    tally.check("a browser and its driver", install::chromium());
    tally.check("PostgreSQL", install::postgres());
    tally.check("axe-core", install::axe());
    tally.check("clients for Node.js", install::node_clients());
    tally.check("clients for Python", install::python_clients());
    lints(&mut tally);
    tally.check("dependencies", install::cargo_deny().and_then(|deny| dependencies(&deny)));
    // The very binary that `cargo run` starts, not the one that `cargo test` links with its own set of features.
    tally.check("the product", shell::run(&mut shell::cargo("build")));
    tests(&mut tally, long().args(KINDS))?;
    Ok(tally.close())
}

fn lints(tally: &mut Tally) {
    tally.check("formatting", shell::run(shell::cargo("fmt").args(["--all", "--check"])));
    let mut clippy = shell::cargo("clippy");
    clippy.args(["--workspace", "--all-targets", "--all-features", "--", "--deny", "warnings"]);
    tally.check("lints", shell::run(&mut clippy));
}

fn tests(tally: &mut Tally, command: &mut Command) -> Result<()> {
    let mut counts = Counts::default();
    let succeeded = shell::follow(command, |line| counts.see(line))?;
    tally.add(counts, succeeded);
    Ok(())
}

/// `cargo test` with the tests of the fast loop and those that drive the built product from outside.
pub(crate) fn long() -> Command {
    let mut command = shell::cargo("test");
    command.args(["--workspace", "--no-fail-fast", "--features", LONG]);
    command
}

// Advisories would need a database from the network; the other three read nothing but the lock file and the sources.
// Tests may use what they like, so dev-dependencies answer for their licence and source only.
fn dependencies(deny: &Path) -> Result<()> {
    let check = |before: &[&str], what: &[&str]| {
        shell::run(
            shell::program(deny).args(["--all-features", "--locked"]).args(before).arg("check").args(what),
        )
    };
    check(&["--exclude-dev"], &["bans"])?;
    check(&[], &["licenses", "sources"])
}
