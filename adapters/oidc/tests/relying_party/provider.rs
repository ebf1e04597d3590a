//! A provider on loopback that answers exactly what it is told to, and remembers what it was asked.

use std::collections::{HashMap, VecDeque};
use std::convert::Infallible;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{Request, Response};
use futures::{StreamExt, stream};
use serde_json::{Value, json};
use tenantry_domain::Timestamp;
use tenantry_oidc::{Issuer, OidcError, Registration, RelyingParty, SigningAlgorithm, http_client};
use tenantry_ports::Clock;
use tokio::net::TcpListener;

use crate::signing::{CURRENT, Key};

pub(crate) const DISCOVERY: &str = "/.well-known/openid-configuration";
pub(crate) const KEYS: &str = "/keys";
pub(crate) const TOKEN: &str = "/token";

pub(crate) const CLIENT_ID: &str = "the-client";
pub(crate) const CLIENT_SECRET: &str = "the-very-secret-of-the-client";
pub(crate) const NONCE: &str = "the-nonce-of-this-login";
/// The present, in seconds.
pub(crate) const NOW: i64 = 1_800_000_000;

/// A clock that stands still until it is told otherwise.
pub(crate) struct TestClock(AtomicI64);

impl TestClock {
    pub(crate) fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_seconds(self.0.load(Ordering::SeqCst))
    }
}

/// An answer.
#[derive(Clone)]
pub(crate) struct Reply {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Content,
    delay: Duration,
}

#[derive(Clone)]
enum Content {
    Text(String),
    Endless,
    BrokenOff,
}

impl Reply {
    pub(crate) fn json(value: &Value) -> Self {
        Self::text(200, &value.to_string()).header("content-type", "application/json")
    }

    pub(crate) fn text(status: u16, body: &str) -> Self {
        let body = Content::Text(body.to_owned());
        Self { status, headers: Vec::new(), body, delay: Duration::ZERO }
    }

    pub(crate) fn html() -> Self {
        Self::text(200, "<!doctype html><title>Sign in</title>").header("content-type", "text/html")
    }

    /// A body without a length that never ends.
    pub(crate) fn endless() -> Self {
        Self { body: Content::Endless, ..Self::text(200, "") }
    }

    /// A body whose connection fails half-way.
    pub(crate) fn broken_off() -> Self {
        Self { body: Content::BrokenOff, ..Self::text(200, "") }
    }

    pub(crate) fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    pub(crate) fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    async fn send(self) -> Response<Body> {
        tokio::time::sleep(self.delay).await;
        let chunk = || Ok::<_, Infallible>(Bytes::from_static(&[b' '; 4096]));
        let body = match self.body {
            Content::Text(text) => Body::from(text),
            Content::Endless => Body::from_stream(stream::repeat_with(chunk)),
            Content::BrokenOff => {
                let failure = stream::iter([Ok(Bytes::from_static(b"{")), Err("broken off")]);
                // The failure must come after the first bytes are sent, or the head of the answer is lost with it.
                Body::from_stream(failure.then(|item| async move {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                    item
                }))
            }
        };
        let mut response = Response::builder().status(self.status);
        for (name, value) in self.headers {
            response = response.header(name, value);
        }
        response.body(body).unwrap()
    }
}

#[derive(Default)]
struct Inner {
    replies: HashMap<String, Reply>,
    /// What comes first, each of it once.
    before: HashMap<String, VecDeque<Reply>>,
    requests: Vec<(String, String)>,
    authorizations: HashMap<String, String>,
}

/// The provider, its clock, and what was asked of it.
pub(crate) struct Provider {
    pub(crate) issuer: String,
    pub(crate) clock: Arc<TestClock>,
    inner: Arc<Mutex<Inner>>,
}

