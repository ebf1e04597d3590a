//! A provider for one test: started in the test's own process, on a port of its own, gone when it is dropped.

use std::fmt;
use std::io;
use std::ops::Deref;
use std::sync::Arc;

use tenantry_ports::{Clock, Random};
use tenantry_system::{SystemClock, SystemRandom};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::Url;

use crate::config::{FakeConfig, Seed};
use crate::fake::{ClientCredentials, Fake, FakeError};
use crate::rate_limits::RateLimitPlan;
use crate::seed_file::SeedFile;
use crate::server::{Tls, TlsError};

/// The client that [`Seed::empty`] has: it calls the Management API with every scope.
pub const MANAGEMENT_CLIENT: &str = "Management";

/// A running provider on `127.0.0.1`. Everything of [`Fake`] can be called on it.
///
/// Nothing is shared between two of them. Dropping it closes the port, ends its tasks and frees its memory.
///
/// ```
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let auth0 = tenantry_fake::FakeAuth0::start().await.unwrap();
/// let management = auth0.client(tenantry_fake::MANAGEMENT_CLIENT).unwrap();
/// assert!(auth0.issuer().as_str().starts_with("http://127.0.0.1:"));
/// assert_eq!(management.client_id.len(), 32);
/// # });
/// ```
pub struct FakeAuth0 {
    fake: Fake,
    tls: Option<Tls>,
    server: JoinHandle<()>,
}

/// Why a provider did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// There is no free port.
    #[error("no port can be opened: {0}")]
    Port(#[from] io::Error),
    /// The provider refuses what it was told.
    #[error(transparent)]
    Fake(#[from] FakeError),
    /// There is no certificate.
    #[error(transparent)]
    Tls(#[from] TlsError),
}

/// What a provider is started with.
pub struct FakeAuth0Builder {
    seed: Seed,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    https: bool,
    rate_limits: Option<RateLimitPlan>,
}

impl FakeAuth0 {
    /// A provider with a password database and one client, [`MANAGEMENT_CLIENT`].
    pub async fn start() -> Result<Self, StartError> {
        Self::builder().start().await
    }

    /// A provider that is told more before it starts.
    pub fn builder() -> FakeAuth0Builder {
        FakeAuth0Builder {
            seed: Seed::empty().with_connection("Username-Password-Authentication", "auth0"),
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
            https: false,
            rate_limits: None,
        }
    }

    /// The certificate that a client must trust, in PEM; `None` when it was started without HTTPS.
    pub fn authority(&self) -> Option<&str> {
        self.tls.as_ref().and_then(Tls::authority)
    }

    /// The credentials of [`MANAGEMENT_CLIENT`]; `None` when a seed of one's own has none.
    pub fn management(&self) -> Option<ClientCredentials> {
        self.fake.client(MANAGEMENT_CLIENT)
    }
}

impl FakeAuth0Builder {
    /// What there is before anybody has done anything.
    #[must_use]
    pub fn seed(self, seed: Seed) -> Self {
        // A file that was named before is meant to be on top of this.
        let file = seed.file.or(self.seed.file);
        Self { seed: Seed { file, ..seed }, ..self }
    }

    /// What a file says, on top of the seed.
    #[must_use]
    pub fn seed_file(mut self, file: SeedFile) -> Self {
        self.seed.file = Some(file);
        self
    }

    /// The clock that its own follows; the machine's by default.
    #[must_use]
    pub fn clock(self, clock: Arc<dyn Clock>) -> Self {
        Self { clock, ..self }
    }

    /// Where ids and secrets come from; the machine's randomness by default. With a seeded one they repeat.
    #[must_use]
    pub fn random(self, random: Arc<dyn Random>) -> Self {
        Self { random, ..self }
    }

    /// Puts the rate limits of a plan in force; there are none by default.
    #[must_use]
    pub fn rate_limits(self, plan: RateLimitPlan) -> Self {
        Self { rate_limits: Some(plan), ..self }
    }

    /// Serves HTTPS with a certificate of [`FakeAuth0::authority`].
    #[must_use]
    pub fn https(self) -> Self {
        Self { https: true, ..self }
    }

    /// Starts it. Requests are answered from then on.
    pub async fn start(self) -> Result<FakeAuth0, StartError> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let tls = if self.https { Some(Tls::own(None)?) } else { None };
        let scheme = if self.https { "https" } else { "http" };
        let issuer = Url::parse(&format!("{scheme}://127.0.0.1:{}/", listener.local_addr()?.port()))
            .map_err(|_| FakeError::Issuer)?;
        let config = FakeConfig {
            issuer,
            trial_days: 30,
            action_run_time: FakeConfig::ACTION_RUN_TIME,
            seed: self.seed,
        };
        let fake = Fake::in_memory(config, self.clock, self.random)?;
        fake.limit_rates(self.rate_limits);
        let server = tokio::spawn(fake.serve(listener, tls.clone(), std::future::pending()));
        Ok(FakeAuth0 { fake, tls, server })
    }
}

impl Deref for FakeAuth0 {
    type Target = Fake;

    fn deref(&self) -> &Fake {
        &self.fake
    }
}

impl Drop for FakeAuth0 {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl fmt::Debug for FakeAuth0 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeAuth0").field("issuer", &self.fake.issuer().as_str()).finish_non_exhaustive()
    }
}

impl fmt::Debug for FakeAuth0Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeAuth0Builder").field("https", &self.https).finish_non_exhaustive()
    }
}
