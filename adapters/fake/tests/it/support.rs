//! A fake, an application that logs people in through it, and a browser: all in one process, without a socket.

use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http_body_util::BodyExt as _;
use secrecy::ExposeSecret as _;
use serde_json::{Map, Value, json};
use tenantry_fake::{Fake, FakeConfig, Seed, SeedClient, SeedClientKind, SeedConnection};
use tenantry_ports::testkit::{FixedClock, SeededRandom};
use tower::ServiceExt as _;
use url::{Url, form_urlencoded};

pub(crate) const ISSUER: &str = "http://127.0.0.1:4400/";
pub(crate) const CALLBACK: &str = "http://127.0.0.1:3000/api/auth/callback";
pub(crate) const INITIATE_LOGIN: &str = "http://127.0.0.1:3000/login?from=invitation";
pub(crate) const APP: &str = "MyLearning";
pub(crate) const M2M: &str = "MyLearning Service";
pub(crate) const PASSWORD: &str = "correct Horse 1";
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
pub(crate) const SCOPES: &str = "read:organizations create:organizations update:organizations delete:organizations \
    read:organization_members create:organization_members delete:organization_members \
    read:organization_member_roles create:organization_member_roles delete:organization_member_roles \
    read:organization_connections create:organization_connections update:organization_connections \
    delete:organization_connections read:users create:users update:users update:users_app_metadata delete:users \
    read:roles read:connections delete:connections \
    read:organization_invitations create:organization_invitations delete:organization_invitations \
    read:organization_discovery_domains create:organization_discovery_domains \
    update:organization_discovery_domains delete:organization_discovery_domains \
    read:organization_client_grants create:organization_client_grants delete:organization_client_grants \
    read:organization_clients create:organization_clients update:organization_clients delete:organization_clients \
    read:organization_member_effective_roles read:connections_options \
    read:self_service_profiles create:self_service_profiles update:self_service_profiles \
    delete:self_service_profiles create:sso_access_tickets delete:sso_access_tickets \
    read:clients create:clients update:clients delete:clients read:client_keys update:client_keys read:client_summary \
    read:client_grants create:client_grants update:client_grants delete:client_grants \
    read:resource_servers create:resource_servers update:resource_servers delete:resource_servers \
    create:connections update:connections update:connections_options \
    read:scim_config create:scim_config update:scim_config delete:scim_config read:scim_token create:scim_token \
    delete:scim_token read:actions create:actions update:actions delete:actions read:prompts update:prompts \
    read:branding update:branding read:tenant_settings update:tenant_settings \
    update:roles create:roles delete:roles read:role_members create:role_members delete:role_members \
    read:sessions update:sessions delete:sessions read:refresh_tokens delete:refresh_tokens read:logs \
    create:user_tickets read:authentication_methods";

pub(crate) struct World {
    pub(crate) fake: Fake,
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) router: Router,
}

pub(crate) fn seed() -> Seed {
    let client = |name: &str, kind| SeedClient {
        name: name.to_owned(),
        callbacks: vec![CALLBACK.to_owned()],
        logout_urls: vec!["http://127.0.0.1:3000/".to_owned()],
        initiate_login_uri: Some(INITIATE_LOGIN.to_owned()),
        backchannel_logout_url: None,
        kind,
        client_id: None,
        client_secret: None,
    };
    let scopes = SCOPES.split_ascii_whitespace().map(str::to_owned).collect();
    let mut seed = Seed {
        clients: vec![
            client(APP, SeedClientKind::RegularWeb),
            client(M2M, SeedClientKind::MachineToMachine { scopes }),
        ],
        ..Seed::default()
    };
    seed.connections.push(SeedConnection { name: "acme-entra".to_owned(), strategy: "oidc".to_owned() });
    seed
}

/// The usual seed, whose program has these scopes as well.
pub(crate) fn seed_with_scopes(more: &str) -> Seed {
    let mut seed = seed();
    for client in &mut seed.clients {
        if let SeedClientKind::MachineToMachine { scopes } = &mut client.kind {
            scopes.extend(more.split_ascii_whitespace().map(str::to_owned));
        }
    }
    seed
}

pub(crate) fn config(seed: Seed) -> FakeConfig {
    FakeConfig {
        issuer: ISSUER.parse().unwrap(),
        trial_days: 1,
        action_run_time: FakeConfig::ACTION_RUN_TIME,
        seed,
    }
}

