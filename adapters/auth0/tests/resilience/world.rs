//! A fake provider on a port of its own, and clients of it with little patience.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use reqwest::{Client, Method};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use tenantry_auth0::{Auth0, Limits, Settings};
use tenantry_domain::{ConversionId, TenantName, UserId};
use tenantry_fake::{Fake, FakeConfig, MANAGEMENT_CLIENT, Seed, SeedRole};
use tenantry_oidc::{Issuer, http_client};
use tenantry_ports::NewTenant;
use tenantry_ports::testkit::SeededRandom;
use tenantry_system::SystemClock;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// As patient as the product in what it does, and quick about it.
pub(crate) const QUICK: Limits = Limits {
    one_try: Duration::from_secs(2),
    whole_call: Duration::from_secs(6),
    tries: 3,
    refused_tries: 8,
    first_pause: Duration::from_millis(1),
    longest_pause: Duration::from_millis(20),
    faults_until_open: 100,
    open_for: Duration::from_mins(1),
};

pub(crate) const PAID: &str = "team;2030-01-01T00:00:00.000Z;active";
pub(crate) const LATER: &str = "enterprise;2031-01-01T00:00:00.000Z;active";

/// What happens in between, once.
type Interruption = Box<dyn FnOnce(Fake) -> futures::future::BoxFuture<'static, ()> + Send>;

/// The next interruption, and the method that it waits for.
type Line = Arc<Mutex<Option<(&'static str, Interruption)>>>;

/// A running fake with the product's roles and its password connection.
pub(crate) struct World {
    pub(crate) fake: Fake,
    issuer: String,
    interruption: Line,
    server: JoinSet<()>,
}

impl World {
    pub(crate) async fn start() -> Self {
        let roles = ["Administrator", "Employee"].map(str::to_owned);
        Self::with_roles(roles.to_vec()).await
    }

    pub(crate) async fn with_roles(names: Vec<String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}/", listener.local_addr().unwrap());
        let roles = names.into_iter().map(|name| SeedRole { name, description: String::new() }).collect();
        let seed =
            Seed { roles, ..Seed::empty() }.with_connection("Username-Password-Authentication", "auth0");
        let config = FakeConfig {
            issuer: issuer.parse().unwrap(),
            trial_days: 1,
            action_run_time: FakeConfig::ACTION_RUN_TIME,
            seed,
        };
        let random = Arc::new(SeededRandom::new(1));
        let fake = Fake::in_memory(config, Arc::new(SystemClock), random).unwrap();
        fake.warm_up().unwrap();
        let mut server = JoinSet::new();
        server.spawn(fake.serve(listener, None, std::future::pending()));
        Self { fake, issuer, interruption: Arc::default(), server }
    }

    /// One behind a line on which somebody else can come in between.
    pub(crate) async fn with_a_line() -> Self {
        let mut world = Self::start().await;
        let state = (Arc::clone(&world.interruption), world.fake.clone());
        let router = world.fake.router().layer(from_fn_with_state(state, interrupt));
        world.server.shutdown().await;
        // The fake knows itself by this address, and tokens are for it.
        let at = world.issuer.trim_start_matches("http://").trim_end_matches('/').to_owned();
        let listener = loop {
            if let Ok(listener) = TcpListener::bind(&at).await {
                break listener;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        };
        world.server.spawn(async move { axum::serve(listener, router).await.unwrap() });
        world
    }

    /// After the next request of this method to `/organizations/...` has been answered, and before its answer is sent,
    /// this happens.
    pub(crate) fn once_after<F: Future<Output = ()> + Send + 'static>(
        &self,
        method: &'static str,
        happens: impl FnOnce(Fake) -> F + Send + 'static,
    ) {
        let happens: Interruption = Box::new(|fake| Box::pin(happens(fake)));
        *self.interruption.lock().unwrap() = Some((method, happens));
    }

    /// A client that has its token already.
    pub(crate) async fn client(&self, limits: Limits) -> Auth0 {
        let auth0 = self.cold_client(limits, 1);
        auth0.warm_up().await.unwrap();
        self.fake.clear_calls();
        auth0
    }

    /// A client that has asked for nothing yet.
    pub(crate) fn cold_client(&self, limits: Limits, seed: u64) -> Auth0 {
        let credentials = self.fake.client(MANAGEMENT_CLIENT).unwrap();
        let secret = credentials.client_secret.expose_secret().to_owned();
        let settings = Settings {
            issuer: Issuer::try_from(self.issuer.as_str()).unwrap(),
            client_id: credentials.client_id.clone(),
            client_secret: secret.clone().into(),
            redirect_uri: "http://localhost:3000/api/auth/callback".parse().unwrap(),
            m2m_client_id: credentials.client_id,
            m2m_client_secret: secret.into(),
            m2m_scopes: None,
        };
        Auth0::with_limits(settings, Arc::new(SystemClock), Arc::new(SeededRandom::new(seed)), limits)
            .unwrap()
    }

    /// What was asked for since the last look: method, route, status.
    pub(crate) fn asked(&self) -> Vec<String> {
        let calls = self.fake.calls();
        self.fake.clear_calls();
        calls.into_iter().map(|call| format!("{} {} {}", call.method, call.route, call.status)).collect()
    }

    pub(crate) async fn rig(&self) -> Rig {
        Rig::of(&self.fake).await
    }
}

