//! A whole product: stores, identity provider, use cases and pages, wired together and served.

use std::future::Future;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use secrecy::{SecretSlice, SecretString};
use tenantry_application::{
    BeginSignIn, ChoosePlan, ConfirmCheckout, Conversions, FindOrganization, FinishConversions, Home,
    KeepFresh, ListMembers, PayByCard, PlanAndUsage, Profile, RegisterOrganization, RegisterPersonal,
    SessionLimits, SignIn, SignOut,
};
use tenantry_auth0::Auth0;
use tenantry_checkout::TestCheckout;
use tenantry_domain::Catalogue;
use tenantry_fake::{Fake, FakeConfig, Seed};
use tenantry_oidc::Issuer;
use tenantry_ports::{Clock, Members, Random, Sessions, Tenants, Users};
use tenantry_sql::sqlite::{Database, SqlCheckouts, SqlJourneys, SqlLoginAttempts, SqlSessions};
use tenantry_web::{Brand, UseCases, Web};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use url::Url;

use crate::fake::{self, M2M_CLIENT, M2M_SCOPES, WEB_CLIENT};
use crate::shutdown::GRACE;
use crate::{Auth0Settings, DataPlace, IdentitySettings, Settings, listen};

/// How often what was left half-done is taken up.
const SWEEP: Duration = Duration::from_secs(20);
/// How often expired sessions are forgotten.
const FORGET: Duration = Duration::from_mins(30);

/// A running product. It ends gracefully by [`Product::stop`], and at once when it is dropped.
#[derive(Debug)]
pub struct Product {
    addresses: Addresses,
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

/// Where people log in, and the addresses that go with it.
struct Identity {
    auth0: Auth0Settings,
    fake: Option<(Fake, TcpListener)>,
}

impl Product {
    /// Opens the data, wires everything and begins to serve.
    pub async fn start(
        settings: Settings,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> anyhow::Result<Self> {
        let listener = listen::open(&settings.listen, "--listen").await?;
        let base_url = match &settings.base_url {
            Some(url) => url.clone(),
            None => address_of("localhost", &listener)?,
        };
        let database = open_database(&settings.data).await?;
        let secrets = secrets(settings.secrets, &database, &*random).await?;
        let catalogue = Arc::new(settings.catalogue);
        let Identity { auth0, fake } =
            identity(settings.identity, &settings.data, &base_url, &catalogue, &clock, &random).await?;
        let addresses = Addresses { product: base_url.clone(), identity: Url::parse(auth0.issuer.as_str())? };
        let redirect_uri = base_url.join("api/auth/callback")?;
        let auth0 = Auth0::new(adapter_settings(auth0, redirect_uri), Arc::clone(&clock))?;

        let brand = match settings.brand_name {
            Some(name) => Brand { name, ..Brand::default() },
            None => Brand::default(),
        };
        let parts = Parts { auth0, database: database.clone(), catalogue, clock, random };
        let conversions = Arc::new(parts.conversions());
        let sweep = FinishConversions { conversions: Arc::clone(&conversions) };
        let sessions = SqlSessions::new(database.clone());
        let forget_clock = Arc::clone(&parts.clock);
        let router = tenantry_web::router(parts.web(&addresses, secrets, brand, conversions))?;

        let (stop, stopped) = watch::channel(false);
        let mut tasks = JoinSet::new();
        let identity_provider = fake.map(|(fake, listener)| {
            tasks.spawn(serve(listener, fake.router(), stopped.clone()));
            fake
        });
        tasks.spawn(serve(listener, router, stopped.clone()));
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
        tasks.spawn(repeat(FORGET, stopped, move || {
            let (sessions, now) = (sessions.clone(), forget_clock.now());
            async move {
                if let Err(error) = sessions.forget_expired(now).await {
                    tracing::warn!(%error, "expired sessions are not forgotten yet");
                }
            }
        }));
        Ok(Self { addresses, fake: identity_provider, tasks, stop, database })
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
        }
        self.database.close().await;
    }
}

/// What use cases are made from.
struct Parts {
    auth0: Auth0,
    database: Database,
    catalogue: Arc<Catalogue>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

impl Parts {
    fn users(&self) -> Arc<dyn Users> {
        Arc::new(self.auth0.users())
    }

    fn tenants(&self) -> Arc<dyn Tenants> {
        Arc::new(self.auth0.tenants())
    }

    fn members(&self) -> Arc<dyn Members> {
        Arc::new(self.auth0.members())
    }

    fn sessions(&self) -> Arc<dyn Sessions> {
        Arc::new(SqlSessions::new(self.database.clone()))
    }

    fn checkout(&self) -> TestCheckout {
        let ledger = Arc::new(SqlCheckouts::new(self.database.clone()));
        TestCheckout::new(ledger, Arc::clone(&self.clock), Arc::clone(&self.random))
    }

    fn conversions(&self) -> Conversions {
        Conversions {
            journeys: Arc::new(SqlJourneys::new(self.database.clone())),
            users: self.users(),
            tenants: self.tenants(),
            members: self.members(),
            billing: Arc::new(self.checkout()),
            sessions: self.sessions(),
            clock: Arc::clone(&self.clock),
            random: Arc::clone(&self.random),
        }
    }

    fn web(
        self,
        addresses: &Addresses,
        secrets: Vec<SecretString>,
        brand: Brand,
        conversions: Arc<Conversions>,
    ) -> Web {
        let limits = SessionLimits::default();
        Web {
            base_url: addresses.product.clone(),
            form_targets: vec![addresses.identity.clone()],
            secrets,
            brand,
            catalogue: Arc::clone(&self.catalogue),
            limits,
            sessions: self.sessions(),
            readiness: Arc::new(self.database.clone()),
            clock: Arc::clone(&self.clock),
            random: Arc::clone(&self.random),
            use_cases: self.use_cases(limits, conversions),
        }
    }

