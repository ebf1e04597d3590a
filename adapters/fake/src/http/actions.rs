//! Runs the team's Actions between a login and its tokens, and is the network that they see: nothing but this
//! provider's own APIs, whatever an Action makes of the client that it calls them with.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use async_trait::async_trait;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, header};
use serde_json::{Map, Value, json};
use tenantry_actions::{
    ApiRequest, ApiResponse, Cache, Credentials, Execution, Host, Limits, Suspended, continue_post_login,
    post_login,
};
use tokio::sync::OwnedSemaphorePermit;
use tower::ServiceExt as _;
use url::form_urlencoded;

use super::errors::PageError;
use super::way_on::WayOn;
use crate::fake::Core;
use crate::login::{self, Browser, Next, Pending};
use crate::store::StoreError;
use crate::tokens::management_audience;

/// Runs the Actions of a login and concludes it. Nothing is locked meanwhile.
pub(super) async fn run(core: &Arc<Core>, browser: &Browser, pending: Pending) -> Result<Next, PageError> {
    let epoch = core.store.epoch();
    let event = core.store.read(|state| login::event_of_login(state, &core.context(), browser, &pending))?;
    let execution = execute(core, event, pending.suspended.clone()).await?;
    let (context, handle) = (core.context(), pending.transaction.handle.clone());
    let conclude = |state: &mut _| {
        // A login of the state that was given up has nobody in this one.
        if core.store.epoch() != epoch {
            return Ok::<_, StoreError>(None);
        }
        Ok(login::conclude_actions(state, &context, browser, pending, execution))
    };
    let expired = || PageError::expired().with_way_on(WayOn::from_login(core, Some(&handle)));
    core.store.write(conclude).await?.ok_or_else(expired)
}

/// Runs the bound Actions on the event, from the first or from where they were left.
pub(super) async fn execute(
    core: &Arc<Core>,
    event: Value,
    suspended: Option<Suspended>,
) -> Result<Execution, StoreError> {
    let actions = core.store.read(login::bound)?;
    // An Action that logs in itself starts itself again: waiting for a place is what ends that, with its time.
    let place = Arc::clone(&core.actions_running).acquire_owned().await.ok();
    let limits = Limits { run_time: core.config.action_run_time, ..Limits::default() };
    let host = Arc::new(Network {
        core: core.clone(),
        cache: core.actions_cache.current(),
        router: OnceLock::new(),
        tokens: Mutex::default(),
        _place: place,
    });
    Ok(match suspended {
        None => post_login(&actions, event, host, &limits).await,
        Some(suspended) => continue_post_login(&actions, suspended, event, host, &limits).await,
    })
}

/// What Actions reach: this provider, by its own host name.
struct Network {
    core: Arc<Core>,
    cache: Arc<Cache>,
    /// Made when the first call comes: most Actions make none.
    router: OnceLock<Router>,
    /// Access tokens by the id and secret that they were got with.
    tokens: Mutex<HashMap<(String, String), String>>,
    /// Given back by the last who holds this: an engine that could not be stopped keeps it until it ends.
    _place: Option<OwnedSemaphorePermit>,
}

/// What Actions reach of this provider: its APIs for programs. The pages are for people, and the control API is for those
/// who test.
fn is_open(path: &str) -> bool {
    path == "/oauth/token" || ["/dbconnections/", "/api/v2/"].into_iter().any(|base| path.starts_with(base))
}

/// Larger answers than any of the API's.
const ANSWER_LIMIT: usize = 16 << 20;

impl Network {
    /// Whether `domain` is this provider's, with or without the port.
    fn is_ours(&self, domain: &str) -> bool {
        let issuer = &self.core.config.issuer;
        let Some(host) = issuer.host_str() else { return false };
        let with_port = issuer.port().map(|port| format!("{host}:{port}"));
        domain.eq_ignore_ascii_case(host)
            || with_port.is_some_and(|with_port| domain.eq_ignore_ascii_case(&with_port))
    }

