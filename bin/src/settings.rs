//! Configuration: a file, then the environment, then flags; the last one that says something counts.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use config::{Config, File, FileFormat};
use secrecy::SecretString;
use serde::Deserialize;
use tenantry_auth0::Limits;
use tenantry_domain::Catalogue;
use tenantry_oidc::Issuer;
use url::{Host, Url};

use crate::cli::ServeArguments;

/// Everything that `tenantry serve` can be told.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where to listen, as address:port.
    pub listen: String,
    /// The address at which browsers reach the product; derived from where it listens when `None`.
    pub base_url: Option<Url>,
    /// Where the product's data is.
    pub data: DataPlace,
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
const VARIABLES: [(&str, &str); 19] = [
    ("TENANTRY_LISTEN", "listen"),
    ("TENANTRY_FAKE_LISTEN", "fake_listen"),
    ("TENANTRY_BASE_URL", "base_url"),
    ("TENANTRY_METRICS_LISTEN", "metrics_listen"),
    ("TENANTRY_DEV_SSO_DNS", "dev_sso_dns"),
    ("TENANTRY_TRUSTED_PROXIES", "trusted_proxies"),
    ("TENANTRY_DATA", "data"),
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

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Written {
    listen: Option<String>,
    fake_listen: Option<String>,
    base_url: Option<String>,
    metrics_listen: Option<String>,
    dev_sso_dns: Option<String>,
    trusted_proxies: Option<u8>,
    data: Option<PathBuf>,
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

impl Written {
    fn check(self) -> anyhow::Result<Settings> {
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

fn is_ours(name: &str) -> bool {
    name.starts_with("TENANTRY_") || name.starts_with("AUTH0_")
}

fn known_variables() -> String {
    VARIABLES.iter().map(|(name, _)| *name).chain(ELSEWHERE).collect::<Vec<_>>().join(", ")
}

fn read_config_file(file: &Path) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("the configuration file {} can't be read", file.display()))?;
    // The parser's own error would quote the line, and it may hold a secret.
    if let Err(error) = text.parse::<toml::Table>() {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        let (line, why) = (before.matches('\n').count() + 1, error.message());
        bail!("the configuration file {} is not TOML at line {line}: {why}", file.display());
    }
    Ok(text)
}

/// The plans of this file, or those that the product comes with.
pub(crate) fn catalogue(plans: Option<&Path>) -> anyhow::Result<Catalogue> {
    let Some(file) = plans else { return Ok(Catalogue::standard()?) };
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("the catalogue of plans {} can't be read", file.display()))?;
    Ok(Catalogue::from_toml(&text)?)
}

fn read_env_file(file: &Path) -> anyhow::Result<Vec<(String, String)>> {
    let lines = dotenvy::from_path_iter(file)
        .with_context(|| format!("the env file {} can't be read", file.display()))?;
    // The error of a broken line quotes it, and it may hold a secret.
    let variables: Result<Vec<_>, _> = lines.collect();
    let Ok(variables) = variables else {
        bail!("the env file {} has a line that is not NAME=value", file.display());
    };
    Ok(variables.into_iter().filter(|(name, _)| is_ours(name)).collect())
}

fn secrets(written: Option<&str>) -> anyhow::Result<Vec<SecretString>> {
    let secrets: Vec<_> =
        written.unwrap_or_default().split(',').map(str::trim).filter(|secret| !secret.is_empty()).collect();
    ensure!(
        secrets.iter().all(|secret| secret.len() >= 32),
        "AUTH0_SECRET is too short: at least 32 random characters (openssl rand -hex 32 makes them); to change it, write \
         the new one before the old one with a comma between them"
    );
    Ok(secrets.into_iter().map(SecretString::from).collect())
}

/// An address as an error may quote it: not with what may be a password in it.
fn printable(text: &str) -> &str {
    if text.contains('@') { "(with credentials in it)" } else { text }
}

/// Where to look domains up in development: on a product that the Internet can reach it would open our own network.
fn dev_sso_dns(text: &str, base_url: Option<&Url>) -> anyhow::Result<SocketAddr> {
    ensure!(
        base_url.is_none_or(|url| url.scheme() != "https"),
        "--dev-sso-dns is for development alone: it can't be used together with an https address of the product"
    );
    let address: SocketAddr = text.parse().with_context(|| {
        format!("--dev-sso-dns {} is not an address and a port such as 127.0.0.1:5353", printable(text))
    })?;
    ensure!(
        address.ip().is_loopback(),
        "--dev-sso-dns takes a DNS server of this machine alone, such as 127.0.0.1:5353"
    );
    Ok(address)
}

/// An address of the product: only scheme, host and port; plain http on this machine alone.
pub(crate) fn base_url(text: &str) -> anyhow::Result<Url> {
    let wrong = || {
        format!("the address of the product {} is not one such as https://app.example.com", printable(text))
    };
    let url = Url::parse(text).with_context(wrong)?;
    let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    ensure!(is_bare && url.username().is_empty() && url.password().is_none(), wrong());
    let is_loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_loopback => Ok(url),
        _ => bail!("{}; plain http works on localhost only", wrong()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    const GUIDE: [(&str, &str); 8] = [
        ("AUTH0_SECRET", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"),
        ("AUTH0_BASE_URL", "http://localhost:3000"),
        ("AUTH0_ISSUER_BASE_URL", "https://acme.eu.auth0.com"),
        ("AUTH0_CLIENT_ID", "id"),
        ("AUTH0_CLIENT_SECRET", "secret"),
        ("AUTH0_M2M_CLIENT_ID", "m2m-id"),
        ("AUTH0_M2M_CLIENT_SECRET", "m2m-secret"),
        ("AUTH0_M2M_SCOPES", "read:users"),
    ];

    fn read(variables: &[(&str, &str)]) -> anyhow::Result<Settings> {
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Settings::read(&ServeArguments::default(), variables)
    }

    fn refusal(variables: &[(&str, &str)]) -> String {
        format!("{:#}", read(variables).unwrap_err())
    }

    #[test]
    fn nothing_has_to_be_configured() {
        let settings = read(&[("PATH", "/bin")]).unwrap();
        assert_eq!(settings.listen, "127.0.0.1:3000");
        assert_eq!(settings.data, DataPlace::Folder(".tenantry".into()));
        assert!(
            matches!(settings.identity, IdentitySettings::Embedded { listen } if listen == "127.0.0.1:4400")
        );
        assert_eq!(settings.catalogue.trial_days(), 1);
    }

    #[test]
    fn the_guides_variables_work_as_they_are() {
        let settings = read(&GUIDE).unwrap();
        let IdentitySettings::Auth0(auth0) = settings.identity else { panic!("not Auth0") };
        assert_eq!(auth0.issuer.as_str(), "https://acme.eu.auth0.com/");
        assert_eq!(auth0.m2m_client_secret.expose_secret(), "m2m-secret");
        assert_eq!(settings.base_url.unwrap().as_str(), "http://localhost:3000/");
        assert_eq!(settings.secrets.len(), 1);
    }

    #[test]
    fn what_is_missing_is_named() {
        for (name, _) in GUIDE.into_iter().filter(|(name, _)| *name != "AUTH0_M2M_SCOPES") {
            let rest: Vec<_> = GUIDE.into_iter().filter(|(other, _)| *other != name).collect();
            assert!(refusal(&rest).contains(&format!("{name}=")), "{}", refusal(&rest));
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (name, value, message) in [
            ("TENANTRY_LISTN", "127.0.0.1:80", "TENANTRY_LISTN means nothing"),
            ("AUTH0_SECRET", "short", "at least 32"),
            ("AUTH0_BASE_URL", "http://app.example.com", "plain http works on localhost only"),
            ("AUTH0_BASE_URL", "https://app.example.com/path", "is not one such as"),
            ("AUTH0_BASE_URL", "app.example.com", "is not one such as"),
            ("TENANTRY_TRIAL_DAYS", "0", "days from 1 to 3650"),
            ("TENANTRY_TRIAL_DAYS", "soon", "trial_days"),
        ] {
            let refusal = refusal(&[(name, value)]);
            assert!(refusal.contains(message), "{refusal}");
        }
    }

    #[test]
    fn single_sign_on_is_opened_for_development_alone() {
        let dns = ("TENANTRY_DEV_SSO_DNS", "127.0.0.1:5353");
        assert_eq!(read(&[dns]).unwrap().dev_sso_dns, Some("127.0.0.1:5353".parse().unwrap()));
        assert_eq!(read(&[]).unwrap().dev_sso_dns, None);
        for (dns, base_url, message) in [
            ("127.0.0.1:5353", "https://app.example.com", "together with an https address"),
            ("127.0.0.1:5353", "https://localhost", "together with an https address"),
            ("192.0.2.1:53", "http://localhost:3000", "of this machine alone"),
            ("[2001:db8::1]:53", "http://localhost:3000", "of this machine alone"),
            ("127.0.0.1", "http://localhost:3000", "is not an address and a port"),
            ("dns.example:53", "http://localhost:3000", "is not an address and a port"),
        ] {
            let refusal = refusal(&[("TENANTRY_DEV_SSO_DNS", dns), ("AUTH0_BASE_URL", base_url)]);
            assert!(refusal.contains(message), "{dns} {base_url}: {refusal}");
        }
    }

    #[test]
    fn files_come_before_the_environment_and_flags_after_it() {
        let folder = tempfile::tempdir().unwrap();
        let (config, env) = (folder.path().join("tenantry.toml"), folder.path().join(".env.local"));
        std::fs::write(&config, "listen = '127.0.0.1:1'\ntrial_days = 7\n[brand]\nname = 'Acme Academy'\n")
            .unwrap();
        std::fs::write(&env, "TENANTRY_LISTEN='127.0.0.1:2'\nTENANTRY_FAKE_LISTEN=127.0.0.1:2\nOTHER=1\n")
            .unwrap();
        let arguments = ServeArguments {
            config: Some(config.clone()),
            env_file: Some(env),
            listen: Some("127.0.0.1:4".to_owned()),
            ..ServeArguments::default()
        };
        let environment = [("TENANTRY_FAKE_LISTEN".to_owned(), "127.0.0.1:3".to_owned())];
        let settings = Settings::read(&arguments, environment).unwrap();
        assert_eq!(settings.listen, "127.0.0.1:4");
        assert!(
            matches!(settings.identity, IdentitySettings::Embedded { listen } if listen == "127.0.0.1:3")
        );
        assert_eq!(settings.catalogue.trial_days(), 7);
        assert_eq!(settings.brand_name.as_deref(), Some("Acme Academy"));

        std::fs::write(&config, "listn = '127.0.0.1:1'\n").unwrap();
        let refusal = format!("{:#}", Settings::read(&arguments, []).unwrap_err());
        assert!(refusal.contains("listn"), "{refusal}");
    }

    #[test]
    fn errors_quote_no_secret() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("tenantry.toml");
        for broken in ["[auth0]\nclient_secret = hunter2\n", "[auth0]\nclient_secret = 'hunter2\n"] {
            std::fs::write(&file, broken).unwrap();
            let arguments = ServeArguments { config: Some(file.clone()), ..ServeArguments::default() };
            let refusal = format!("{:#}", Settings::read(&arguments, []).unwrap_err());
            assert!(refusal.contains("line 2") && !refusal.contains("hunter2"), "{refusal}");
        }
        let refusal = refusal(&[("AUTH0_BASE_URL", "https://ann:hunter2@app.example.com")]);
        assert!(!refusal.contains("hunter2"), "{refusal}");
        let mut guide = GUIDE;
        guide[2].1 = "https://ann:hunter2@acme.eu.auth0.com";
        let refusal = format!("{:#}", read(&guide).unwrap_err());
        assert!(!refusal.contains("hunter2"), "{refusal}");
    }

    #[test]
    fn a_broken_env_file_is_not_quoted() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(".env.local");
        std::fs::write(&file, "AUTH0_CLIENT_SECRET='hunter2\n").unwrap();
        let arguments = ServeArguments { env_file: Some(file), ..ServeArguments::default() };
        let refusal = format!("{:#}", Settings::read(&arguments, []).unwrap_err());
        assert!(refusal.contains("not NAME=value") && !refusal.contains("hunter2"), "{refusal}");
    }
}
