//! The contract of an identity provider, run on this adapter against the fake over HTTP.

#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;

use async_trait::async_trait;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use tenantry_auth0::{Auth0, Auth0Invitations, Auth0Members, Auth0Tenants, Auth0Users, Settings, scopes};
use tenantry_domain::UserId;
use tenantry_fake::{Fake, FakeConfig, Seed, SeedClient, SeedClientKind};
use tenantry_oidc::{Issuer, http_client};
use tenantry_ports::testkit::provider::ProviderWorld;
use tenantry_ports::testkit::{FixedClock, SeededRandom};
use tenantry_ports::{Clock, Invitations, Members, Tenants, Users};
use tokio::net::TcpListener;
use tokio::task::AbortHandle;

/// The fake behind a port of its own, the adapter, and a second machine that arranges what the adapter can't.
struct OverHttp {
    users: Auth0Users,
    tenants: Auth0Tenants,
    members: Auth0Members,
    invitations: Auth0Invitations,
    issuer: String,
    arranger: (String, String),
    server: AbortHandle,
}

impl Drop for OverHttp {
    fn drop(&mut self) {
        self.server.abort();
    }
}

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

async fn world() -> OverHttp {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let issuer = format!("http://{}/", listener.local_addr().unwrap());
    let clock: Arc<dyn Clock> = Arc::new(FixedClock::at("2026-01-02T03:04:05.678Z"));
    let config = FakeConfig {
        issuer: issuer.parse().unwrap(),
        trial_days: 1,
        action_run_time: FakeConfig::ACTION_RUN_TIME,
        seed: Seed {
            clients: vec![
                application(),
                machine("product", &scopes()),
                machine("arranger", "create:users read:users"),
            ],
            ..Seed::default()
        },
    };
    let fake = Fake::in_memory(config, Arc::clone(&clock), Arc::new(SeededRandom::new(1))).unwrap();
    let router = fake.router();
    let server = tokio::spawn(async move { axum::serve(listener, router).await }).abort_handle();
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
        issuer,
        arranger: credentials("arranger"),
        server,
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

    async fn theme_of(&self, user: &UserId) -> Option<String> {
        let url = format!("{}api/v2/users/{}", self.issuer, user.as_str().replace('|', "%7C"));
        let request = http_client().unwrap().get(url).bearer_auth(self.token().await);
        let user: Value = request.send().await.unwrap().error_for_status().unwrap().json().await.unwrap();
        user["app_metadata"]["theme"].as_str().map(str::to_owned)
    }
}

tenantry_ports::provider_contract!(world().await);
