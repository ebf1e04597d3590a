//! Single settings, each with what would be right where it is wrong.

use std::borrow::Cow;
use std::net::SocketAddr;

use anyhow::{Context, bail, ensure};
use secrecy::SecretString;
use url::{Host, Url};

pub(super) fn secrets(written: Option<&str>) -> anyhow::Result<Vec<SecretString>> {
    let secrets: Vec<_> =
        written.unwrap_or_default().split(',').map(str::trim).filter(|secret| !secret.is_empty()).collect();
    ensure!(
        secrets.iter().all(|secret| secret.len() >= 32),
        "AUTH0_SECRET is too short: at least 32 random characters (openssl rand -hex 32 makes them); to change it, write \
         the new one before the old one with a comma between them"
    );
    Ok(secrets.into_iter().map(SecretString::from).collect())
}

/// The address of a database. No error quotes it: the password is in it.
pub(super) fn database_url(written: Option<String>) -> anyhow::Result<Option<SecretString>> {
    let Some(text) = written.filter(|text| !text.trim().is_empty()) else { return Ok(None) };
    let url = Url::parse(&text).ok().filter(|url| {
        ["postgres", "postgresql"].contains(&url.scheme())
            && url.fragment().is_none()
            && url.query_pairs().all(|(name, _)| DATABASE_PARAMETERS.contains(&name.as_ref()))
    });
    let url = url.with_context(|| {
        format!(
            "TENANTRY_DATABASE_URL is not an address such as postgres://user:password@host:5432/database, with none but these \
             after a question mark: {} (characters like ? # / @ in a password are written as %3F %23 %2F %40)",
            DATABASE_PARAMETERS.join(", ")
        )
    })?;
    let parameter = |wanted: &str| url.query_pairs().find(|(name, _)| name == wanted).map(|(_, value)| value);
    let host = parameter("host").map(Cow::into_owned).or_else(|| url.host_str().map(str::to_owned));
    let is_here = host
        .is_none_or(|host| host.starts_with('/') || ["localhost", "127.0.0.1", "[::1]"].contains(&&*host));
    ensure!(
        is_here || parameter("sslmode").is_some(),
        "TENANTRY_DATABASE_URL leaves open whether the way to the server is protected: add ?sslmode=verify-full (and \
         &sslrootcert=FILE where an authority of your own has signed its certificate), or sslmode=disable on a network that \
         nobody else can listen on"
    );
    Ok(Some(text.into()))
}

/// What may be said of a database after its address.
const DATABASE_PARAMETERS: [&str; 9] =
    ["dbname", "host", "password", "port", "sslcert", "sslkey", "sslmode", "sslrootcert", "user"];

/// An address as an error may quote it: not with what may be a password in it.
pub(super) fn printable(text: &str) -> &str {
    if text.contains('@') { "(with credentials in it)" } else { text }
}

/// Where to look domains up in development: on a product that the Internet can reach it would open our own network.
pub(super) fn dev_sso_dns(text: &str, base_url: Option<&Url>) -> anyhow::Result<SocketAddr> {
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
