//! Tells clients of logouts (OpenID Connect Back-Channel Logout): delivers the notices that wait in the state.
//!
//! A notice is written with the end of its session and removed when it was answered, so none is lost with the process.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use serde_json::{Map, Value, json};
use tenantry_domain::{Timestamp, UserId};
use tenantry_ports::LoggedOut;
use tokio::sync::OnceCell;
use tokio::task::JoinSet;

use crate::fake::Core;
use crate::model::{LogEntry, LogoutNotice};
use crate::store::{Row as _, StoreError};

/// How long a client may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a logout token is good for, in seconds.
const LIFETIME: i64 = 120;
/// How often a notice is tried at most.
const TRIES: u32 = 3;
/// Between two tries.
const PAUSE: Duration = Duration::from_millis(500);

/// What a logout token announces (OpenID Connect Back-Channel Logout, section 2.4).
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// The one task that delivers, and its HTTP client.
#[derive(Default)]
pub(crate) struct BackChannel {
    is_running: AtomicBool,
    http: OnceCell<reqwest::Client>,
}

/// Starts to deliver what waits, unless somebody is at it. Must be called in a Tokio runtime.
pub(crate) fn deliver(core: &Arc<Core>) {
    let waits = core.store.read(|state| state.logout_notices.len() > 0).unwrap_or(false);
    if waits && !core.back_channel.is_running.swap(true, Ordering::AcqRel) {
        // Weak, so that a provider which is dropped meanwhile lets go of its files.
        tokio::spawn(run(Arc::downgrade(core)));
    }
}

async fn run(core: Weak<Core>) {
    let running = Running(core.clone());
    drain(&core).await;
    drop(running);
    // What came in while the last one was being delivered found somebody at it.
    if let Some(core) = core.upgrade() {
        deliver(&core);
    }
}

/// Delivers until nothing waits.
async fn drain(core: &Weak<Core>) {
    loop {
        let Some(strong) = core.upgrade() else { return };
        let waiting: Vec<LogoutNotice> =
            strong.store.read(|state| state.logout_notices.iter().cloned().collect()).unwrap_or_default();
        if waiting.is_empty() {
            return;
        }
        let again = waiting.iter().any(|notice| notice.failures > 0);
        drop(strong);
        if again {
            tokio::time::sleep(PAUSE).await;
        }
        let mut deliveries = JoinSet::new();
        for notice in waiting {
            deliveries.spawn(deliver_one(core.clone(), notice));
        }
        if deliveries.join_all().await.contains(&false) {
            return;
        }
    }
}

/// Says that nobody delivers any more, however the task ends.
struct Running(Weak<Core>);

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(core) = self.0.upgrade() {
            core.back_channel.is_running.store(false, Ordering::Release);
        }
    }
}

/// `false` when the provider is gone or its disk has failed.
async fn deliver_one(core: Weak<Core>, notice: LogoutNotice) -> bool {
    let Some(request) = prepare(&core, &notice).await else { return false };
    let answer = match request {
        Ok(request) => post(request).await,
        Err(failure) => Err(failure),
    };
    let Some(core) = core.upgrade() else { return false };
    conclude(&core, &notice, answer).await.is_ok()
}

/// Why a client has not heard of a logout.
enum Failure {
    /// It refuses to: there is no point in another try.
    Refused(String),
    /// Another try may succeed.
    Unreachable(String),
}

async fn prepare(
    core: &Weak<Core>,
    notice: &LogoutNotice,
) -> Option<Result<reqwest::RequestBuilder, Failure>> {
    let core = core.upgrade()?;
    let unreachable = |error: &dyn std::error::Error| Failure::Unreachable(error.to_string());
    let http = core.back_channel.http.get_or_try_init(|| async { tenantry_oidc::http_client() }).await;
    let keys = core.keys.ready().await;
    Some(match (http, keys) {
        (Ok(http), Ok(keys)) => keys
            .sign("logout+jwt", &claims(&core, notice))
            .map(|token| http.post(&notice.url).timeout(PATIENCE).form(&[("logout_token", token)]))
            .map_err(|error| unreachable(&error)),
        (Err(error), _) => Err(unreachable(&error)),
        (_, Err(error)) => Err(unreachable(&error)),
    })
}

/// Holds nothing of the provider while it waits.
async fn post(request: reqwest::RequestBuilder) -> Result<(), Failure> {
    let answer =
        request.send().await.map_err(|error| Failure::Unreachable(error.without_url().to_string()))?;
    let status = answer.status();
    let says = format!("The client answered with status {}", status.as_u16());
    if status.is_success() {
        Ok(())
    } else if status == reqwest::StatusCode::BAD_REQUEST {
        Err(Failure::Refused(says))
    } else {
        Err(Failure::Unreachable(says))
    }
}

fn claims(core: &Core, notice: &LogoutNotice) -> Map<String, Value> {
    let now = core.clock.now().as_seconds();
    let claims = json!({
        "iss": core.config.issuer,
        "sub": notice.user_id,
        "aud": notice.client_id,
        "iat": now,
        "exp": now.saturating_add(LIFETIME),
        "jti": core.ids.session(),
        "sid": notice.sid,
        "trace_id": core.ids.trace(),
        "events": { EVENT: {} },
    });
    claims.as_object().cloned().unwrap_or_default()
}

/// Whom a token of ours says that it logs out, if it says so to this client and its time is not over.
pub(crate) fn read(
    claims: &Map<String, Value>,
    issuer: &str,
    client_id: &str,
    now: Timestamp,
) -> Option<LoggedOut> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    let lives = claims.get("exp").and_then(Value::as_i64).is_some_and(|exp| now.as_seconds() < exp);
    let is_logout =
        claims.get("events").is_some_and(|events| events.get(EVENT).is_some_and(Value::is_object))
            && !claims.contains_key("nonce");
    if !lives || !is_logout || text("iss") != Some(issuer) || text("aud") != Some(client_id) {
        return None;
    }
    match text("sid") {
        Some(sid) => Some(LoggedOut::ProviderSession(sid.to_owned())),
        None => UserId::try_from(text("sub")?).ok().map(LoggedOut::User),
    }
}

async fn conclude(core: &Core, notice: &LogoutNotice, answer: Result<(), Failure>) -> Result<(), StoreError> {
    let context = core.context();
    core.store
        .write(|state| {
            if state.logout_notices.get(&notice.key()).is_none() {
                // The state was brought back to another one while the client answered.
                return Ok(());
            }
            let entry = |kind: &str, description: Option<String>| LogEntry {
                description,
                client_id: Some(notice.client_id.clone()),
                user_id: Some(notice.user_id.clone()),
                ..LogEntry::new(kind, &context)
            };
            let failures = notice.failures + 1;
            match answer {
                Err(Failure::Unreachable(_)) if failures < TRIES => {
                    state.logout_notices.put(LogoutNotice { failures, ..notice.clone() });
                    return Ok(());
                }
                Err(Failure::Unreachable(why) | Failure::Refused(why)) => {
                    state.log(entry("oidc_backchannel_logout_failed", Some(why)));
                }
                Ok(()) => state.log(entry("oidc_backchannel_logout_succeeded", None)),
            }
            state.logout_notices.remove(&notice.key());
            Ok(())
        })
        .await
}