impl Provider {
    /// One that behaves: it signs with [`CURRENT`].
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}/", listener.local_addr().unwrap());
        let inner = Arc::new(Mutex::new(Inner::default()));
        let router = Router::new().fallback(answer).with_state(Arc::clone(&inner));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let provider = Self { issuer, clock: Arc::new(TestClock(NOW.into())), inner };
        provider.reply(DISCOVERY, Reply::json(&provider.document()));
        provider.publish(&[CURRENT.jwk()]);
        provider
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.issuer.trim_end_matches('/'))
    }

    /// Its honest discovery document.
    pub(crate) fn document(&self) -> Value {
        json!({
            "issuer": self.issuer,
            "authorization_endpoint": self.url("/authorize"),
            "token_endpoint": self.url(TOKEN),
            "jwks_uri": self.url(KEYS),
            "end_session_endpoint": self.url("/logout"),
            "id_token_signing_alg_values_supported": ["none", "HS256", "RS256", "PS256", "ES256"],
        })
    }

    pub(crate) fn reply(&self, path: &str, reply: Reply) {
        self.inner.lock().unwrap().replies.insert(path.to_owned(), reply);
    }

    /// Before it answers as it was told to, it answers like this.
    pub(crate) fn first_reply(&self, path: &str, replies: &[Reply]) {
        let replies = replies.iter().cloned().collect();
        self.inner.lock().unwrap().before.insert(path.to_owned(), replies);
    }

    pub(crate) fn publish(&self, keys: &[Value]) {
        self.reply(KEYS, Reply::json(&json!({ "keys": keys })));
    }

    /// How often a path was asked for.
    pub(crate) fn hits(&self, path: &str) -> usize {
        self.inner.lock().unwrap().requests.iter().filter(|(asked, _)| asked == path).count()
    }

    /// Every request so far: path and body.
    pub(crate) fn requests(&self) -> Vec<(String, String)> {
        self.inner.lock().unwrap().requests.clone()
    }

    /// The `Authorization` header of the last request to a path.
    pub(crate) fn authorization(&self, path: &str) -> String {
        self.inner.lock().unwrap().authorizations.get(path).cloned().unwrap_or_default()
    }

    pub(crate) fn registration(&self) -> Registration {
        Registration {
            issuer: Issuer::try_from(self.issuer.as_str()).unwrap(),
            client_id: CLIENT_ID.to_owned(),
            client_secret: CLIENT_SECRET.into(),
            redirect_uri: "https://product.example/auth/callback".parse().unwrap(),
        }
    }

    pub(crate) fn party(&self) -> Arc<RelyingParty> {
        self.party_accepting(SigningAlgorithm::Rs256)
    }

    pub(crate) fn party_accepting(&self, algorithm: SigningAlgorithm) -> Arc<RelyingParty> {
        let http = http_client().unwrap();
        let clock: Arc<dyn Clock> = Arc::clone(&self.clock) as _;
        Arc::new(RelyingParty::with_algorithms(self.registration(), vec![algorithm], clock, http))
    }

    fn seconds(&self) -> i64 {
        self.clock.now().as_seconds()
    }

    /// The claims of an honest ID token.
    pub(crate) fn claims(&self) -> Value {
        json!({
            "iss": self.issuer,
            "sub": "auth0|66f1c0ffee1234567890abcd",
            "aud": CLIENT_ID,
            "iat": self.seconds(),
            "exp": self.seconds() + 36_000,
            "nonce": NONCE,
            "sid": "session-1",
            "email": "ana@acme.example",
        })
    }

    /// The claims of an honest logout token.
    pub(crate) fn logout_claims(&self) -> Value {
        json!({
            "iss": self.issuer,
            "sub": "auth0|66f1c0ffee1234567890abcd",
            "aud": CLIENT_ID,
            "iat": self.seconds(),
            "exp": self.seconds() + 120,
            "jti": "logout-1",
            "sid": "session-1",
            "events": { "http://schemas.openid.net/event/backchannel-logout": {} },
        })
    }

    /// What the token endpoint answers to an honest request.
    pub(crate) fn tokens(&self, key: &Key) -> Value {
        json!({
            "access_token": "the-access-token",
            "token_type": "Bearer",
            "expires_in": 86_400,
            "id_token": key.token(&self.claims()),
        })
    }
}

async fn answer(State(inner): State<Arc<Mutex<Inner>>>, request: Request<Body>) -> Response<Body> {
    let path = request.uri().path().to_owned();
    let authorization =
        request.headers().get("authorization").map(|value| value.to_str().unwrap().to_owned());
    let body = axum::body::to_bytes(request.into_body(), 1 << 20).await.unwrap();
    let body = String::from_utf8(body.to_vec()).unwrap();
    let reply = {
        let mut inner = inner.lock().unwrap();
        inner.requests.push((path.clone(), body));
        inner.authorizations.extend(authorization.map(|value| (path.clone(), value)));
        let before = inner.before.get_mut(&path).and_then(VecDeque::pop_front);
        before.or_else(|| inner.replies.get(&path).cloned())
    };
    reply.unwrap_or_else(|| Reply::text(404, "")).send().await
}

/// The same object with one member changed.
pub(crate) fn with(mut object: Value, member: &str, value: impl Into<Value>) -> Value {
    object[member] = value.into();
    object
}

/// The same object with one member fewer.
pub(crate) fn without(mut object: Value, member: &str) -> Value {
    object.as_object_mut().unwrap().remove(member).unwrap();
    object
}

/// Why a token was refused; anything else is a failure of the test.
pub(crate) fn reason<T: std::fmt::Debug>(verdict: Result<T, OidcError>) -> tenantry_oidc::TokenRejected {
    match verdict {
        Err(OidcError::Rejected(reason)) => reason,
        other => panic!("not refused: {other:?}"),
    }
}
