//! `tenantry fake`: the development identity provider alone, and what an application is told to use it.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use secrecy::ExposeSecret;
use tenantry_auth0::setup::{MANAGEMENT as M2M_CLIENT, WEB as WEB_CLIENT};
use tenantry_domain::Catalogue;
use tenantry_fake::{
    Fake, FakeConfig, MANAGEMENT_CLIENT, RateLimitPlan, Seed, SeedClient, SeedClientKind, SeedFile,
    TenantOptions, address_of,
};
use tenantry_ports::{Clock, Random};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use url::Url;

use crate::cli::{FakeArguments, RateLimits};
use crate::fake_tls::{self, FakeTls};
use crate::{listen, shutdown};

/// The scopes that the guide gives to its machine-to-machine application, and `update:organizations` and `delete:organizations`, without which an
/// organization can't renew its plan and never ends: other applications than the product live on this provider, too.
const M2M_SCOPES: [&str; 21] = [
    "read:organizations",
    "update:organizations",
    "delete:organizations",
    "update:users_app_metadata",
    "read:connections",
    "read:roles",
    "create:organizations",
    "create:organization_connections",
    "create:organization_members",
    "create:organization_member_roles",
    "read:organization_connections",
    "create:connections",
    "delete:connections",
    "read:organization_members",
    "read:organization_member_roles",
    "read:organization_invitations",
    "create:organization_invitations",
    "delete:organization_invitations",
    "delete:organization_members",
    "delete:organization_member_roles",
    "read:users",
];

/// What the guide gives, and what the product needs beyond that.
fn m2m_scopes() -> Vec<String> {
    let needed = tenantry_auth0::SCOPES.iter().map(|(scope, _)| *scope);
    let more = needed.filter(|scope| !M2M_SCOPES.contains(scope));
    M2M_SCOPES.into_iter().chain(more).map(str::to_owned).collect()
}

/// Serves the identity provider until the process is asked to end.
#[expect(clippy::print_stdout, reason = "a command prints what it was asked for")]
pub async fn run(
    arguments: FakeArguments,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
) -> anyhow::Result<()> {
    let base_url = Url::parse(&arguments.base_url)
        .with_context(|| format!("--base-url {} is not an address", arguments.base_url))?;
    if let Some(token) = &arguments.control_token {
        check_token(token)?;
    }
    let listener = listen::open(&arguments.listen, "--listen").await?;
    let tls = fake_tls::open(&arguments, &listener, &*random)?;
    let file = arguments.seed.as_deref().map(SeedFile::read).transpose().context("--seed")?;
    let seed = if arguments.empty {
        Seed { file, ..Seed::empty() }
    } else {
        Seed { clients: clients(&base_url)?, file, ..Seed::default() }
    };
    let config = FakeConfig {
        issuer: issuer(&arguments, &listener, tls.is_some())?,
        trial_days: Catalogue::standard()?.trial_days(),
        action_run_time: FakeConfig::ACTION_RUN_TIME,
        seed,
    };
    let fake = match &arguments.data {
        Some(folder) => Fake::open(folder, config, clock, Arc::clone(&random))?,
        None => Fake::in_memory(config, clock, Arc::clone(&random))?,
    };
    if let Some(token) = &arguments.control_token {
        fake.require_control_token(token);
    }
    fake.warm_up()?;
    fake.limit_rates(arguments.rate_limits.map(|plan| match plan {
        RateLimits::Free => RateLimitPlan::Free,
        RateLimits::Essentials => RateLimitPlan::Essentials,
        RateLimits::Enterprise => RateLimitPlan::Enterprise,
    }));
    let (stop, stopped) = oneshot::channel::<()>();
    let until = async move { drop(stopped.await) };
    let serving = tokio::spawn(fake.serve(listener, tls.as_ref().map(FakeTls::server), until));
    println!("{}", variables(&fake, &base_url, &*random)?);
    if let Some(file) = tls.as_ref().and_then(FakeTls::authority_file) {
        // Node.js adds this file to what it trusts; OpenSSL's clients (Python, Ruby, curl) trust it alone.
        println!("NODE_EXTRA_CA_CERTS={0}\nSSL_CERT_FILE={0}", file.display());
    }
    for tenant in &arguments.tenant {
        println!("{}", add_tenant(&fake, tenant, arguments.data.as_deref()).await?);
    }
    shutdown::requested().await;
    // Whoever holds a connection after the grace period is cut off.
    drop(stop);
    let _ = tokio::time::timeout(shutdown::GRACE, serving).await;
    Ok(())
}

/// A token that nobody can send would lock everybody out.
fn check_token(token: &str) -> anyhow::Result<()> {
    anyhow::ensure!(
        !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic()),
        "--control-token (TENANTRY_CONTROL_TOKEN) has letters, digits and signs, one at least: leave both out to have no token"
    );
    Ok(())
}

