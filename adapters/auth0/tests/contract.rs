//! The contract of an identity provider, run on this adapter against the fake over HTTP.

#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;

use async_trait::async_trait;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use reqwest::Method;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use tenantry_auth0::{
    Auth0, Auth0Invitations, Auth0Members, Auth0SsoConnections, Auth0Tenants, Auth0Users, Settings, scopes,
};
use tenantry_domain::{DiscoveryUrl, SsoConnectionId, TenantId, UserId};
use tenantry_fake::{Fake, FakeConfig, Seed, SeedClient, SeedClientKind, SeedFile};
use tenantry_oidc::{Issuer, http_client};
use tenantry_ports::testkit::provider::ProviderWorld;
use tenantry_ports::testkit::sso_connections::SsoWorld;
use tenantry_ports::testkit::{FixedClock, SeededRandom};
use tenantry_ports::{Clock, Invitations, Members, SsoConnections, Tenants, Users};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// Somebody who logs in through Google.
const ELSEWHERE: &str = "google-oauth2|117";

/// The fake behind a port of its own, the adapter, and a second machine that arranges what the adapter can't.
struct OverHttp {
    users: Auth0Users,
    tenants: Auth0Tenants,
    members: Auth0Members,
    invitations: Auth0Invitations,
    sso_connections: Auth0SsoConnections,
    issuer: String,
    upstreams: String,
    arranger: (String, String),
    _servers: JoinSet<()>,
}

/// What the arranger may do.
const ARRANGER: &str = "create:users read:users read:connections read:connections_options update:connections \
    update:connections_options create:organization_connections";

fn machine(name: &str, scopes: &str) -> SeedClient {
    SeedClient {
        name: name.to_owned(),
        callbacks: Vec::new(),
        logout_urls: Vec::new(),
        initiate_login_uri: None,
        backchannel_logout_url: None,
        kind: SeedClientKind::MachineToMachine {
            scopes: scopes.split_whitespace().map(str::to_owned).collect(),
        },
        client_id: None,
        client_secret: None,
    }
}

/// The application to which invitations lead.
fn application() -> SeedClient {
    SeedClient {
        callbacks: vec!["http://localhost:3000/api/auth/callback".to_owned()],
        initiate_login_uri: Some("https://learn.example/api/auth/login".to_owned()),
        kind: SeedClientKind::RegularWeb,
        ..machine("application", "")
    }
}

/// Two identity providers that describe themselves, and no more than that.
async fn serve_upstreams(servers: &mut JoinSet<()>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let at = base.clone();
    let describe = async move |Path(name): Path<String>| {
        let there = |path: &str| format!("{at}/{name}{path}");
        let document = json!({
            "issuer": there(""),
            "authorization_endpoint": there("/authorize"),
            "token_endpoint": there("/token"),
            "jwks_uri": there("/keys"),
        });
        if name == "three" { Err(StatusCode::NOT_FOUND) } else { Ok(Json(document)) }
    };
    let router = Router::new().route("/{name}/.well-known/openid-configuration", get(describe));
    servers.spawn(async move { axum::serve(listener, router).await.unwrap() });
    base
}

async fn world() -> OverHttp {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let issuer = format!("http://{}/", listener.local_addr().unwrap());
    let clock: Arc<dyn Clock> = Arc::new(FixedClock::at("2026-01-02T03:04:05.678Z"));
    let elsewhere = format!("users: [{{ user_id: {ELSEWHERE}, connection: google-oauth2, name: Goldie }}]");
    let config = FakeConfig {
        issuer: issuer.parse().unwrap(),
        trial_days: 1,
        action_run_time: FakeConfig::ACTION_RUN_TIME,
        seed: Seed {
            file: Some(SeedFile::from_yaml(&elsewhere).unwrap()),
            clients: vec![application(), machine("product", &scopes()), machine("arranger", ARRANGER)],
            ..Seed::default()
        },
    };
    let fake = Fake::in_memory(config, Arc::clone(&clock), Arc::new(SeededRandom::new(1))).unwrap();
    let router = fake.router();
    let mut servers = JoinSet::new();
    servers.spawn(async move { axum::serve(listener, router).await.unwrap() });
    let upstreams = serve_upstreams(&mut servers).await;
    let credentials = |name| {
        let client = fake.client(name).unwrap();
        (client.client_id, client.client_secret.expose_secret().to_owned())
    };
    let (m2m_client_id, m2m_client_secret) = credentials("product");
    let settings = Settings {
        issuer: Issuer::try_from(issuer.as_str()).unwrap(),
        client_id: credentials("application").0,
        client_secret: "not-used-here".into(),
        redirect_uri: "http://localhost:3000/api/auth/callback".parse().unwrap(),
        m2m_client_id,
        m2m_client_secret: m2m_client_secret.into(),
        m2m_scopes: Some(scopes()),
    };
    let auth0 = Auth0::new(settings, clock, Arc::new(SeededRandom::new(2))).unwrap();
    OverHttp {
        users: auth0.users(),
        tenants: auth0.tenants(),
        members: auth0.members(),
        invitations: auth0.invitations(),
        sso_connections: auth0.sso_connections(),
        issuer,
        upstreams,
        arranger: credentials("arranger"),
        _servers: servers,
    }
}

