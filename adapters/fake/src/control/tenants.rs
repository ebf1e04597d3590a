//! Several tenants in one process. Each is a provider of its own: state, keys, clock, faults, requests. They share a port
//! and the certificate authority, and nothing that anybody put into one of them.

use std::collections::BTreeMap;
use std::io;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use axum::Router;
use tokio::net::TcpListener;
use tokio::task::AbortHandle;
use url::{Host, Url};

use crate::config::{FakeConfig, Seed};
use crate::fake::{Core, Fake, FakeError};
use crate::seed_file::SeedFile;
use crate::server::{Tls, TlsError, address_of, is_loopback};

/// As many may there be beside the first.
const MOST: usize = 1_000;

/// What a tenant is made with.
#[derive(Clone, Debug, Default)]
pub struct TenantOptions {
    /// Names it: lower-case letters, digits and `-`.
    pub name: String,
    /// The host name under which it is served on the first tenant's port; a port of its own when absent.
    pub domain: Option<String>,
    /// What it holds from the beginning, besides a password database and the client
    /// [`MANAGEMENT_CLIENT`](crate::MANAGEMENT_CLIENT).
    pub seed: Option<SeedFile>,
    /// The folder in which it keeps what it knows; it forgets everything when absent.
    pub data: Option<PathBuf>,
}

