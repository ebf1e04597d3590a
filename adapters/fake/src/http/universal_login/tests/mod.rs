//! Logins as a browser sees them, on a state that is planted row by row.

mod actions;
mod home_realm;
mod invitations;
mod mail_links;
mod refusals;

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http_body_util::BodyExt as _;
use serde_json::{Map, Value};
use tenantry_ports::testkit::{FixedClock, SeededRandom};
use tower::ServiceExt as _;
use url::{Url, form_urlencoded};

use crate::model::{Client, EnabledConnection, LogEntry, Mail, Organization, User};
use crate::passwords::PasswordHash;
use crate::store::State;
use crate::{Fake, FakeConfig, Seed, SeedClient, SeedClientKind, SeedConnection, StoreError};

const CALLBACK: &str = "https://app.example/callback";
const PASSWORD: &str = "correct Horse 1";
const DATABASE: &str = "Username-Password-Authentication";
const ENTERPRISE: &str = "acme-entra";

/// A provider and one browser.
struct World {
    fake: Fake,
    clock: Arc<FixedClock>,
    router: Router,
    cookies: BTreeMap<String, String>,
}

struct Answer {
    status: StatusCode,
    location: String,
    body: String,
}

impl Answer {
    fn parameter(&self, name: &str) -> Option<String> {
        let url = Url::parse(&self.location).unwrap_or_else(|_| panic!("{} {}", self.location, self.body));
        url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }

    /// `error` and `error_description` of the callback.
    fn refusal(&self) -> (String, String) {
        assert!(self.location.starts_with(CALLBACK), "{} {} {}", self.status, self.location, self.body);
        let text = |name| self.parameter(name).unwrap_or_default();
        (text("error"), text("error_description"))
    }
}

