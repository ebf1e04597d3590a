//! A whole product: stores, identity provider, use cases and pages, wired together and served.

use std::future::Future;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use secrecy::{SecretSlice, SecretString};
use tenantry_application::FinishConversions;
use tenantry_auth0::{Auth0, ManagementError};
use tenantry_fake::Fake;
use tenantry_ports::{Clock, IdempotencyKeys, Random, Sessions};
use tenantry_sql::{Database, SqlIdempotencyKeys, SqlSessions};
use tenantry_web::Brand;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use url::Url;

use crate::identity::{self, Identity};
use crate::server;
use crate::shutdown::GRACE;
use crate::sso_reach::SsoReach;
use crate::wiring::Parts;
use crate::{DataPlace, Settings, listen, metrics};

/// How often what was left half-done is taken up.
const SWEEP: Duration = Duration::from_secs(20);
/// How often the identity provider's ids are looked up beforehand, until that succeeds.
const WARM_UP: Duration = Duration::from_secs(20);
/// How often it is looked whether a domain's turn has come to be looked at.
const LOOK_AT_DOMAINS: Duration = Duration::from_mins(1);
/// By how much clocks may differ before somebody should look.
const MOST_APART: Duration = Duration::from_secs(1);
/// How often expired sessions are forgotten.
const FORGET: Duration = Duration::from_mins(30);

/// A running product. It ends gracefully by [`Product::stop`], and at once when it is dropped.
#[derive(Debug)]
pub struct Product {
    addresses: Addresses,
    metrics: Option<SocketAddr>,
    auth0: Auth0,
    fake: Option<Fake>,
    tasks: JoinSet<()>,
    stop: watch::Sender<bool>,
    database: Database,
}

/// Where a product is reached.
#[derive(Clone, Debug)]
pub struct Addresses {
    /// The product.
    pub product: Url,
    /// Where its people log in.
    pub identity: Url,
}

