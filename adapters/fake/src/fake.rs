//! The identity provider as a whole: one state behind both doors.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use secrecy::SecretString;
use tenantry_domain::Timestamp;
use tenantry_ports::{Clock, Random};
use tokio::sync::Semaphore;
use url::Url;

use crate::actions_cache::ActionsCache;
use crate::back_channel::{self, BackChannel};
use crate::calls::Calls;
use crate::config::FakeConfig;
use crate::control::{AdjustableClock, Control};
use crate::ids::Ids;
use crate::keys::{KeyError, Keys};
use crate::login::{self, Context};
use crate::seed;
use crate::seed_file::{Planting, SeedError};
use crate::store::{Picture, State, Store, StoreError};
use crate::upstream::Upstreams;

/// An identity provider in memory. Clones share one state.
#[derive(Clone)]
pub struct Fake(Arc<Core>);

/// Why the fake can't start.
#[derive(Debug, thiserror::Error)]
pub enum FakeError {
    /// The issuer can't be the base of addresses.
    #[error(
        "the issuer must be an http or https address that ends with a slash, such as http://127.0.0.1:4400/"
    )]
    Issuer,
    /// The data directory can't be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The seed file is wrong. Nothing of it was taken over.
    #[error(transparent)]
    Seed(#[from] SeedError),
    /// The signing keys can't be used.
    #[error(transparent)]
    Keys(#[from] KeyError),
}

/// By what a client proves itself.
#[derive(Clone, Debug)]
pub struct ClientCredentials {
    /// The public id.
    pub client_id: String,
    /// The secret.
    pub client_secret: SecretString,
}

impl Fake {
    /// A provider that forgets everything when its last clone and router are dropped.
    pub fn in_memory(
        config: FakeConfig,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Result<Self, FakeError> {
        Self::start(Store::in_memory(), config, clock, random)
    }

    /// A provider whose state lives in `directory`: ids, secrets and data are those of the last time.
    ///
    /// What it has answered is on disk. Waits a moment for a predecessor that has the directory open.
    pub fn open(
        directory: &Path,
        config: FakeConfig,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Result<Self, FakeError> {
        Self::start(Store::open(directory)?, config, clock, random)
    }

    fn start(
        store: Store,
        config: FakeConfig,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Result<Self, FakeError> {
        let issuer = &config.issuer;
        if !matches!(issuer.scheme(), "http" | "https") || !issuer.as_str().ends_with('/') {
            return Err(FakeError::Issuer);
        }
        let (store, ids) = (Arc::new(store), Ids::new(random));
        let time = Arc::new(AdjustableClock::new(clock));
        let clock: Arc<dyn Clock> = time.clone();
        let known = store.picture()?;
        let file = config.seed.file.as_ref();
        let prepared = file.map(|file| file.prepare(&ids, known.state())).transpose()?.unwrap_or_default();
        let beginning = store.write_blocking(|state| {
            let (now, issuer, prepared) = (clock.now(), &config.issuer, &prepared);
            let planting = Planting { ids: &ids, now, issuer, known: known.state(), prepared };
            seed::plant(state, &config.seed, &planting)?;
            login::sweep(state, now);
            let mut beginning = State::default();
            seed::plant(&mut beginning, &config.seed, &Planting { known: state, ..planting })?;
            Ok::<_, FakeError>(Picture::of(beginning))
        })?;
        let keys = Keys::new(&store, &ids, &clock);
        let swept_at = AtomicI64::new(clock.now().as_seconds());
        Ok(Self(Arc::new(Core {
            store,
            keys,
            ids,
            clock,
            time,
            config,
            beginning,
            swept_at,
            calls: Calls::default(),
            control: Control::default(),
            actions_cache: ActionsCache::default(),
            actions_running: Arc::new(Semaphore::new(ACTIONS_AT_ONCE)),
            back_channel: BackChannel::default(),
            upstreams: Upstreams::default(),
        })))
    }

    /// The provider's HTTP door: Auth0's protocol and login pages.
    ///
    /// The control API and the front page look at where a request comes from. Serve the router with
    /// `into_make_service_with_connect_info::<SocketAddr>()`, or mark what this process asks itself with
    /// [`InProcess`](crate::InProcess): anybody else is a stranger. [`Fake::serve`] sees to all of that.
    pub fn router(&self) -> axum::Router {
        crate::http::router(self.0.clone())
    }

    /// The credentials of the client of this name; `None` when there is none, or when the disk has failed.
    pub fn client(&self, name: &str) -> Option<ClientCredentials> {
        let credentials = self.0.store.read(|state| {
            state.client_by_name(name).map(|client| ClientCredentials {
                client_id: client.id.clone(),
                client_secret: client.secret.expose().into(),
            })
        });
        credentials.ok().flatten()
    }

    /// Who it says it is: the address that it is reached at, with a slash at the end.
    pub fn issuer(&self) -> &Url {
        &self.0.config.issuer
    }

    /// Host and port, as Auth0's SDKs take them for `domain`.
    pub fn domain(&self) -> &str {
        let issuer = self.issuer().as_str();
        let authority = issuer.split_once("://").map_or(issuer, |(_, rest)| rest);
        authority.trim_end_matches('/')
    }

    /// The Management API as it is served, described in OpenAPI 3.1.
    pub fn openapi(&self) -> serde_json::Value {
        crate::http::description(self.0.config.issuer.as_str())
    }

    /// Begins at once with what is otherwise done when somebody asks for it: the signing keys, which take a moment to
    /// make, and logouts that clients have not heard of yet. Call it where a server starts, in a Tokio runtime.
    pub fn warm_up(&self) -> Result<(), FakeError> {
        self.0.keys.begin()?;
        back_channel::deliver(&self.0);
        Ok(())
    }

    /// The next signing key begins to sign, and a new one comes next. What the old one signed is believed until it is
    /// revoked through the Management API.
    pub async fn rotate_signing_key(&self) -> Result<(), FakeError> {
        self.0.keys.rotate().await?;
        Ok(())
    }

    pub(crate) fn core(&self) -> &Arc<Core> {
        &self.0
    }
}

impl std::fmt::Debug for Fake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fake").field("issuer", &self.0.config.issuer.as_str()).finish_non_exhaustive()
    }
}

/// What both doors share.
pub(crate) struct Core {
    pub(crate) store: Arc<Store>,
    pub(crate) keys: Keys,
    pub(crate) ids: Ids,
    pub(crate) clock: Arc<dyn Clock>,
    /// The same clock, for those who move it.
    pub(crate) time: Arc<AdjustableClock>,
    pub(crate) config: FakeConfig,
    /// The state that it begins with, under the ids and secrets that it has.
    pub(crate) beginning: Picture,
    pub(crate) calls: Calls,
    pub(crate) control: Control,
    pub(crate) actions_cache: ActionsCache,
    /// A place for each login whose Actions run: each has a thread, and memory up to its limit.
    pub(crate) actions_running: Arc<Semaphore>,
    pub(crate) back_channel: BackChannel,
    pub(crate) upstreams: Upstreams,
    swept_at: AtomicI64,
}

const SWEEP_EVERY: i64 = 600;
const ACTIONS_AT_ONCE: usize = 16;

impl Core {
    /// The host that certificates name.
    pub(crate) fn host(&self) -> &str {
        self.config.issuer.host_str().unwrap_or_default()
    }

    pub(crate) fn context(&self) -> Context<'_> {
        Context {
            issuer: &self.config.issuer,
            now: self.clock.now(),
            ids: &self.ids,
            trial_days: self.config.trial_days,
        }
    }

    /// Whether what has expired was not cleared away for a while.
    pub(crate) fn sweep_is_due(&self, now: Timestamp) -> bool {
        let swept_at = self.swept_at.load(Ordering::Relaxed);
        // A time ahead of now is of a clock that was set back since.
        swept_at + SWEEP_EVERY <= now.as_seconds() || swept_at > now.as_seconds()
    }

    /// Clears away what has expired, when that was not done for a while.
    pub(crate) fn sweep_if_due(&self, state: &mut State, now: Timestamp) {
        if self.sweep_is_due(now) {
            self.swept_at.store(now.as_seconds(), Ordering::Relaxed);
            login::sweep(state, now);
        }
    }
}