fn encode(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

impl World {
    fn new() -> Self {
        Self::with(FakeConfig::ACTION_RUN_TIME)
    }

    fn with(action_run_time: std::time::Duration) -> Self {
        let client = |name: &str, kind| SeedClient {
            name: name.to_owned(),
            callbacks: vec![CALLBACK.to_owned()],
            logout_urls: Vec::new(),
            initiate_login_uri: Some("https://app.example/login".to_owned()),
            backchannel_logout_url: None,
            kind,
            client_id: Some(name.to_owned()),
            client_secret: Some("secret".into()),
        };
        let scopes = vec!["create:organization_member_roles".to_owned(), "read:users".to_owned()];
        let mut seed = Seed {
            clients: vec![
                client("app", SeedClientKind::RegularWeb),
                client("service", SeedClientKind::MachineToMachine { scopes }),
            ],
            ..Seed::default()
        };
        let connection = SeedConnection { name: ENTERPRISE.to_owned(), strategy: "oidc".to_owned() };
        seed.connections.push(connection);
        let issuer = "http://127.0.0.1:4400/".parse().unwrap();
        let config = FakeConfig { issuer, trial_days: 1, action_run_time, seed };
        let clock = Arc::new(FixedClock::at("2026-03-02T10:00:00.000Z"));
        let fake = Fake::in_memory(config, clock.clone(), Arc::new(SeededRandom::new(5))).unwrap();
        crate::ready_keys::plant(&fake);
        Self { router: fake.router(), fake, clock, cookies: BTreeMap::new() }
    }

    fn change<R>(&self, change: impl FnOnce(&mut State) -> R) -> R {
        let core = self.fake.core();
        core.store.write_blocking(|state| Ok::<_, StoreError>(change(state))).unwrap()
    }

    fn read<R>(&self, look: impl FnOnce(&State) -> R) -> R {
        self.fake.core().store.read(look).unwrap()
    }

    /// Another browser at the same provider.
    fn stranger(&self) -> Self {
        Self {
            fake: self.fake.clone(),
            clock: self.clock.clone(),
            router: self.router.clone(),
            cookies: BTreeMap::new(),
        }
    }

    fn user(&self, email: &str) -> String {
        let core = self.fake.core();
        let now = core.clock.now();
        self.change(|state| {
            let connection = state.connection_by_name(DATABASE).unwrap();
            let mut user = User::new(core.ids.database_user(now), connection, now);
            user.email = Some(email.to_owned());
            user.password = Some(PasswordHash::of(PASSWORD, &core.ids));
            let id = user.id.clone();
            state.users.put(user);
            id
        })
    }

    fn user_of(&self, id: &str) -> User {
        self.read(|state| state.users.get(id).unwrap().clone())
    }

    /// An organization with the password database and the enterprise's provider, which takes everybody.
    fn organization(&self, name: &str) -> String {
        self.change(|state| {
            let enabled = |name: &str, takes_everybody| EnabledConnection {
                assign_membership_on_login: takes_everybody,
                ..EnabledConnection::new(state.connection_by_name(name).unwrap().id.clone())
            };
            let enabled_connections = vec![enabled(DATABASE, false), enabled(ENTERPRISE, true)];
            let id = format!("org_{name:0>16}");
            state.organizations.put(Organization {
                enabled_connections,
                ..Organization::new(id.clone(), name, self.fake.core().clock.now())
            });
            id
        })
    }

    fn set_client(&self, settings: &Value) {
        self.change(|state| {
            let mut client: Client = state.client_by_name("app").unwrap().clone();
            client.settings.extend(settings.as_object().unwrap().clone());
            state.clients.put(client);
        });
    }

    fn set_options(&self, connection: &str, options: &Value) {
        self.change(|state| {
            let mut connection = state.connection_by_name(connection).unwrap().clone();
            connection.options.extend(options.as_object().unwrap().clone());
            state.connections.put(connection);
        });
    }

    fn logs(&self) -> Vec<LogEntry> {
        self.read(|state| state.logs.iter().cloned().collect())
    }

    fn log_kinds(&self) -> Vec<String> {
        self.logs().into_iter().map(|entry| entry.kind).collect()
    }

    fn mail(&self) -> Vec<Mail> {
        self.read(|state| state.mail.iter().cloned().collect())
    }

    async fn send(&mut self, mut request: Request<Body>) -> Answer {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        request.headers_mut().insert(header::COOKIE, cookies.join("; ").parse().unwrap());
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            let (pair, attributes) = cookie.to_str().unwrap().split_once("; ").unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
            if attributes.contains("Max-Age=0") {
                self.cookies.remove(name);
            }
        }
        let location = parts.headers.get(header::LOCATION);
        Answer {
            status: parts.status,
            location: location.map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default(),
            body: String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap(),
        }
    }

    async fn get(&mut self, path: &str) -> Answer {
        let path = path.strip_prefix("http://127.0.0.1:4400").unwrap_or(path);
        self.send(Request::get(path.trim_end_matches('#')).body(Body::empty()).unwrap()).await
    }

    async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let path = path.strip_prefix("http://127.0.0.1:4400").unwrap_or(path);
        let request = Request::post(path.trim_end_matches('#'))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(encode(fields)));
        self.send(request.unwrap()).await
    }

    async fn authorize(&mut self, more: &[(&str, &str)]) -> Answer {
        let mut fields = vec![
            ("response_type", "code"),
            ("client_id", "app"),
            ("scope", "openid profile email offline_access"),
            ("state", "s1"),
        ];
        fields.extend_from_slice(more);
        self.get(&format!("/authorize?{}", encode(&fields))).await
    }

    /// Logs in with a password on one page.
    async fn log_in(&mut self, email: &str, more: &[(&str, &str)]) -> Answer {
        let page = self.authorize(more).await.location;
        assert!(page.starts_with("/u/login?"), "{page}");
        self.post(&page, &[("username", email), ("password", PASSWORD)]).await
    }

    /// Logs in through the page that stands for the enterprise's own provider.
    async fn log_in_by_enterprise(&mut self, email: &str, more: &[(&str, &str)]) -> Answer {
        let more: Vec<_> = more.iter().copied().chain([("connection", ENTERPRISE)]).collect();
        let page = self.authorize(&more).await.location;
        assert!(page.starts_with("/u/stand-in?"), "{page}");
        self.post(&page, &[("email", email), ("name", "Bo Ek")]).await
    }

    async fn token(&mut self, fields: &[(&str, &str)]) -> Value {
        let fields: Vec<_> =
            fields.iter().copied().chain([("client_id", "app"), ("client_secret", "secret")]).collect();
        serde_json::from_str(&self.post("/oauth/token", &fields).await.body).unwrap()
    }

    /// The tokens that the code of a callback is worth.
    async fn redeem(&mut self, answer: &Answer) -> Value {
        let code = answer.parameter("code").unwrap_or_else(|| panic!("{} {}", answer.location, answer.body));
        self.token(&[("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", CALLBACK)]).await
    }

    /// The claims of the ID token that the code of a callback is worth.
    async fn id_token(&mut self, answer: &Answer) -> Map<String, Value> {
        claims(&self.redeem(answer).await["id_token"])
    }
}

fn claims(token: &Value) -> Map<String, Value> {
    let payload = token.as_str().unwrap().split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

/// A redirect to the callback that carries a code.
fn succeeded(answer: &Answer) -> bool {
    answer.location.starts_with(CALLBACK) && answer.parameter("code").is_some()
}