impl Product {
    /// Opens the data, wires everything and begins to serve.
    pub async fn start(
        settings: Settings,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> anyhow::Result<Self> {
        let listener = listen::open(&settings.listen, "--listen").await?;
        let socket = listener.local_addr()?;
        let base_url = match &settings.base_url {
            Some(url) => url.clone(),
            None => address_of("localhost", &listener)?,
        };
        let database = open_database(settings.database_url.as_ref(), &settings.data).await?;
        warn_of_another_time(&database, &*clock).await;
        let secrets = secrets(settings.secrets, &database, &*random).await?;
        let catalogue = Arc::new(settings.catalogue);
        let Identity { auth0, fake } =
            identity::open(settings.identity, &settings.data, &base_url, &catalogue, &clock, &random).await?;
        let addresses = Addresses { product: base_url.clone(), identity: Url::parse(auth0.issuer.as_str())? };
        let redirect_uri = base_url.join("api/auth/callback")?;
        let adapter = identity::adapter_settings(auth0, redirect_uri);
        let auth0 = Auth0::with_limits(adapter, Arc::clone(&clock), Arc::clone(&random), settings.limits)?;
        let metrics_listener = match &settings.metrics_listen {
            Some(address) => Some(listen::open(address, "--metrics-listen").await?),
            None => None,
        };
        let metrics_address = metrics_listener.as_ref().map(TcpListener::local_addr).transpose()?;

        let brand = match settings.brand_name {
            Some(name) => Brand { name, ..Brand::default() },
            None => Brand::default(),
        };
        let forget_clock = Arc::clone(&clock);
        let sso = SsoReach::open(settings.dev_sso_dns)?;
        let parts = Parts {
            auth0: auth0.clone(),
            database: database.clone(),
            catalogue,
            trusted_proxies: settings.trusted_proxies,
            sso,
            mailbox: fake.is_some().then(|| addresses.identity.join("#mailbox")).transpose()?,
            clock,
            random,
        };
        let conversions = Arc::new(parts.conversions());
        let sweep = FinishConversions { conversions: Arc::clone(&conversions) };
        let watch_domains = Arc::new(parts.watch_domains());
        let sessions = SqlSessions::new(database.clone());
        let idempotency_keys = SqlIdempotencyKeys::new(database.clone());
        let router = tenantry_web::router(parts.web(&addresses, secrets, brand, &conversions))?;

        let (stop, stopped) = watch::channel(false);
        let mut tasks = JoinSet::new();
        let identity_provider = fake.map(|(fake, listener)| {
            tasks.spawn(fake.serve(listener, None, until(stopped.clone())));
            fake
        });
        tasks.spawn(server::serve(listener, router, until(stopped.clone())));
        tracing::info!(listen = %socket, "taking connections");
        if let Some(listener) = metrics_listener {
            let handle = metrics::start()?;
            tasks.spawn(server::serve(listener, metrics::router(handle), until(stopped.clone())));
            tasks.spawn(repeat(metrics::UPKEEP, stopped.clone(), move || async move { handle.run_upkeep() }));
        }
        tasks.spawn(repeat(SWEEP, stopped.clone(), move || {
            let sweep = FinishConversions { conversions: Arc::clone(&sweep.conversions) };
            async move {
                match sweep.run().await {
                    Ok(0) => {}
                    Ok(finished) => tracing::info!(finished, "interrupted purchases were finished"),
                    Err(outage) => tracing::warn!(%outage, "interrupted purchases have to wait"),
                }
            }
        }));
        tasks.spawn(repeat(LOOK_AT_DOMAINS, stopped.clone(), move || {
            let watch = Arc::clone(&watch_domains);
            async move {
                if let Err(outage) = watch.run().await {
                    tracing::warn!(%outage, "domains are not looked at yet");
                }
            }
        }));
        tasks.spawn(repeat(FORGET, stopped, move || {
            let (sessions, keys, now) = (sessions.clone(), idempotency_keys.clone(), forget_clock.now());
            async move {
                if let Err(error) = sessions.forget_expired(now).await {
                    tracing::warn!(%error, "expired sessions are not forgotten yet");
                }
                if let Err(error) = keys.forget_expired(now).await {
                    tracing::warn!(%error, "idempotency keys are not forgotten yet");
                }
            }
        }));
        Ok(Self {
            addresses,
            metrics: metrics_address,
            auth0,
            fake: identity_provider,
            tasks,
            stop,
            database,
        })
    }

    /// Looks up in the background what the first purchase would have to wait for. While the provider is down it is
    /// tried again and again; people do not wait for it, and what they need first they look up themselves.
    pub fn warm_up(&mut self) {
        let (auth0, stopped) = (self.auth0.clone(), self.stop.subscribe());
        self.tasks.spawn(async move {
            let warm = async {
                while let Err(error) = auth0.warm_up().await {
                    match error {
                        ManagementError::SetUp(_) | ManagementError::Unauthorized { .. } => {
                            tracing::error!(%error, "the identity provider is not set up");
                        }
                        error => tracing::warn!(%error, "the identity provider can't be asked yet"),
                    }
                    tokio::time::sleep(WARM_UP).await;
                }
            };
            tokio::select! {
                () = warm => {}
                () = until(stopped) => {}
            }
        });
    }

    /// Where metrics are collected, when they are.
    pub fn metrics(&self) -> Option<SocketAddr> {
        self.metrics
    }

    /// Where it is reached.
    pub fn addresses(&self) -> &Addresses {
        &self.addresses
    }

    /// The development identity provider, when the product runs its own.
    pub fn fake(&self) -> Option<&Fake> {
        self.fake.as_ref()
    }

    /// Ends it: what is under way completes, within a grace period.
    pub async fn stop(mut self) {
        // Nobody listening any more means that everything has ended already.
        let _ = self.stop.send(true);
        let all = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(GRACE, all).await.is_err() {
            tracing::warn!("some requests did not complete in time");
            self.tasks.abort_all();
        }
        // A server of whom nothing is heard any more is not waited for.
        if tokio::time::timeout(GRACE, self.database.close()).await.is_err() {
            tracing::warn!("the database did not answer in time");
        }
    }
}

async fn open_database(url: Option<&SecretString>, data: &DataPlace) -> anyhow::Result<Database> {
    if let Some(url) = url {
        let database = connect(url).await?;
        if !database.keeps_tenants_apart() {
            tracing::warn!(
                "the database does not keep tenants apart by itself: connect as a role without SUPERUSER and BYPASSRLS"
            );
        }
        return Ok(database);
    }
    match data {
        DataPlace::Memory => Ok(Database::in_memory().await?),
        DataPlace::Folder(folder) => {
            make_folder(folder)?;
            let file = folder.join("tenantry.db");
            Database::open(&file).await.with_context(|| format!("the data in {}", file.display()))
        }
    }
}

/// What ends sessions is compared with when logins began, at whichever instance: their clocks have to agree.
async fn warn_of_another_time(database: &Database, clock: &dyn Clock) {
    let Some(there) = database.clock().await else { return };
    let here = clock.now();
    if here < there - MOST_APART || there < here - MOST_APART {
        tracing::warn!(%here, %there, "the clocks of this machine and of the database are apart: set both by the same source");
    }
}

pub(crate) async fn connect(url: &SecretString) -> anyhow::Result<Database> {
    Database::connect(url).await.context("the database that TENANTRY_DATABASE_URL names")
}

/// Makes the folder, for this user alone: it holds sessions and secrets.
pub(crate) fn make_folder(folder: &Path) -> anyhow::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    let made = builder.create(folder);
    // A folder that was there before may be open to others.
    #[cfg(unix)]
    let made = made
        .and_then(|()| std::fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o700)));
    made.with_context(|| {
        format!("the data folder {} can't be made: choose another with --data DIR", folder.display())
    })
}

/// The secrets that were configured, or one that is made once and kept with the data.
async fn secrets(
    configured: Vec<SecretString>,
    database: &Database,
    random: &dyn Random,
) -> anyhow::Result<Vec<SecretString>> {
    if !configured.is_empty() {
        return Ok(configured);
    }
    let fresh: SecretSlice<u8> = random.hex(32).into_bytes().into();
    let kept = database.secret("cookies", &fresh).await.map_err(anyhow::Error::from_boxed)?;
    let text = String::from_utf8(secrecy::ExposeSecret::expose_secret(&kept).to_vec())?;
    Ok(vec![text.into()])
}

/// The address at which a listener on this machine is reached.
pub(crate) fn address_of(host: &str, listener: &TcpListener) -> anyhow::Result<Url> {
    Ok(Url::parse(&format!("http://{host}:{}/", listener.local_addr()?.port()))?)
}

/// Over when the product stops; a sender that is gone means the same as one that says stop.
async fn until(mut stopped: watch::Receiver<bool>) {
    let _ = stopped.wait_for(|stop| *stop).await;
}

/// Does it now, and again and again until the product stops.
async fn repeat<F: Future<Output = ()>>(
    every: Duration,
    mut stopped: watch::Receiver<bool>,
    mut work: impl FnMut() -> F,
) {
    loop {
        tokio::select! {
            () = async { work().await; tokio::time::sleep(every).await; } => {}
            _ = stopped.wait_for(|stop| *stop) => return,
        }
    }
}