    async fn send(&self, token: Option<&str>, path: &str, request: &ApiRequest) -> ApiResponse {
        let query = if request.query.is_empty() {
            String::new()
        } else {
            format!(
                "?{}",
                form_urlencoded::Serializer::new(String::new()).extend_pairs(&request.query).finish()
            )
        };
        let mut builder = Request::builder()
            .method(request.method.as_str())
            .uri(format!("{path}{query}"))
            .header(header::HOST, self.core.config.issuer.authority());
        if let Some(token) = token {
            builder = builder.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let built = match &request.body {
            Some(body) => {
                builder.header(header::CONTENT_TYPE, "application/json").body(Body::from(body.to_string()))
            }
            None => builder.body(Body::empty()),
        };
        let Ok(built) = built else { return failure(400, "The request is not valid") };
        if !is_open(built.uri().path()) {
            return failure(404, "Not Found");
        }
        let router = self.router.get_or_init(|| super::router(self.core.clone())).clone();
        let Ok(response) = router.oneshot(built).await;
        let (parts, body) = response.into_parts();
        let Ok(bytes) = to_bytes(body, ANSWER_LIMIT).await else { return failure(0, "read ECONNRESET") };
        let headers = parts
            .headers
            .iter()
            .filter_map(|(name, value)| Some((name.as_str().to_owned(), Value::from(value.to_str().ok()?))));
        ApiResponse {
            status: parts.status.as_u16(),
            body: (!bytes.is_empty()).then(|| {
                serde_json::from_slice(&bytes)
                    .unwrap_or_else(|_| Value::from(String::from_utf8_lossy(&bytes).into_owned()))
            }),
            headers: headers.collect(),
        }
    }

    /// The token that the client brought, or one for its id and secret.
    async fn token(&self, credentials: &Credentials) -> Result<String, ApiResponse> {
        if let Some(token) = &credentials.token {
            return Ok(token.clone());
        }
        let key = (
            credentials.client_id.clone().unwrap_or_default(),
            credentials.client_secret.clone().unwrap_or_default(),
        );
        let known = self.tokens.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        if let Some(token) = known {
            return Ok(token);
        }
        let body = json!({
            "grant_type": "client_credentials",
            "client_id": key.0,
            "client_secret": key.1,
            "audience": self.audience(credentials),
        });
        let request = ApiRequest {
            method: "POST".to_owned(),
            path: String::new(),
            query: Vec::new(),
            body: Some(body),
        };
        let answer = self.send(None, "/oauth/token", &request).await;
        let token = answer.body.as_ref().and_then(|body| body.get("access_token")).and_then(Value::as_str);
        let Some(token) = token.map(str::to_owned) else { return Err(answer) };
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner).insert(key, token.clone());
        Ok(token)
    }

    /// The Management API's, unless the Action names another one. Clients always write `https`.
    fn audience(&self, credentials: &Credentials) -> String {
        let ours = management_audience(&self.core.config.issuer);
        let usual = format!("https://{}/api/v2/", credentials.domain);
        credentials.audience.clone().filter(|audience| *audience != usual).unwrap_or(ours)
    }
}

fn failure(status: u16, message: &str) -> ApiResponse {
    ApiResponse { status, body: Some(json!({ "message": message })), headers: Map::new() }
}

fn not_found(domain: &str) -> ApiResponse {
    failure(0, &format!("getaddrinfo ENOTFOUND {domain}"))
}

#[async_trait]
impl Host for Network {
    async fn management(&self, credentials: &Credentials, request: ApiRequest) -> ApiResponse {
        if !self.is_ours(&credentials.domain) {
            return not_found(&credentials.domain);
        }
        match self.token(credentials).await {
            Ok(token) => self.send(Some(&token), &format!("/api/v2{}", request.path), &request).await,
            Err(refused) => refused,
        }
    }

    async fn authentication(&self, credentials: &Credentials, mut request: ApiRequest) -> ApiResponse {
        if !self.is_ours(&credentials.domain) {
            return not_found(&credentials.domain);
        }
        if let Some(Value::Object(body)) = &mut request.body {
            let own = [("client_id", &credentials.client_id), ("client_secret", &credentials.client_secret)];
            for (name, value) in own {
                if let (Some(value), false) = (value, body.contains_key(name)) {
                    body.insert(name.to_owned(), value.as_str().into());
                }
            }
        }
        self.send(credentials.token.as_deref(), &request.path, &request).await
    }

    fn now_ms(&self) -> i64 {
        self.core.clock.now().as_millis()
    }

    fn random(&self, bytes: &mut [u8]) {
        self.core.ids.fill(bytes);
    }

    fn cache(&self) -> &Cache {
        &self.cache
    }
}
