//! An identity provider outside of the product, whose troubles a test chooses.

use std::future::pending;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::extract::{Request, State};
use axum::http::{Method, StatusCode as Status, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{Html, IntoResponse, Response};
use secrecy::ExposeSecret;
use tenantry::Settings;
use tenantry::cli::ServeArguments;
use tenantry_fake::{ClientCredentials, Fake, FakeConfig, Seed, SeedClient, SeedClientKind};
use tenantry_ports::Clock;
use tenantry_ports::testkit::FixedClock;
use tenantry_system::SystemRandom;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::sleep;
use url::Url;

use crate::management::Management;
use crate::site::{NOW, Site, free_port};

/// What is wrong with the provider.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Trouble {
    #[default]
    None,
    /// It takes the request and never answers.
    Silence,
    /// 502 and a page of a proxy.
    BadGateway,
    /// 200 and a page where JSON belongs.
    Maintenance,
    /// 429, and when to come back.
    TooMany,
    /// The Management API carries out what it is asked, and takes this long to begin.
    SlowChanges(Duration),
    /// The Management API carries out so many changes more; of the next one it says nothing but 502.
    AfterChanges { left: usize, is_carried_out: bool },
}

/// A provider that runs beside the product.
pub(crate) struct Provider {
    pub(crate) fake: Fake,
    pub(crate) url: Url,
    line: Arc<Line>,
    _server: JoinSet<()>,
}

#[derive(Default)]
struct Line {
    trouble: Mutex<Trouble>,
    changes: AtomicUsize,
    took: Mutex<Vec<(Instant, Instant)>>,
}

pub(crate) const WEB: &str = "web";
pub(crate) const M2M: &str = "m2m";
pub(crate) const RIG: &str = "rig";
/// What the product needs.
const SCOPES: [&str; 29] = [
    "read:organizations",
    "create:organizations",
    "create:organization_connections",
    "update:organizations",
    "delete:organizations",
    "read:connections",
    "read:roles",
    "read:users",
    "update:users_app_metadata",
    "update:users",
    "create:user_tickets",
    "delete:users",
    "read:organization_members",
    "create:organization_members",
    "read:organization_member_roles",
    "create:organization_member_roles",
    "delete:organization_members",
    "delete:organization_member_roles",
    "read:organization_invitations",
    "create:organization_invitations",
    "delete:organization_invitations",
    "read:organization_connections",
    "update:organization_connections",
    "delete:organization_connections",
    "read:connections_options",
    "create:connections",
    "update:connections",
    "update:connections_options",
    "delete:connections",
];

impl Provider {
    /// A provider, and a product that logs its people in there.
    pub(crate) async fn with_site() -> (Self, Site) {
        for _ in 0..20 {
            let (port, clock) = (free_port(), Arc::new(FixedClock::at(NOW)));
            let provider = Self::start(&format!("http://localhost:{port}/"), &clock).await;
            let settings =
                settings_for(&provider.url, port, [WEB, M2M].map(|name| provider.fake.client(name)));
            if let Some(site) = Site::try_start(settings, clock).await {
                return (provider, site);
            }
        }
        panic!("no port is free")
    }

    /// A provider at which the product at this address is an application.
    pub(crate) async fn start(product: &str, clock: &Arc<FixedClock>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
        let config = FakeConfig {
            issuer: url.clone(),
            trial_days: 1,
            action_run_time: FakeConfig::ACTION_RUN_TIME,
            seed: Seed { clients: clients(product), ..Seed::default() },
        };
        let clock = Arc::clone(clock) as Arc<dyn Clock>;
        let fake = Fake::in_memory(config, clock, Arc::new(SystemRandom)).unwrap();
        let line = Arc::<Line>::default();
        let router = fake.router().layer(from_fn_with_state(Arc::clone(&line), interfere));
        let mut server = JoinSet::new();
        server.spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { fake, url, line, _server: server }
    }

    /// From now on this is wrong with it.
    pub(crate) fn has(&self, trouble: Trouble) {
        *self.line.trouble.lock().unwrap() = trouble;
        self.line.changes.store(0, Ordering::SeqCst);
    }

    /// From when until when calls of the Management API took, since the last look.
    pub(crate) fn took(&self) -> Vec<(Instant, Instant)> {
        std::mem::take(&mut *self.line.took.lock().unwrap())
    }