    fn use_cases(&self, limits: SessionLimits, conversions: Arc<Conversions>) -> UseCases {
        let (clock, catalogue) = (|| Arc::clone(&self.clock), || Arc::clone(&self.catalogue));
        UseCases {
            begin_sign_in: BeginSignIn {
                provider: Arc::new(self.auth0.identity_provider()),
                tenants: self.tenants(),
                clock: clock(),
                random: Arc::clone(&self.random),
            },
            sign_in: SignIn {
                provider: Arc::new(self.auth0.identity_provider()),
                users: self.users(),
                tenants: self.tenants(),
                members: self.members(),
                sessions: self.sessions(),
                attempts: Arc::new(SqlLoginAttempts::new(self.database.clone(), clock())),
                conversions: Arc::clone(&conversions),
                clock: clock(),
                trial_days: self.catalogue.trial_days(),
                limits,
            },
            sign_out: SignOut {
                sessions: self.sessions(),
                provider: Arc::new(self.auth0.identity_provider()),
            },
            keep_fresh: KeepFresh::new(
                self.sessions(),
                self.users(),
                self.tenants(),
                self.members(),
                clock(),
            ),
            find_organization: FindOrganization { tenants: self.tenants() },
            home: Home { clock: clock(), catalogue: catalogue() },
            profile: Profile { sessions: self.sessions() },
            choose_plan: ChoosePlan { catalogue: catalogue(), conversions: Arc::clone(&conversions) },
            pay_by_card: PayByCard {
                catalogue: catalogue(),
                conversions: Arc::clone(&conversions),
                cards: Arc::new(self.checkout()),
                members: self.members(),
                confirm: Arc::new(ConfirmCheckout { conversions: Arc::clone(&conversions) }),
            },
            register_personal: RegisterPersonal { conversions: Arc::clone(&conversions) },
            register_organization: RegisterOrganization { conversions },
            plan_and_usage: PlanAndUsage { members: self.members(), catalogue: catalogue(), clock: clock() },
            list_members: ListMembers { members: self.members(), clock: clock() },
        }
    }
}

async fn open_database(data: &DataPlace) -> anyhow::Result<Database> {
    match data {
        DataPlace::Memory => Ok(Database::in_memory().await?),
        DataPlace::Folder(folder) => {
            make_folder(folder)?;
            let file = folder.join("tenantry.db");
            Database::open(&file).await.with_context(|| format!("the data in {}", file.display()))
        }
    }
}

/// Makes the folder, for this user alone: it holds sessions and secrets.
fn make_folder(folder: &Path) -> anyhow::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).with_context(|| {
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

async fn identity(
    settings: IdentitySettings,
    data: &DataPlace,
    base_url: &Url,
    catalogue: &Catalogue,
    clock: &Arc<dyn Clock>,
    random: &Arc<dyn Random>,
) -> anyhow::Result<Identity> {
    let listen = match settings {
        IdentitySettings::Auth0(auth0) => return Ok(Identity { auth0, fake: None }),
        IdentitySettings::Embedded { listen } => listen,
    };
    let listener = listen::open(&listen, "--fake-listen").await?;
    let config = FakeConfig {
        // Another host name than the product's, so that browsers keep their cookies apart as with a real provider.
        issuer: address_of("127.0.0.1", &listener)?,
        trial_days: catalogue.trial_days(),
        seed: Seed { clients: fake::clients(base_url)?, ..Seed::default() },
    };
    let issuer = Issuer::try_from(config.issuer.as_str())?;
    let (clock, random) = (Arc::clone(clock), Arc::clone(random));
    let fake = match data {
        DataPlace::Memory => Fake::in_memory(config, clock, random)?,
        DataPlace::Folder(folder) => Fake::open(&folder.join("identity"), config, clock, random)?,
    };
    let credentials =
        |name| fake.client(name).with_context(|| format!("the identity provider has no client {name}"));
    let (web, m2m) = (credentials(WEB_CLIENT)?, credentials(M2M_CLIENT)?);
    let auth0 = Auth0Settings {
        issuer,
        client_id: web.client_id,
        client_secret: web.client_secret,
        m2m_client_id: m2m.client_id,
        m2m_client_secret: m2m.client_secret,
        m2m_scopes: Some(M2M_SCOPES.join(" ")),
    };
    Ok(Identity { auth0, fake: Some((fake, listener)) })
}

fn adapter_settings(auth0: Auth0Settings, redirect_uri: Url) -> tenantry_auth0::Settings {
    tenantry_auth0::Settings {
        issuer: auth0.issuer,
        client_id: auth0.client_id,
        client_secret: auth0.client_secret,
        redirect_uri,
        m2m_client_id: auth0.m2m_client_id,
        m2m_client_secret: auth0.m2m_client_secret,
        m2m_scopes: auth0.m2m_scopes,
    }
}

/// The address at which a listener on this machine is reached.
pub(crate) fn address_of(host: &str, listener: &TcpListener) -> anyhow::Result<Url> {
    Ok(Url::parse(&format!("http://{host}:{}/", listener.local_addr()?.port()))?)
}

async fn serve(listener: TcpListener, router: axum::Router, mut stopped: watch::Receiver<bool>) {
    let until = async move {
        // A sender that is gone means the same as one that says stop.
        let _ = stopped.wait_for(|stop| *stop).await;
    };
    if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(until).await {
        tracing::error!(%error, "a server ended");
    }
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
