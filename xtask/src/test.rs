//! `cargo xtask test`: the fast loop, and everything.

use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::Result;

use crate::tally::{Counts, Tally};
use crate::{install, shell};

/// Of the many bad bodies that the fake's operations are sent, the fast loop tries one in so many.
const FAST_SHARE_OF_BAD_INPUT: &str = "7";

/// What needs nothing but cargo.
pub(crate) fn fast() -> Result<ExitCode> {
    let mut tally = Tally::default();
    // Some tests wait more than they work: twice as many at a time as two cores would get.
    let environment = [("TENANTRY_BAD_INPUT_SHARE", FAST_SHARE_OF_BAD_INPUT), ("RUST_TEST_THREADS", "4")];
    code(&mut tally, &environment)?;
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
    tally.check("axe-core", install::axe());
    tally.check("clients for Node.js", install::node_clients());
    tally.check("clients for Python", install::python_clients());
    code(&mut tally, &[])?;
    tally.check("dependencies", install::cargo_deny().and_then(|deny| dependencies(&deny)));
    // The very binary that `cargo run` starts, not the one that `cargo test` links with its own set of features.
    tally.check("the product", shell::run(&mut shell::cargo("build")));
    let mut auth0 = shell::cargo("test");
    auth0.args(["--workspace", "--no-fail-fast", "--features", "tenantry-auth0/long"]);
    auth0.args(["--test", "resilience", "--test", "setup"]);
    tests(&mut tally, "Auth0 in trouble, and set-up at every interruption", &mut auth0)?;
    let mut servers = rigs(&["process"]);
    servers.args(["--test", "http", "--test", "crash", "--test", "auth0"]);
    tests(&mut tally, "servers, and processes that crash", &mut servers)?;
    let mut clients = rigs(&["sdks"]);
    clients.args(["--test", "sdks", "--test", "schemathesis"]);
    tests(&mut tally, "Auth0's own clients", &mut clients)?;
    // Two browsers at a time keep two cores busy; more of them only make each other late.
    let mut journeys = rigs(&["browser"]);
    journeys.args(["--test", "journeys", "--", "--test-threads=2"]);
    tests(&mut tally, "journeys in a browser", &mut journeys)?;
    Ok(tally.close())
}

fn code(tally: &mut Tally, environment: &[(&str, &str)]) -> Result<()> {
    tally.check("formatting", shell::run(shell::cargo("fmt").args(["--all", "--check"])));
    let mut clippy = shell::cargo("clippy");
    clippy.args(["--workspace", "--all-targets", "--all-features", "--", "--deny", "warnings"]);
    tally.check("lints", shell::run(&mut clippy));
    // There are no documentation tests; asking each crate for them takes longer than to run all others.
    let mut test = shell::cargo("test");
    test.args(["--workspace", "--no-fail-fast", "--lib", "--bins", "--tests"]);
    test.envs(environment.iter().copied());
    tests(tally, "unit and contract tests", &mut test)
}

fn tests(tally: &mut Tally, name: &str, command: &mut Command) -> Result<()> {
    let mut counts = Counts::default();
    let succeeded = shell::follow(command, |line| counts.see(line))?;
    tally.add(name, &counts, succeeded);
    Ok(())
}

/// `cargo test` on the rigs that drive the built product from outside.
pub(crate) fn rigs(features: &[&str]) -> Command {
    let mut command = shell::cargo("test");
    command.args(["--package", "tenantry-tests", "--no-fail-fast", "--features", &features.join(",")]);
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
