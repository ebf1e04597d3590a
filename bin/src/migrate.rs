//! `tenantry migrate`: the tables of a PostgreSQL database, for who may make them.

use anyhow::bail;

use crate::Settings;
use crate::cli::{MigrateArguments, ServeArguments};

/// Brings the database up to date, and ends.
#[expect(clippy::print_stdout, reason = "a command says what it has done")]
pub async fn run(arguments: MigrateArguments) -> anyhow::Result<()> {
    let MigrateArguments { env_file, config } = arguments;
    let arguments = ServeArguments { env_file, config, ..ServeArguments::default() };
    let Some(url) = Settings::read(&arguments, std::env::vars())?.database_url else {
        bail!(
            "there is no database to bring up to date: write TENANTRY_DATABASE_URL=postgres://... into the environment or \
             the env file (a file of data is brought up to date when it is opened)"
        );
    };
    crate::product::connect(&url).await?.close().await;
    println!("The database is up to date.");
    Ok(())
}