async fn interrupt(
    State((interruption, fake)): State<(Line, Fake)>,
    request: Request,
    next: Next,
) -> Response {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let response = next.run(request).await;
    let due = {
        let mut waiting = interruption.lock().unwrap();
        let is_due = waiting.as_ref().is_some_and(|(wanted, _)| {
            method.as_str() == *wanted && path.starts_with("/api/v2/organizations/")
        });
        if is_due { waiting.take() } else { None }
    };
    if let Some((_, happens)) = due {
        happens(fake).await;
    }
    response
}

/// The Management API as a test uses it behind the adapter's back.
pub(crate) struct Rig {
    http: Client,
    base: String,
    token: String,
}

impl Rig {
    pub(crate) async fn of(fake: &Fake) -> Self {
        let credentials = fake.client(MANAGEMENT_CLIENT).unwrap();
        let http = http_client().unwrap();
        let base = format!("{}api/v2", fake.issuer());
        let body = json!({
            "grant_type": "client_credentials",
            "client_id": credentials.client_id,
            "client_secret": credentials.client_secret.expose_secret(),
            "audience": format!("{base}/"),
        });
        let request = http.post(format!("{}oauth/token", fake.issuer())).json(&body);
        let granted: Value = request.send().await.unwrap().json().await.unwrap();
        Self { http, base, token: granted["access_token"].as_str().unwrap().to_owned() }
    }

    pub(crate) async fn send(&self, method: Method, path: &str, body: &Value) -> Value {
        let request = self.http.request(method, format!("{}{path}", self.base)).bearer_auth(&self.token);
        let request = if body.is_null() { request } else { request.json(body) };
        let answer = request.send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.text().await.unwrap());
        serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap_or_default()
    }

    pub(crate) async fn account(&self, email: &str) -> UserId {
        let body = json!({
            "connection": "Username-Password-Authentication",
            "email": email,
            "password": "Correct-horse-battery-1",
        });
        let user = self.send(Method::POST, "/users", &body).await;
        UserId::try_from(user["user_id"].as_str().unwrap()).unwrap()
    }

    /// The names of all organizations.
    pub(crate) async fn organizations(&self) -> Vec<String> {
        let all = self.send(Method::GET, "/organizations", &Value::Null).await;
        all.as_array().unwrap().iter().map(|each| each["name"].as_str().unwrap().to_owned()).collect()
    }

    pub(crate) async fn metadata(&self, organization: &str) -> Value {
        let path = format!("/organizations/name/{organization}");
        self.send(Method::GET, &path, &Value::Null).await["metadata"].clone()
    }
}

pub(crate) fn new_tenant(name: &str, by: &UserId) -> NewTenant {
    NewTenant {
        name: TenantName::try_from(name).unwrap(),
        display_name: name.to_owned(),
        subscription: PAID.parse().unwrap(),
        created_by: by.clone(),
        conversion: ConversionId::try_from("0123456789abcdef0123456789abcdef").unwrap(),
    }
}
