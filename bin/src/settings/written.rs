//! What was written, as it stands there, and what it comes to.

use std::path::PathBuf;

use anyhow::{Context, ensure};
use serde::Deserialize;
use tenantry_auth0::Limits;
use tenantry_oidc::Issuer;

use super::checks::{base_url, database_url, dev_sso_dns, printable, secrets};
use super::files::catalogue;
use super::{Auth0Settings, DataPlace, IdentitySettings, Settings};

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Written {
    listen: Option<String>,
    fake_listen: Option<String>,
    base_url: Option<String>,
    metrics_listen: Option<String>,
    dev_sso_dns: Option<String>,
    trusted_proxies: Option<u8>,
    data: Option<PathBuf>,
    database_url: Option<String>,
    ephemeral: bool,
    plans: Option<PathBuf>,
    trial_days: Option<u32>,
    secret: Option<String>,
    brand: WrittenBrand,
    auth0: WrittenAuth0,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct WrittenBrand {
    name: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct WrittenAuth0 {
    issuer_base_url: Option<String>,
    client_id: Option<String>,
    client_secret: Option<String>,
    m2m_client_id: Option<String>,
    m2m_client_secret: Option<String>,
    m2m_scopes: Option<String>,
    /// The guide's library reads it; the product asks for what it needs.
    #[serde(rename = "scope")]
    _scope: Option<String>,
}

impl Written {
    pub(super) fn check(self) -> anyhow::Result<Settings> {
        let base_url = self.base_url.map(|text| base_url(&text)).transpose()?;
        let catalogue = catalogue(self.plans.as_deref())?;
        let catalogue = match self.trial_days {
            Some(days) => catalogue.with_trial_days(days)?,
            None => catalogue,
        };
        let identity = self.auth0.check()?.map_or_else(
            || IdentitySettings::Embedded {
                listen: self.fake_listen.unwrap_or_else(|| "127.0.0.1:4400".to_owned()),
            },
            IdentitySettings::Auth0,
        );
        let dev_sso_dns = self.dev_sso_dns.map(|text| dev_sso_dns(&text, base_url.as_ref())).transpose()?;
        let database_url = database_url(self.database_url)?;
        ensure!(
            database_url.is_none() || !self.ephemeral,
            "--ephemeral keeps nothing, and TENANTRY_DATABASE_URL says where to keep it: leave out one of them"
        );
        let secrets = secrets(self.secret.as_deref())?;
        if matches!(identity, IdentitySettings::Auth0(_)) {
            ensure!(
                base_url.is_some(),
                "the address of the product is missing: write AUTH0_BASE_URL=https://... into the environment or the \
                 env file, or give --base-url"
            );
            ensure!(
                !secrets.is_empty(),
                "the secret for cookies is missing: write AUTH0_SECRET=... into the environment or the env file, at \
                 least 32 random characters (openssl rand -hex 32 makes them)"
            );
        }
        Ok(Settings {
            listen: self.listen.unwrap_or_else(|| "127.0.0.1:3000".to_owned()),
            base_url,
            data: match self.data {
                _ if self.ephemeral => DataPlace::Memory,
                Some(folder) => DataPlace::Folder(folder),
                None => DataPlace::Folder(".tenantry".into()),
            },
            database_url,
            secrets,
            catalogue,
            brand_name: self.brand.name.filter(|name| !name.trim().is_empty()),
            identity,
            limits: Limits::default(),
            trusted_proxies: self.trusted_proxies.unwrap_or_default(),
            dev_sso_dns,
            metrics_listen: self.metrics_listen.filter(|address| !address.trim().is_empty()),
        })
    }
}

impl WrittenAuth0 {
    /// An Auth0 tenant, when anything about one is written; then everything that is needed must be.
    fn check(self) -> anyhow::Result<Option<Auth0Settings>> {
        let needed = [
            ("AUTH0_ISSUER_BASE_URL", &self.issuer_base_url),
            ("AUTH0_CLIENT_ID", &self.client_id),
            ("AUTH0_CLIENT_SECRET", &self.client_secret),
            ("AUTH0_M2M_CLIENT_ID", &self.m2m_client_id),
            ("AUTH0_M2M_CLIENT_SECRET", &self.m2m_client_secret),
        ];
        let is_missing = |value: &Option<String>| value.as_deref().is_none_or(|text| text.trim().is_empty());
        let missing: Vec<_> =
            needed.iter().filter(|(_, value)| is_missing(value)).map(|(name, _)| *name).collect();
        if missing.len() == needed.len() {
            return Ok(None);
        }
        ensure!(
            missing.is_empty(),
            "some of what is needed to reach Auth0 is missing: write {} into the environment or the env file (or \
             remove all AUTH0_ variables to use the development identity provider)",
            missing.iter().map(|name| format!("{name}=...")).collect::<Vec<_>>().join(", ")
        );
        let (
            Some(issuer),
            Some(client_id),
            Some(client_secret),
            Some(m2m_client_id),
            Some(m2m_client_secret),
        ) = (
            self.issuer_base_url,
            self.client_id,
            self.client_secret,
            self.m2m_client_id,
            self.m2m_client_secret,
        )
        else {
            return Ok(None);
        };
        let issuer = if issuer.ends_with('/') { issuer } else { format!("{issuer}/") };
        Ok(Some(Auth0Settings {
            issuer: Issuer::try_from(issuer.as_str()).with_context(|| {
                let issuer = printable(&issuer);
                format!("AUTH0_ISSUER_BASE_URL={issuer} is not the address of an Auth0 tenant such as https://acme.eu.auth0.com")
            })?,
            client_id,
            client_secret: client_secret.into(),
            m2m_client_id,
            m2m_client_secret: m2m_client_secret.into(),
            m2m_scopes: self.m2m_scopes.filter(|scopes| !scopes.trim().is_empty()),
        }))
    }
}