    /// What a test looks and reaches behind the pages with; it may make users, too.
    pub(crate) async fn management(&self) -> Management {
        Management::at(&self.url, &self.fake.client(RIG).unwrap()).await
    }
}

/// The configuration of a product whose people log in at `issuer`, read as the command reads it.
pub(crate) fn settings_for(issuer: &Url, port: u16, clients: [Option<ClientCredentials>; 2]) -> Settings {
    let [web, m2m] = clients.map(|client| {
        client.map_or(("id".to_owned(), "secret".to_owned()), |client| {
            (client.client_id, client.client_secret.expose_secret().to_owned())
        })
    });
    let variables = [
        ("AUTH0_SECRET", "0123456789abcdef0123456789abcdef".to_owned()),
        ("AUTH0_BASE_URL", format!("http://localhost:{port}")),
        ("AUTH0_ISSUER_BASE_URL", issuer.as_str().trim_end_matches('/').to_owned()),
        ("AUTH0_CLIENT_ID", web.0),
        ("AUTH0_CLIENT_SECRET", web.1),
        ("AUTH0_M2M_CLIENT_ID", m2m.0),
        ("AUTH0_M2M_CLIENT_SECRET", m2m.1),
    ];
    let arguments = ServeArguments {
        listen: Some(format!("127.0.0.1:{port}")),
        ephemeral: true,
        ..ServeArguments::default()
    };
    let variables = variables.map(|(name, value)| (name.to_owned(), value));
    let mut settings = Settings::read(&arguments, variables).unwrap();
    // What was troubled answers at once when the trouble is over: that a provider is spared has tests of its own.
    settings.limits.open_for = Duration::ZERO;
    settings
}

pub(crate) fn clients(product: &str) -> Vec<SeedClient> {
    let machine = |name: &str, scopes: &[&str]| SeedClient {
        name: name.to_owned(),
        callbacks: Vec::new(),
        logout_urls: Vec::new(),
        initiate_login_uri: None,
        backchannel_logout_url: None,
        kind: SeedClientKind::MachineToMachine {
            scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
        },
        client_id: None,
        client_secret: None,
    };
    let web = SeedClient {
        callbacks: vec![format!("{product}api/auth/callback")],
        logout_urls: vec![product.to_owned()],
        backchannel_logout_url: Some(format!("{product}api/auth/backchannel-logout")),
        initiate_login_uri: Some(format!("{product}api/auth/login")),
        kind: SeedClientKind::RegularWeb,
        ..machine(WEB, &[])
    };
    let of_the_rig =
        [&SCOPES[..], &["create:users", "delete:sessions", "delete:organization_member_roles"]].concat();
    vec![web, machine(M2M, &SCOPES), machine(RIG, &of_the_rig)]
}

async fn interfere(State(line): State<Arc<Line>>, request: Request, next: Next) -> Response {
    let is_counted = request.uri().path().starts_with("/api/v2/");
    let began_at = Instant::now();
    let answer = answer(&line, request, next).await;
    if is_counted {
        line.took.lock().unwrap().push((began_at, Instant::now()));
    }
    answer
}

async fn answer(line: &Line, request: Request, next: Next) -> Response {
    let trouble = *line.trouble.lock().unwrap();
    let is_change = request.uri().path().starts_with("/api/v2/") && request.method() != Method::GET;
    let bad_gateway = || (Status::BAD_GATEWAY, Html("<h1>Bad gateway</h1>")).into_response();
    match trouble {
        Trouble::Silence => pending().await,
        Trouble::BadGateway => bad_gateway(),
        Trouble::Maintenance => Html("<h1>Back soon</h1>").into_response(),
        Trouble::TooMany => (Status::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "7")]).into_response(),
        Trouble::SlowChanges(wait) => {
            if is_change {
                sleep(wait).await;
            }
            next.run(request).await
        }
        Trouble::AfterChanges { left, is_carried_out } if is_change => {
            let number = line.changes.fetch_add(1, Ordering::SeqCst);
            if number < left {
                return next.run(request).await;
            }
            if number == left && is_carried_out {
                next.run(request).await;
            }
            bad_gateway()
        }
        Trouble::None | Trouble::AfterChanges { .. } => next.run(request).await,
    }
}
