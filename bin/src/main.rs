//! The `tenantry` command.

use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use tenantry::cli::{Cli, Command};
use tenantry::{auth0, fake, migrate, serve, telemetry};
use tenantry_system::{SystemClock, SystemRandom};

fn main() -> ExitCode {
    let cli = Cli::parse();
    telemetry::start(cli.log_format);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error.into()),
    };
    let (clock, random) = (Arc::new(SystemClock), Arc::new(SystemRandom));
    let outcome = runtime.block_on(async {
        match cli.command() {
            Command::Serve(arguments) => {
                serve::run(arguments, clock, random).await.map(|()| ExitCode::SUCCESS)
            }
            Command::Fake(arguments) => fake::run(arguments, clock, random).await.map(|()| ExitCode::SUCCESS),
            Command::Migrate(arguments) => migrate::run(arguments).await.map(|()| ExitCode::SUCCESS),
            Command::Auth0(command) => auth0::run(command, clock, random).await,
        }
    });
    outcome.unwrap_or_else(|error| fail(&error))
}

#[expect(clippy::print_stderr, reason = "a command says why it ended")]
fn fail(error: &anyhow::Error) -> ExitCode {
    eprintln!("tenantry: {error:#}");
    // As for arguments that can't be read at all.
    if error.is::<auth0::Usage>() { ExitCode::from(2) } else { ExitCode::FAILURE }
}
