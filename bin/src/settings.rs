//! Configuration: a file, then the environment, then flags; the last one that says something counts.

mod checks;
mod files;
#[cfg(test)]
mod tests;
mod written;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context, bail};
use config::{Config, File, FileFormat};
use secrecy::SecretString;
use tenantry_auth0::Limits;
use tenantry_domain::Catalogue;
use tenantry_oidc::Issuer;
use url::Url;

use crate::cli::ServeArguments;
pub(crate) use checks::base_url;
pub(crate) use files::catalogue;
use files::{read_config_file, read_env_file};
use written::Written;

/// Everything that `tenantry serve` can be told.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where to listen, as address:port.
    pub listen: String,
    /// The address at which browsers reach the product; derived from where it listens when `None`.
    pub base_url: Option<Url>,
    /// Where the product's data is.
    pub data: DataPlace,
    /// The PostgreSQL database that all instances of the product share; it is in a file with the rest of the data when
    /// `None`.
    pub database_url: Option<SecretString>,
    /// Secrets under which cookies are sealed: the first seals, all open. One is made and kept when there is none.
    pub secrets: Vec<SecretString>,
    /// What can be bought.
    pub catalogue: Catalogue,
    /// What the product in front of which this stands is called, if not as the demonstration.
    pub brand_name: Option<String>,
    /// Where people log in.
    pub identity: IdentitySettings,
    /// How long the Management API is waited for.
    pub limits: Limits,
    /// Where those who collect metrics are listened for, as address:port; nowhere when `None`.
    pub metrics_listen: Option<String>,
    /// How many proxies of the operator's own stand before the product: so many entries of `X-Forwarded-For`, counted
    /// from its end, are believed.
    pub trusted_proxies: u8,
    /// For development: identity providers of this machine may be connected, and this server is asked for domains.
    pub dev_sso_dns: Option<SocketAddr>,
}

/// Where the product's data is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DataPlace {
    /// In this folder.
    Folder(PathBuf),
    /// In memory, gone at the end.
    Memory,
}

/// Where people log in.
#[derive(Clone, Debug)]
pub enum IdentitySettings {
    /// At the development identity provider that is part of the product, which listens here.
    Embedded {
        /// As address:port.
        listen: String,
    },
    /// At an Auth0 tenant.
    Auth0(Auth0Settings),
}

/// How to reach an Auth0 tenant.
#[derive(Clone, Debug)]
pub struct Auth0Settings {
    /// `AUTH0_ISSUER_BASE_URL`, with a slash at the end.
    pub issuer: Issuer,
    /// `AUTH0_CLIENT_ID`.
    pub client_id: String,
    /// `AUTH0_CLIENT_SECRET`.
    pub client_secret: SecretString,
    /// `AUTH0_M2M_CLIENT_ID`.
    pub m2m_client_id: String,
    /// `AUTH0_M2M_CLIENT_SECRET`.
    pub m2m_client_secret: SecretString,
    /// `AUTH0_M2M_SCOPES`.
    pub m2m_scopes: Option<String>,
}

/// The variables of the environment that are read, and the keys of the file that they stand for. The guide's own names
/// work as they are.
const VARIABLES: [(&str, &str); 20] = [
    ("TENANTRY_LISTEN", "listen"),
    ("TENANTRY_FAKE_LISTEN", "fake_listen"),
    ("TENANTRY_BASE_URL", "base_url"),
    ("TENANTRY_METRICS_LISTEN", "metrics_listen"),
    ("TENANTRY_DEV_SSO_DNS", "dev_sso_dns"),
    ("TENANTRY_TRUSTED_PROXIES", "trusted_proxies"),
    ("TENANTRY_DATA", "data"),
    ("TENANTRY_DATABASE_URL", "database_url"),
    ("TENANTRY_PLANS", "plans"),
    ("TENANTRY_TRIAL_DAYS", "trial_days"),
    ("TENANTRY_BRAND_NAME", "brand.name"),
    ("AUTH0_BASE_URL", "base_url"),
    ("AUTH0_SECRET", "secret"),
    ("AUTH0_ISSUER_BASE_URL", "auth0.issuer_base_url"),
    ("AUTH0_CLIENT_ID", "auth0.client_id"),
    ("AUTH0_CLIENT_SECRET", "auth0.client_secret"),
    ("AUTH0_M2M_CLIENT_ID", "auth0.m2m_client_id"),
    ("AUTH0_M2M_CLIENT_SECRET", "auth0.m2m_client_secret"),
    ("AUTH0_M2M_SCOPES", "auth0.m2m_scopes"),
    ("AUTH0_SCOPE", "auth0.scope"),
];

/// Variables that another part of the command reads.
const ELSEWHERE: [&str; 4] = [
    "TENANTRY_LOG_FORMAT",
    "AUTH0_MANAGEMENT_CLIENT_ID",
    "AUTH0_MANAGEMENT_CLIENT_SECRET",
    "AUTH0_MANAGEMENT_TOKEN",
];

impl Settings {
    /// Reads what `arguments` and `environment` say, and the files that they name.
    pub fn read(
        arguments: &ServeArguments,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> anyhow::Result<Self> {
        let mut variables: BTreeMap<String, String> = BTreeMap::new();
        if let Some(file) = &arguments.env_file {
            variables.extend(read_env_file(file)?);
        }
        variables.extend(environment.into_iter().filter(|(name, _)| is_ours(name)));

        let mut builder = Config::builder();
        if let Some(file) = &arguments.config {
            let text = read_config_file(file)?;
            builder = builder.add_source(File::from_str(&text, FileFormat::Toml));
        }
        for (name, value) in variables {
            match VARIABLES.iter().find(|(known, _)| *known == name) {
                Some((_, key)) => builder = builder.set_override(*key, value)?,
                None if ELSEWHERE.contains(&name.as_str()) => {}
                None if name.starts_with("TENANTRY_") => {
                    bail!("the variable {name} means nothing here; known are {}", known_variables());
                }
                None => tracing::warn!(%name, "a variable that means nothing here is ignored"),
            }
        }
        let flags = [
            ("listen", arguments.listen.clone()),
            ("fake_listen", arguments.fake_listen.clone()),
            ("base_url", arguments.base_url.clone()),
            ("metrics_listen", arguments.metrics_listen.clone()),
            ("dev_sso_dns", arguments.dev_sso_dns.clone()),
            ("data", arguments.data.as_ref().map(|data| data.to_string_lossy().into_owned())),
        ];
        for (key, value) in flags {
            builder = builder.set_override_option(key, value)?;
        }
        if arguments.ephemeral {
            builder = builder.set_override("ephemeral", true)?;
        }
        let written: Written =
            builder.build().and_then(Config::try_deserialize).context("the configuration can't be used")?;
        written.check()
    }
}

fn is_ours(name: &str) -> bool {
    name.starts_with("TENANTRY_") || name.starts_with("AUTH0_")
}

fn known_variables() -> String {
    VARIABLES.iter().map(|(name, _)| *name).chain(ELSEWHERE).collect::<Vec<_>>().join(", ")
}