impl OverHttp {
    async fn token(&self) -> String {
        let (client_id, client_secret) = &self.arranger;
        let body = json!({
            "grant_type": "client_credentials",
            "client_id": client_id,
            "client_secret": client_secret,
            "audience": format!("{}api/v2/", self.issuer),
        });
        let url = format!("{}oauth/token", self.issuer);
        let answer = http_client().unwrap().post(url).json(&body).send().await.unwrap();
        let answer: Value = answer.error_for_status().unwrap().json().await.unwrap();
        answer["access_token"].as_str().unwrap().to_owned()
    }
}

impl OverHttp {
    /// A call that the adapter does not make.
    async fn arrange(&self, method: Method, path: &str, body: &Value) -> Value {
        let url = format!("{}api/v2{path}", self.issuer);
        let request = http_client().unwrap().request(method, url).bearer_auth(self.token().await);
        let request = if body.is_null() { request } else { request.json(body) };
        request.send().await.unwrap().error_for_status().unwrap().json().await.unwrap()
    }

    async fn options(&self, connection: &SsoConnectionId) -> Value {
        self.arrange(Method::GET, &format!("/connections/{connection}"), &Value::Null).await["options"].take()
    }
}

#[async_trait]
impl SsoWorld for OverHttp {
    fn sso_connections(&self) -> &dyn SsoConnections {
        &self.sso_connections
    }

    fn issuer(&self, name: &str) -> DiscoveryUrl {
        DiscoveryUrl::for_development(&format!("{}/{name}", self.upstreams)).unwrap()
    }

    async fn shared(&self) -> Vec<SsoConnectionId> {
        let shared = "/connections?strategy=auth0&strategy=google-oauth2";
        let all = self.arrange(Method::GET, shared, &Value::Null).await;
        let ids = all.as_array().unwrap().iter().map(|each| each["id"].as_str().unwrap());
        ids.map(|id| SsoConnectionId::try_from(id).unwrap()).collect()
    }

    async fn enable(&self, tenant: &TenantId, connection: &SsoConnectionId) {
        let path = format!("/organizations/{tenant}/enabled_connections");
        self.arrange(Method::POST, &path, &json!({ "connection_id": connection.as_str() })).await;
    }

    async fn setting(&self, connection: &SsoConnectionId, name: &str) -> Option<String> {
        self.options(connection).await[name].as_str().map(str::to_owned)
    }

    async fn set(&self, connection: &SsoConnectionId, name: &str, value: &str) {
        let mut options = self.options(connection).await;
        options[name] = value.into();
        let path = format!("/connections/{connection}");
        self.arrange(Method::PATCH, &path, &json!({ "options": options })).await;
    }
}

#[async_trait]
impl ProviderWorld for OverHttp {
    fn users(&self) -> &dyn Users {
        &self.users
    }

    fn tenants(&self) -> &dyn Tenants {
        &self.tenants
    }

    fn members(&self) -> &dyn Members {
        &self.members
    }

    fn invitations(&self) -> &dyn Invitations {
        &self.invitations
    }

    async fn account(&self, email: &str) -> UserId {
        let body = json!({
            "connection": "Username-Password-Authentication",
            "email": email,
            "password": "Correct-horse-battery-1",
            "app_metadata": { "theme": "dark" },
        });
        let url = format!("{}api/v2/users", self.issuer);
        let request = http_client().unwrap().post(url).bearer_auth(self.token().await).json(&body);
        let answer = request.send().await.unwrap().error_for_status().unwrap();
        let user: Value = answer.json().await.unwrap();
        UserId::try_from(user["user_id"].as_str().unwrap()).unwrap()
    }

    async fn account_elsewhere(&self) -> UserId {
        UserId::try_from(ELSEWHERE).unwrap()
    }

    async fn theme_of(&self, user: &UserId) -> Option<String> {
        let url = format!("{}api/v2/users/{}", self.issuer, user.as_str().replace('|', "%7C"));
        let request = http_client().unwrap().get(url).bearer_auth(self.token().await);
        let user: Value = request.send().await.unwrap().error_for_status().unwrap().json().await.unwrap();
        user["app_metadata"]["theme"].as_str().map(str::to_owned)
    }
}

tenantry_ports::provider_contract!(world().await);
tenantry_ports::sso_connections_contract!(world().await);
