//! `tenantry auth0`: sets a tenant up, checks it, exports it.

pub mod arguments;
mod check;
mod env_file;
mod export;
mod private_file;
mod product;
mod setup;
mod trial;

use std::process::ExitCode;
use std::sync::Arc;

use tenantry_auth0::setup::Access;
use tenantry_ports::{Clock, Random};

use self::arguments::{AccessArguments, Auth0Command};

/// The command can't be carried out as it was given.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Usage(String);

/// Does what was asked for. The exit status is 0, or 1 when something is not as it should be.
pub async fn run(
    command: Auth0Command,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
) -> anyhow::Result<ExitCode> {
    match command {
        Auth0Command::Setup(arguments) => setup::run(arguments, clock, random).await,
        Auth0Command::Check(arguments) => check::run(arguments, clock, random).await,
        Auth0Command::Export(arguments) => export::run(arguments, clock, random).await,
    }
}

/// Who was named to call the Management API; `None` when nobody was.
fn access(arguments: AccessArguments) -> Result<Option<Access>, Usage> {
    match (arguments.token, arguments.client_id, arguments.client_secret) {
        (Some(token), _, _) => Ok(Some(Access::Token(token))),
        (None, Some(client_id), Some(client_secret)) => {
            Ok(Some(Access::Credentials { client_id, client_secret }))
        }
        (None, None, None) => Ok(None),
        (None, _, _) => Err(Usage("--client-id and --client-secret belong together".to_owned())),
    }
}
