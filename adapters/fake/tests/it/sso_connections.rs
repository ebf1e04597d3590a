//! The contract of connections of organizations' own identity providers, run on the in-process door.

use async_trait::async_trait;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};
use tenantry_domain::{DiscoveryUrl, SsoConnectionId, TenantId, UserId};
use tenantry_fake::ports::FakeSsoConnections;
use tenantry_ports::testkit::provider::ProviderWorld;
use tenantry_ports::testkit::sso_connections::SsoWorld;
use tenantry_ports::{Invitations, Members, SsoConnections, Tenants, Users};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::contract::InProcess;
use crate::support::APP;

struct WithIssuers {
    inner: InProcess,
    sso_connections: FakeSsoConnections,
    base: String,
    _server: JoinSet<()>,
}

impl WithIssuers {
    /// Two identity providers that describe themselves, and no more than that.
    async fn new() -> Self {
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
        let mut server = JoinSet::new();
        server.spawn(async move { axum::serve(listener, router).await.unwrap() });
        let inner = InProcess::new();
        let sso_connections = inner.world.fake.sso_connections(&inner.world.client(APP).0);
        Self { inner, sso_connections, base, _server: server }
    }

    async fn options(&self, connection: &SsoConnectionId) -> Value {
        let path = format!("/connections/{connection}");
        self.inner.world.api("GET", &path, Value::Null).await.json()["options"].take()
    }
}

#[async_trait]
impl ProviderWorld for WithIssuers {
    fn users(&self) -> &dyn Users {
        self.inner.users()
    }

    fn tenants(&self) -> &dyn Tenants {
        self.inner.tenants()
    }

    fn members(&self) -> &dyn Members {
        self.inner.members()
    }

    fn invitations(&self) -> &dyn Invitations {
        self.inner.invitations()
    }

    async fn account(&self, email: &str) -> UserId {
        self.inner.account(email).await
    }

    async fn account_elsewhere(&self) -> UserId {
        self.inner.account_elsewhere().await
    }

    async fn theme_of(&self, user: &UserId) -> Option<String> {
        self.inner.theme_of(user).await
    }
}

#[async_trait]
impl SsoWorld for WithIssuers {
    fn sso_connections(&self) -> &dyn SsoConnections {
        &self.sso_connections
    }

    fn issuer(&self, name: &str) -> DiscoveryUrl {
        DiscoveryUrl::for_development(&format!("{}/{name}", self.base)).unwrap()
    }

    async fn shared(&self) -> Vec<SsoConnectionId> {
        let shared = "/connections?strategy=auth0&strategy=google-oauth2";
        let all = self.inner.world.api("GET", shared, Value::Null).await.json();
        let ids = all.as_array().unwrap().iter().map(|each| each["id"].as_str().unwrap().to_owned());
        ids.map(|id| SsoConnectionId::try_from(id.as_str()).unwrap()).collect()
    }

    async fn enable(&self, tenant: &TenantId, connection: &SsoConnectionId) {
        let path = format!("/organizations/{tenant}/enabled_connections");
        let body = json!({ "connection_id": connection.as_str() });
        assert_eq!(self.inner.world.api("POST", &path, body).await.status, StatusCode::CREATED);
    }

    async fn setting(&self, connection: &SsoConnectionId, name: &str) -> Option<String> {
        self.options(connection).await[name].as_str().map(str::to_owned)
    }

    async fn set(&self, connection: &SsoConnectionId, name: &str, value: &str) {
        let mut options = self.options(connection).await;
        options[name] = value.into();
        let path = format!("/connections/{connection}");
        let answer = self.inner.world.api("PATCH", &path, json!({ "options": options })).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    }
}

tenantry_ports::sso_connections_contract!(WithIssuers::new().await);

/// An identity provider that is still being set up has no button on anybody's login page, and is reached by its name.
#[tokio::test]
async fn a_customers_name_is_on_no_login_page_of_everybody() {
    let world = WithIssuers::new().await;
    let ann = world.account("ann@example.com").await;
    let new = tenantry_ports::NewTenant {
        name: tenantry_domain::TenantName::try_from("acme").unwrap(),
        display_name: "Acme".to_owned(),
        subscription: "team;2030-01-01T00:00:00.000Z;active".parse().unwrap(),
        created_by: ann,
        conversion: tenantry_domain::ConversionId::try_from("c1").unwrap(),
    };
    let acme = world.tenants().create(&new).await.unwrap().tenant;
    let new = tenantry_ports::NewSsoConnection {
        request: tenantry_domain::SsoRequestId::try_from("00000000000000000000000000000001").unwrap(),
        display_name: tenantry_domain::DisplayName::try_from("Acme Workforce").unwrap(),
        kind: tenantry_domain::SsoKind::Okta,
        upstream: tenantry_ports::Upstream::OpenIdConnect {
            discovery_url: world.issuer("one"),
            client_id: tenantry_domain::ClientId::try_from("client").unwrap(),
            client_secret: "secret".into(),
        },
    };
    let made = world.sso_connections.create(&acme, &new).await.unwrap();
    let page = async |more: &[(&str, &str)]| {
        let mut browser = crate::browser::Browser::default();
        let first = browser.get(&world.inner.world, &world.inner.world.authorize(more)).await;
        if first.location.starts_with('/') {
            browser.get(&world.inner.world, &first.location).await
        } else {
            first
        }
    };
    let shown = page(&[]).await;
    assert!(shown.body.contains("Google") && !shown.body.contains("Acme Workforce"), "{}", shown.body);
    let led = page(&[("connection", made.name.as_str())]).await;
    assert!(led.location.starts_with(&format!("{}/one/authorize?", world.base)), "{}", led.location);
    assert!(led.location.contains("login%2Fcallback"), "{}", led.location);
    let callback = world.sso_connections.callback_url();
    assert_eq!(callback.as_str(), format!("{}login/callback", crate::support::ISSUER));
}
