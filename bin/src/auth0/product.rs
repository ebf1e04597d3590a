//! What the product's own variables say of its tenant.

use std::path::PathBuf;

use anyhow::{Context, bail};
use url::Url;

use crate::cli::ServeArguments;
use crate::{Auth0Settings, IdentitySettings, Settings};

/// Reads them as `tenantry serve` does: the file, then the environment.
pub(super) fn read(env_file: Option<PathBuf>) -> anyhow::Result<(Auth0Settings, Url)> {
    let arguments = ServeArguments { env_file, ..ServeArguments::default() };
    let settings = Settings::read(&arguments, std::env::vars())?;
    let base_url = settings.base_url.context("AUTH0_BASE_URL is missing")?;
    match settings.identity {
        IdentitySettings::Auth0(auth0) => Ok((auth0, base_url)),
        IdentitySettings::Embedded { .. } => {
            bail!(
                "no Auth0 tenant is named: give --env-file FILE, as `tenantry auth0 setup --env-out FILE` writes it"
            )
        }
    }
}