/// Makes the tenant that `NAME` or `NAME=SEEDFILE` describes, and says how it is reached.
async fn add_tenant(fake: &Fake, argument: &str, data: Option<&Path>) -> anyhow::Result<String> {
    let (name, file) = argument.split_once('=').map_or((argument, None), |(name, file)| (name, Some(file)));
    let seed = file.map(|file| SeedFile::read(Path::new(file))).transpose();
    let options = TenantOptions {
        name: name.to_owned(),
        seed: seed.with_context(|| format!("--tenant {argument}"))?,
        data: data.map(|folder| folder.join("tenants").join(name)),
        ..TenantOptions::default()
    };
    let tenant = fake.add_tenant(options).await.with_context(|| format!("--tenant {argument}"))?;
    let client = tenant.client(MANAGEMENT_CLIENT).context("a tenant has a client for the Management API")?;
    let prefix = format!("TENANT_{}", name.to_ascii_uppercase().replace('-', "_"));
    let issuer = tenant.issuer().as_str().trim_end_matches('/');
    let (id, secret) = (client.client_id, client.client_secret.expose_secret().to_owned());
    Ok(format!("{prefix}_ISSUER_BASE_URL={issuer}\n{prefix}_CLIENT_ID={id}\n{prefix}_CLIENT_SECRET={secret}"))
}

/// Who the provider says it is.
fn issuer(arguments: &FakeArguments, listener: &TcpListener, is_secure: bool) -> anyhow::Result<Url> {
    let mut issuer = address_of(listener, is_secure)?;
    // A browser tells the cookies of localhost from those of 127.0.0.1: two providers can share a machine.
    if let Some((name, _)) = arguments.listen.rsplit_once(':')
        && matches!(url::Host::parse(name), Ok(url::Host::Domain(_)))
    {
        issuer.set_host(Some(name))?;
    }
    match &arguments.domain {
        None => Ok(issuer),
        Some(host) => Url::parse(&format!("{}://{host}/", issuer.scheme()))
            .ok()
            .filter(|url| url.host_str() == Some(host) && url.path() == "/")
            .with_context(|| format!("--domain {host} is not a host name such as dev.example.com")),
    }
}

/// The variables with which an application uses this identity provider, one `NAME=value` a line.
fn variables(fake: &Fake, base_url: &Url, random: &dyn Random) -> anyhow::Result<String> {
    let without_slash = |url: &Url| url.as_str().trim_end_matches('/').to_owned();
    let mut lines = vec![
        ("AUTH0_SECRET", random.hex(32)),
        ("AUTH0_BASE_URL", without_slash(base_url)),
        ("AUTH0_ISSUER_BASE_URL", without_slash(fake.issuer())),
        ("AUTH0_DOMAIN", fake.domain().to_owned()),
    ];
    if let Some(web) = fake.client(WEB_CLIENT) {
        lines.push(("AUTH0_CLIENT_ID", web.client_id));
        lines.push(("AUTH0_CLIENT_SECRET", web.client_secret.expose_secret().to_owned()));
    }
    let guide = fake.client(M2M_CLIENT).map(|client| (client, Some(m2m_scopes())));
    let empty = || fake.client(MANAGEMENT_CLIENT).map(|client| (client, None));
    let (m2m, scopes) = guide.or_else(empty).context("there is no client for the Management API")?;
    lines.push(("AUTH0_M2M_CLIENT_ID", m2m.client_id));
    lines.push(("AUTH0_M2M_CLIENT_SECRET", m2m.client_secret.expose_secret().to_owned()));
    if let Some(scopes) = scopes {
        lines.push(("AUTH0_M2M_SCOPES", format!("'{}'", scopes.join(" "))));
    }
    let lines: Vec<String> = lines.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    Ok(lines.join("\n"))
}

/// The two applications of the guide, for a product at this address.
pub(crate) fn clients(base_url: &Url) -> anyhow::Result<Vec<SeedClient>> {
    let at = |path: &str| anyhow::Ok(base_url.join(path)?.to_string());
    let home = base_url.as_str();
    Ok(vec![
        SeedClient {
            name: WEB_CLIENT.to_owned(),
            callbacks: vec![at("api/auth/callback")?],
            logout_urls: vec![home.to_owned(), home.trim_end_matches('/').to_owned()],
            initiate_login_uri: Some(at("api/auth/login")?),
            backchannel_logout_url: Some(at("api/auth/backchannel-logout")?),
            kind: SeedClientKind::RegularWeb,
            client_id: None,
            client_secret: None,
        },
        SeedClient {
            name: M2M_CLIENT.to_owned(),
            callbacks: Vec::new(),
            logout_urls: Vec::new(),
            initiate_login_uri: None,
            backchannel_logout_url: None,
            kind: SeedClientKind::MachineToMachine { scopes: m2m_scopes() },
            client_id: None,
            client_secret: None,
        },
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_that_nobody_can_send_is_refused() {
        assert!(check_token("s3cret!").is_ok());
        for wrong in ["", " ", "two words", "line\n", "ü"] {
            assert!(check_token(wrong).is_err(), "{wrong:?}");
        }
    }

    #[tokio::test]
    async fn the_issuer_is_where_it_listens_unless_it_has_a_name() {
        use clap::Parser as _;
        let arguments = |more: &[&str]| {
            let cli = crate::cli::Cli::try_parse_from([&["tenantry", "fake"], more].concat()).unwrap();
            let crate::cli::Command::Fake(arguments) = cli.command() else { panic!("another command") };
            arguments
        };
        let listener = TcpListener::bind("127.0.0.2:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let told =
            |more: &[&str], is_secure| issuer(&arguments(more), &listener, is_secure).unwrap().to_string();
        assert_eq!(told(&["--listen", "127.0.0.2:0"], false), format!("http://127.0.0.2:{port}/"));
        assert_eq!(told(&["--listen", "localhost:0"], false), format!("http://localhost:{port}/"));
        assert_eq!(told(&["--domain", "dev.example.com"], true), "https://dev.example.com/");
    }
}