pub(crate) fn clock() -> Arc<FixedClock> {
    Arc::new(FixedClock::at("2026-03-02T10:00:00.000Z"))
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(seed())
    }

    pub(crate) fn with(seed: Seed) -> Self {
        let clock = clock();
        let random = Arc::new(SeededRandom::new(7));
        let fake = Fake::in_memory(config(seed), clock.clone(), random).unwrap();
        Self { router: fake.router(), fake, clock }
    }

    pub(crate) fn open(directory: &Path, random_seed: u64) -> Self {
        let clock = clock();
        let random = Arc::new(SeededRandom::new(random_seed));
        let fake = Fake::open(directory, config(seed()), clock.clone(), random).unwrap();
        Self { router: fake.router(), fake, clock }
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let text = |name| {
            parts.headers.get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
        };
        Answer {
            status: parts.status,
            location: text(header::LOCATION),
            cache_control: text(header::CACHE_CONTROL),
            csp: text(header::CONTENT_SECURITY_POLICY),
            cookies: parts
                .headers
                .get_all(header::SET_COOKIE)
                .iter()
                .map(|value| value.to_str().unwrap().to_owned())
                .collect(),
            body: String::from_utf8(bytes.to_vec()).unwrap(),
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    pub(crate) fn client(&self, name: &str) -> (String, String) {
        let client = self.fake.client(name).unwrap();
        (client.client_id, client.client_secret.expose_secret().to_owned())
    }

    /// The token endpoint, with the named client's own id and secret in the body.
    pub(crate) async fn token(&self, client: &str, fields: &[(&str, &str)]) -> Answer {
        let (id, secret) = self.client(client);
        let mut form = vec![("client_id", id.as_str()), ("client_secret", secret.as_str())];
        form.extend_from_slice(fields);
        self.send(form_request("/oauth/token", &form)).await
    }

    pub(crate) async fn redeem(&self, code: &str) -> Answer {
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        self.token(APP, &fields).await
    }

    /// The claims of the ID token that a callback's code is worth.
    pub(crate) async fn id_token(&self, callback: &Url) -> Map<String, Value> {
        let code = parameter(callback, "code").unwrap_or_else(|| panic!("no code in {callback}"));
        let answer = self.redeem(&code).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        claims(answer.json()["id_token"].as_str().unwrap())
    }

    pub(crate) async fn management_token(&self, scope: Option<&str>) -> String {
        let audience = format!("{ISSUER}api/v2/");
        let mut fields = vec![("grant_type", "client_credentials"), ("audience", audience.as_str())];
        fields.extend(scope.map(|scope| ("scope", scope)));
        let answer = self.token(M2M, &fields).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.json()["access_token"].as_str().unwrap().to_owned()
    }

    /// A Management API call with every scope.
    pub(crate) async fn api(&self, method: &str, path: &str, body: Value) -> Answer {
        let token = self.management_token(None).await;
        self.api_with(&token, method, path, body).await
    }

    pub(crate) async fn api_with(&self, token: &str, method: &str, path: &str, body: Value) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(format!("/api/v2{path}"))
            .header(header::AUTHORIZATION, format!("Bearer {token}"));
        let request = if body.is_null() {
            request.body(Body::empty())
        } else {
            request.header(header::CONTENT_TYPE, "application/json").body(Body::from(body.to_string()))
        };
        self.send(request.unwrap()).await
    }

    /// An account in the password database; answers its id.
    pub(crate) async fn user(&self, email: &str) -> String {
        let body =
            json!({ "connection": "Username-Password-Authentication", "email": email, "password": PASSWORD });
        let answer = self.api("POST", "/users", body).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        answer.json()["user_id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn connection_id(&self, name: &str) -> String {
        let answer = self.api("GET", &format!("/connections?name={name}"), Value::Null).await;
        answer.json()[0]["id"].as_str().unwrap().to_owned()
    }

    /// An organization with the password database enabled; answers its id.
    pub(crate) async fn organization(&self, name: &str) -> String {
        let connection = self.connection_id("Username-Password-Authentication").await;
        let body = json!({
            "name": name,
            "display_name": format!("{name} Inc"),
            "metadata": { "subscription": "team;2027-03-02T10:00:00.000Z;active" },
            "enabled_connections": [{ "connection_id": connection }],
        });
        let answer = self.api("POST", "/organizations", body).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        answer.json()["id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn add_member(&self, organization: &str, user: &str) {
        let path = format!("/organizations/{organization}/members");
        let answer = self.api("POST", &path, json!({ "members": [user] })).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", answer.body);
    }

    /// The path of an authorization request of the application.
    pub(crate) fn authorize(&self, extra: &[(&str, &str)]) -> String {
        let (client_id, _) = self.client(APP);
        let mut fields = vec![
            ("response_type", "code"),
            ("client_id", client_id.as_str()),
            ("redirect_uri", CALLBACK),
            ("scope", "openid profile email"),
            ("state", "s1"),
            ("nonce", "n1"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        fields.retain(|(name, _)| !extra.iter().any(|(other, _)| other == name));
        fields.extend(extra.iter().filter(|(_, value)| !value.is_empty()));
        format!("/authorize?{}", encode(&fields))
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) location: String,
    pub(crate) cache_control: String,
    pub(crate) csp: String,
    pub(crate) cookies: Vec<String>,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.body))
    }

    /// The callback that the browser is sent to.
    pub(crate) fn callback(&self) -> Url {
        assert!(self.location.starts_with(CALLBACK), "{} {}\n{}", self.status, self.location, self.body);
        self.location.parse().unwrap()
    }

    /// `error` and `error_description` of the callback that the browser is sent to.
    pub(crate) fn refusal(&self) -> (String, String) {
        let callback = self.callback();
        (
            parameter(&callback, "error").unwrap_or_default(),
            parameter(&callback, "error_description").unwrap_or_default(),
        )
    }
}

pub(crate) fn encode(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

pub(crate) fn form_request(path: &str, fields: &[(&str, &str)]) -> Request<Body> {
    Request::post(path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(encode(fields)))
        .unwrap()
}

pub(crate) fn parameter(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

/// The claims of a token, unverified.
pub(crate) fn claims(token: &str) -> Map<String, Value> {
    let payload = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

pub(crate) fn basic(id: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")))
}

/// A user's id as a path takes it.
pub(crate) fn segment(user: &str) -> String {
    user.replace('|', "%7C")
}