/// Why a tenant was not made.
#[derive(Debug, thiserror::Error)]
pub enum TenantError {
    /// The name has another form.
    #[error("a tenant's name has 1 to 63 lower-case letters, digits and -")]
    Name,
    /// The domain has another form.
    #[error("a tenant's domain is a host name such as beta.example.com")]
    Domain,
    /// There is one of this name or domain.
    #[error("there is a tenant with this name or domain already")]
    Taken,
    /// There are too many.
    #[error("there are {MOST} tenants already")]
    TooMany,
    /// Only the first tenant of a process makes others, and only while it is served.
    #[error("only the first tenant of a server makes others")]
    NotHere,
    /// There is no free port.
    #[error("no port can be opened: {0}")]
    Port(#[from] io::Error),
    /// There is no certificate.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The provider refuses what it was told.
    #[error(transparent)]
    Fake(#[from] FakeError),
    /// The process ends meanwhile.
    #[error("the tenant was not made: {0}")]
    Stopped(#[from] tokio::task::JoinError),
}

/// Where the first tenant is served.
pub(crate) struct Hosting {
    pub(crate) address: IpAddr,
    pub(crate) tls: Option<Tls>,
}

/// The tenants beside the first.
#[derive(Default)]
pub(crate) struct Tenants {
    /// Set once the first tenant is served; never in the others.
    hosting: OnceLock<Hosting>,
    is_guest: OnceLock<()>,
    by_name: RwLock<BTreeMap<String, Tenant>>,
}

struct Tenant {
    fake: Fake,
    router: Router,
    domain: Option<String>,
    /// Held for as long as there is the tenant.
    _server: Option<Server>,
}

/// Ends with the tenant.
struct Server(AbortHandle);

impl Drop for Server {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Tenants {
    /// Says where the first tenant is served. The first place counts.
    pub(crate) fn host(&self, hosting: Hosting) {
        if self.is_guest.get().is_none() {
            // A second listener serves the same tenants.
            let _ = self.hosting.set(hosting);
        }
    }

    /// What answers for a host name; `None` for the first tenant.
    pub(crate) fn router_of(&self, host: &str) -> Option<Router> {
        let by_name = self.by_name.read().unwrap_or_else(PoisonError::into_inner);
        let is_meant = |tenant: &&Tenant| {
            tenant.domain.as_deref().is_some_and(|domain| domain.eq_ignore_ascii_case(host))
        };
        by_name.values().find(is_meant).map(|tenant| tenant.router.clone())
    }

    /// Names, and the tenants.
    pub(crate) fn all(&self) -> Vec<(String, Fake)> {
        let by_name = self.by_name.read().unwrap_or_else(PoisonError::into_inner);
        by_name.iter().map(|(name, tenant)| (name.clone(), tenant.fake.clone())).collect()
    }

    /// Ends one, with its certificate; `false` when there is none of this name.
    pub(crate) fn remove(&self, name: &str) -> bool {
        let mut by_name = self.by_name.write().unwrap_or_else(PoisonError::into_inner);
        let removed = by_name.remove(name);
        let tls = self.hosting.get().and_then(|hosting| hosting.tls.as_ref());
        let domain = removed.as_ref().and_then(|tenant| tenant.domain.as_deref());
        if let (Some(tls), Some(domain)) = (tls, domain) {
            tls.remove_name(domain);
        }
        removed.is_some()
    }

    fn check_free(&self, name: &str, domain: Option<&str>) -> Result<(), TenantError> {
        let by_name = self.by_name.read().unwrap_or_else(PoisonError::into_inner);
        let has_domain = |tenant: &Tenant| domain.is_some() && tenant.domain.as_deref() == domain;
        if by_name.contains_key(name) || by_name.values().any(has_domain) {
            return Err(TenantError::Taken);
        }
        if by_name.len() >= MOST { Err(TenantError::TooMany) } else { Ok(()) }
    }
}

impl Core {
    /// Makes a tenant and serves it.
    pub(crate) async fn add_tenant(self: &Arc<Self>, options: TenantOptions) -> Result<Fake, TenantError> {
        let tenants = &self.control.tenants;
        let hosting = tenants.hosting.get().ok_or(TenantError::NotHere)?;
        check_name(&options.name)?;
        let domain = options.domain.as_deref().map(|domain| self.checked_domain(domain)).transpose()?;
        tenants.check_free(&options.name, domain.as_deref())?;
        let (issuer, listener) = match &domain {
            Some(domain) => (self.issuer_at(domain)?, None),
            None => {
                let listener = TcpListener::bind((hosting.address, 0)).await?;
                (address_of(&listener, self.config.issuer.scheme() == "https")?, Some(listener))
            }
        };
        let core = Arc::clone(self);
        // A seed's code is run through, and its passwords are hashed.
        let make = move || core.guest(issuer, options.seed, options.data);
        let fake = tokio::task::spawn_blocking(make).await??;
        let server = listener.map(|listener| {
            let serving = fake.serve(listener, hosting.tls.clone(), std::future::pending());
            Server(tokio::spawn(serving).abort_handle())
        });
        let tenant =
            Tenant { fake: fake.clone(), router: fake.router(), domain: domain.clone(), _server: server };
        // Somebody may have been faster meanwhile.
        let mut by_name = tenants.by_name.write().unwrap_or_else(PoisonError::into_inner);
        let has_domain = |other: &Tenant| domain.is_some() && other.domain == domain;
        if by_name.contains_key(&options.name) || by_name.values().any(has_domain) {
            return Err(TenantError::Taken);
        }
        if let (Some(tls), Some(domain)) = (&hosting.tls, &domain) {
            tls.add_name(domain)?;
        }
        by_name.insert(options.name, tenant);
        Ok(fake)
    }

    fn guest(&self, issuer: Url, file: Option<SeedFile>, data: Option<PathBuf>) -> Result<Fake, FakeError> {
        let seed =
            Seed { file, ..Seed::empty().with_connection("Username-Password-Authentication", "auth0") };
        let config = FakeConfig { issuer, seed, ..self.config.clone() };
        let (clock, random) = (self.time.base(), self.ids.random());
        let fake = match data {
            Some(folder) => Fake::open(&folder, config, clock, random)?,
            None => Fake::in_memory(config, clock, random)?,
        };
        let control = &fake.core().control;
        // Both are new: nobody else has set them.
        let _ = control.tenants.is_guest.set(());
        control.rate_limits.begin_with(self.control.rate_limits.plan());
        if let Some(token) = self.control.token.get() {
            let _ = control.token.set(token.clone());
        }
        Ok(fake)
    }

    /// A host name that is nobody's yet.
    fn checked_domain(&self, domain: &str) -> Result<String, TenantError> {
        let is_name =
            matches!(Host::parse(domain), Ok(Host::Domain(name)) if name == domain.to_ascii_lowercase());
        if !is_name || is_loopback(domain) {
            return Err(TenantError::Domain);
        }
        let domain = domain.to_ascii_lowercase();
        if self.config.issuer.host_str() == Some(domain.as_str()) {
            Err(TenantError::Taken)
        } else {
            Ok(domain)
        }
    }

    /// The first tenant's address under another host name.
    fn issuer_at(&self, domain: &str) -> Result<Url, TenantError> {
        let mut issuer = self.config.issuer.clone();
        issuer.set_host(Some(domain)).map_err(|_| TenantError::Domain)?;
        Ok(issuer)
    }
}

fn check_name(name: &str) -> Result<(), TenantError> {
    let sound = (1..=63).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if sound { Ok(()) } else { Err(TenantError::Name) }
}

impl Fake {
    /// Makes a tenant beside this one, on the same server: only while this one is served by [`Fake::serve`].
    pub async fn add_tenant(&self, options: TenantOptions) -> Result<Self, TenantError> {
        self.core().add_tenant(options).await
    }

    /// The tenants beside this one, with their names.
    pub fn other_tenants(&self) -> Vec<(String, Self)> {
        self.core().control.tenants.all()
    }

    /// Ends a tenant; `false` when there is none of this name.
    pub fn remove_tenant(&self, name: &str) -> bool {
        self.core().control.tenants.remove(name)
    }
}
