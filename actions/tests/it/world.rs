//! A host of the tests' own, and events to log in with.

use std::collections::BTreeMap;
use std::future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use serde_json::{Map, Value, json};
use tenantry_actions::{
    Action, ApiRequest, ApiResponse, Cache, Credentials, Dependency, Execution, Host, Limits, post_login,
};

/// 2024-09-16T23:58:28.392Z
pub(crate) const NOW: i64 = 1_726_531_108_392;

/// Answers as it was told and remembers what it was asked.
#[derive(Default)]
pub(crate) struct World {
    pub(crate) calls: Mutex<Vec<(Credentials, ApiRequest)>>,
    /// By `METHOD /path`. What is not here answers 404; Status 0 never answers, 1 gives up.
    pub(crate) answers: BTreeMap<String, (u16, Value)>,
    cache: Cache,
    random: AtomicU64,
}

impl World {
    pub(crate) fn answering(answers: &[(&str, u16, Value)]) -> Arc<Self> {
        let answers =
            answers.iter().map(|(what, status, body)| ((*what).to_owned(), (*status, body.clone())));
        Arc::new(Self { answers: answers.collect(), ..Self::default() })
    }

    /// What was asked, as `METHOD /path?query` and body.
    pub(crate) fn asked(&self) -> Vec<(String, Value)> {
        let told = |request: &ApiRequest| {
            let pairs: Vec<_> = request.query.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let query = if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) };
            let body = request.body.clone().unwrap_or_default();
            (format!("{} {}{query}", request.method, request.path), body)
        };
        self.calls.lock().unwrap().iter().map(|(_, request)| told(request)).collect()
    }

    async fn answer(&self, credentials: &Credentials, request: ApiRequest) -> ApiResponse {
        let found = self.answers.get(&format!("{} {}", request.method, request.path)).cloned();
        self.calls.lock().unwrap().push((credentials.clone(), request));
        let (status, body) = found.unwrap_or_else(|| {
            let message = "The resource does not exist.";
            (404, json!({ "statusCode": 404, "error": "Not Found", "message": message, "errorCode": "inexistent" }))
        });
        if status == 0 {
            future::pending::<()>().await;
        }
        assert_ne!(status, 1, "the host gives up");
        let headers = Map::from_iter([("x-ratelimit-limit".to_owned(), json!("10"))]);
        ApiResponse { status, body: Some(body).filter(|body| !body.is_null()), headers }
    }
}

#[async_trait]
impl Host for World {
    async fn management(&self, credentials: &Credentials, request: ApiRequest) -> ApiResponse {
        self.answer(credentials, request).await
    }

    async fn authentication(&self, credentials: &Credentials, request: ApiRequest) -> ApiResponse {
        self.answer(credentials, request).await
    }

    fn now_ms(&self) -> i64 {
        NOW
    }

    fn random(&self, bytes: &mut [u8]) {
        for byte in bytes {
            *byte = (self.random.fetch_add(37, Ordering::Relaxed) % 256).try_into().unwrap();
        }
    }

    fn cache(&self) -> &Cache {
        &self.cache
    }
}

pub(crate) fn action(name: &str, code: &str) -> Action {
    Action {
        id: format!("act_{name}"),
        name: name.to_owned(),
        code: code.to_owned(),
        secrets: BTreeMap::new(),
        dependencies: Vec::new(),
    }
}

/// An Action whose handler has this body.
pub(crate) fn handler(body: &str) -> Action {
    action("handler", &format!("exports.onExecutePostLogin = async (event, api) => {{\n{body}\n}};"))
}

/// The same, with `auth0` of this version.
pub(crate) fn with_auth0(version: &str, body: &str) -> Action {
    let code = format!(
        "const {{ ManagementClient }} = require('auth0');
        exports.onExecutePostLogin = async (event, api) => {{
          const management = new ManagementClient({{ domain: 'acme.example', clientId: 'id', clientSecret: 'secret' }});
          {body}
        }};"
    );
    let mut action = action("with auth0", &code);
    if !version.is_empty() {
        action.dependencies = vec![Dependency { name: "auth0".to_owned(), version: version.to_owned() }];
    }
    action
}

/// Somebody without an organization, at the first login.
pub(crate) fn event() -> Value {
    json!({
        "user": { "user_id": "auth0|1", "email": "ada@acme.example", "app_metadata": {}, "user_metadata": {} },
        "stats": { "logins_count": 1 },
        "request": { "ip": "192.0.2.1", "hostname": "acme.example", "query": {}, "body": {} },
        "transaction": { "protocol": "oidc-basic-profile", "metadata": {} },
        "secrets": {},
    })
}

pub(crate) async fn run(actions: &[Action], event: Value) -> Execution {
    run_in(World::answering(&[]), actions, event).await
}

pub(crate) async fn run_in(world: Arc<World>, actions: &[Action], event: Value) -> Execution {
    post_login(actions, event, world, &Limits::default()).await
}

/// What the body logs, when nothing fails.
pub(crate) async fn logged(body: &str) -> Vec<String> {
    lines(&run(&[handler(body)], event()).await)
}

pub(crate) fn lines(execution: &Execution) -> Vec<String> {
    assert!(execution.runs.iter().all(|run| run.error.is_none()), "{:?}", execution.runs);
    execution.runs.iter().flat_map(|run| &run.console).map(|line| line.text.clone()).collect()
}

pub(crate) fn short() -> Limits {
    Limits { run_time: Duration::from_millis(300), ..Limits::default() }
}
