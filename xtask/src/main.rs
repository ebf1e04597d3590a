//! `cargo xtask`: every chore of this workspace, for people and for continuous integration alike.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line tool talks on its standard streams"
)]

mod bench;
mod docs;
mod install;
mod mutate;
mod screenshots;
mod shell;
mod tally;
mod test;

use std::process::ExitCode;

use clap::Parser;

/// Every chore of this workspace.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
enum Chore {
    /// Check everything, after installing what that needs.
    Test {
        /// Only what needs no browser, no separate process and no download: the loop to work in.
        #[arg(long)]
        fast: bool,
    },
    /// Measure throughput, logins, start-up and memory, each beside its budget. Never fails on a figure.
    Bench {
        /// How long each load runs.
        #[arg(long, value_name = "SECONDS", default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=60))]
        seconds: u64,
        /// Only this part.
        #[arg(long, value_enum)]
        only: Option<bench::Part>,
    },
    /// Write the tables in docs anew, from what the fake says of itself, the names of the tests, and what the product does
    /// when a call fails.
    Docs,
    /// Take one guard after the other out of a copy of the sources, and see that the isolation matrix notices. Takes
    /// about a minute for each.
    Mutate {
        /// Only those whose name contains this.
        #[arg(long, value_name = "TEXT")]
        only: Option<String>,
    },
    /// Take the pictures of docs/screenshots anew, from the real product in a real browser.
    Screenshots,
}

fn main() -> ExitCode {
    let done = match Chore::parse() {
        Chore::Test { fast: true } => test::fast(),
        Chore::Test { fast: false } => test::full(),
        Chore::Bench { seconds, only } => {
            bench::run(std::time::Duration::from_secs(seconds), only).map(|()| ExitCode::SUCCESS)
        }
        Chore::Docs => docs::run().map(|()| ExitCode::SUCCESS),
        Chore::Mutate { only } => mutate::run(only.as_deref()),
        Chore::Screenshots => screenshots::run().map(|()| ExitCode::SUCCESS),
    };
    done.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}
