//! The machine-to-machine token with which the Management API is called: one for all callers, renewed before it ends.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use reqwest::{Client, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use tenantry_domain::Timestamp;
use tenantry_oidc::{Issuer, MAX_BODY_BYTES, read_body, retry_after};
use tenantry_ports::Clock;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::ManagementError;
use crate::management::metrics;

/// How long a token is taken to live when the answer does not say.
const DEFAULT_LIFETIME: Duration = Duration::from_mins(5);
/// Auth0 lets no token live longer.
const LONGEST_LIFETIME: Duration = Duration::from_hours(30 * 24);
/// So long before its end a token is renewed, of one that lives shortly a quarter of its life; it serves meanwhile.
const AHEAD: Duration = Duration::from_mins(10);
/// So long before its end it serves no more, of one that lives shortly a twentieth of its life: requests take time.
const MARGIN: Duration = Duration::from_secs(30);
/// How long the endpoint may take.
const PATIENCE: Duration = Duration::from_millis(3500);
/// After a refusal the endpoint is left alone for so long, whoever asks, unless it asks for less itself.
const PAUSE: Duration = Duration::from_secs(2);
/// And for so long in any case: the many who ask at the same time make one request.
const SHORTEST_PAUSE: Duration = Duration::from_millis(500);

/// How the product proves who it is to the Management API.
#[derive(Clone, Debug)]
pub(crate) struct Credentials {
    pub(crate) client_id: String,
    pub(crate) client_secret: SecretString,
    pub(crate) scopes: Option<String>,
}

/// Hands out one cached token (client credentials, RFC 6749 section 4.4), and renews it once for all.
///
/// A renewal is a task of its own: it ends as well when the caller who began it has lost patience, so that the next one
/// does not begin another.
#[derive(Clone)]
pub(crate) struct TokenSource(Arc<Source>);

struct Source {
    endpoint: String,
    audience: String,
    /// `None` when the token was given by hand and can't be renewed.
    credentials: Option<Credentials>,
    http: Client,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    held: Option<Token>,
    /// The renewal that is under way.
    renewal: Option<watch::Receiver<Option<Renewed>>>,
    /// The last refusal, and until when it is answered without asking.
    refusal: Option<(Arc<ManagementError>, Instant)>,
    /// Until when nothing is renewed ahead of time, because that has just failed.
    not_ahead_before: Option<Instant>,
}

/// Why a token is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Why {
    /// There is none, or it ends soon.
    Time,
    /// The last one was refused before its time.
    Refusal,
}

type Renewed = Result<Token, Arc<ManagementError>>;

/// A token, and for how long it serves.
#[derive(Clone)]
pub(crate) struct Token(Arc<Held>);

struct Held {
    value: SecretString,
    renew_from: Timestamp,
    usable_until: Timestamp,
    came_at: Instant,
    why: Why,
    /// Whether Auth0 has ever taken it.
    was_taken: AtomicBool,
}

#[derive(serde::Deserialize)]
struct Granted {
    access_token: String,
    expires_in: Option<u64>,
}

#[derive(serde::Deserialize)]
struct Refused {
    error: Option<String>,
}

impl Token {
    fn new(granted: Granted, why: Why, now: Timestamp) -> Self {
        let lifetime = granted.expires_in.map_or(DEFAULT_LIFETIME, Duration::from_secs).min(LONGEST_LIFETIME);
        Self(Arc::new(Held {
            value: granted.access_token.into(),
            renew_from: now + lifetime.saturating_sub(AHEAD.min(lifetime / 4)),
            usable_until: now + lifetime.saturating_sub(MARGIN.min(lifetime / 20)),
            came_at: Instant::now(),
            why,
            was_taken: AtomicBool::new(false),
        }))
    }

    /// One that lives until it is refused.
    fn given(value: SecretString) -> Self {
        Self(Arc::new(Held {
            value,
            renew_from: Timestamp::MAX,
            usable_until: Timestamp::MAX,
            came_at: Instant::now(),
            why: Why::Time,
            was_taken: AtomicBool::new(false),
        }))
    }

    pub(crate) fn expose(&self) -> &str {
        self.0.value.expose_secret()
    }

    /// Notes that Auth0 has taken it.
    pub(crate) fn was_taken(&self) {
        self.0.was_taken.store(true, Ordering::Relaxed);
    }

    /// Whether another one would be refused as this one was: it has just come in place of a refused one, and was never
    /// taken either.
    fn was_in_vain(&self) -> bool {
        self.0.why == Why::Refusal
            && !self.0.was_taken.load(Ordering::Relaxed)
            && self.0.came_at.elapsed() < PAUSE
    }

    fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl TokenSource {
    pub(crate) fn new(
        issuer: &Issuer,
        credentials: Credentials,
        http: Client,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self(Arc::new(Source {
            endpoint: format!("{}oauth/token", issuer.as_str()),
            audience: format!("{}api/v2/", issuer.as_str()),
            credentials: Some(credentials),
            http,
            clock,
            state: Mutex::default(),
        }))
    }

    /// Always the same token, which somebody got elsewhere.
    pub(crate) fn given(issuer: &Issuer, token: SecretString, http: Client, clock: Arc<dyn Clock>) -> Self {
        let held = Token::given(token);
        Self(Arc::new(Source {
            endpoint: format!("{}oauth/token", issuer.as_str()),
            audience: format!("{}api/v2/", issuer.as_str()),
            credentials: None,
            http,
            clock,
            state: Mutex::new(State { held: Some(held), ..State::default() }),
        }))
    }

    /// A token that is good for a while. Nobody waits for it as long as the last one still serves.
    pub(crate) async fn token(&self) -> Result<Token, ManagementError> {
        let now = self.0.clock.now();
        let awaited = {
            let mut state = self.0.state();
            match &state.held {
                Some(token) if now < token.0.renew_from => return Ok(token.clone()),
                Some(token) if now < token.0.usable_until => {
                    let token = token.clone();
                    if state.not_ahead_before.is_none_or(|paused| paused <= Instant::now()) {
                        // Whether this succeeds is for those to learn who have no token any more.
                        let _ = self.renewal(&mut state, Why::Time);
                    }
                    return Ok(token);
                }
                _ => self.renewal(&mut state, Why::Time)?,
            }
        };
        awaited.landed().await
    }

    /// A token in place of one that was refused. Of many callers that meet the same refusal one renews it.
    pub(crate) async fn instead_of(&self, refused: &Token) -> Result<Token, ManagementError> {
        let awaited = {
            let mut state = self.0.state();
            match &state.held {
                Some(token) if !token.is(refused) => return Ok(token.clone()),
                _ if refused.was_in_vain() => {
                    let error = "the Management API takes none of the tokens that Auth0 gives".to_owned();
                    return Err(ManagementError::Unauthorized { error });
                }
                _ => {
                    state.held = None;
                    self.renewal(&mut state, Why::Refusal)?
                }
            }
        };
        awaited.landed().await
    }

    /// The renewal under way, or one that begins now.
    fn renewal(&self, state: &mut State, why: Why) -> Result<Awaited, ManagementError> {
        // One whose task is gone without a word is over.
        if let Some(under_way) = &state.renewal
            && under_way.has_changed().is_ok()
        {
            return Ok(Awaited { renewal: under_way.clone(), is_first: false });
        }
        if let Some((refusal, until)) = &state.refusal
            && Instant::now() < *until
        {
            return Err(shared(refusal, false));
        }
        let (landed, renewal) = watch::channel(None);
        state.renewal = Some(renewal.clone());
        let flight = Flight { source: Arc::clone(&self.0), why, landed };
        tokio::spawn(flight.run());
        Ok(Awaited { renewal, is_first: true })
    }
}

/// Somebody's wait for a renewal.
struct Awaited {
    renewal: watch::Receiver<Option<Renewed>>,
    /// Whether it was begun for them.
    is_first: bool,
}

impl Awaited {
    async fn landed(mut self) -> Result<Token, ManagementError> {
        let landed = self.renewal.wait_for(Option::is_some).await.ok().and_then(|landed| landed.clone());
        match landed {
            Some(renewed) => renewed.map_err(|error| shared(&error, self.is_first)),
            // The task is gone without a word: the process is ending.
            None => Err(ManagementError::TimedOut),
        }
    }
}

/// For how long the endpoint is left alone after this. A caller who waits as it was asked to must not be answered by what
/// is remembered: some pages wait for little more than a second.
fn pause_after(error: &ManagementError) -> Duration {
    match error {
        ManagementError::RateLimited { retry_after: Some(asked) } => (*asked).clamp(SHORTEST_PAUSE, PAUSE),
        _ => PAUSE,
    }
}

/// One error for many callers: what they can act on stays as it is.
fn shared(error: &Arc<ManagementError>, is_first: bool) -> ManagementError {
    match &**error {
        ManagementError::Unauthorized { error } => ManagementError::Unauthorized { error: error.clone() },
        ManagementError::RateLimited { retry_after } => {
            ManagementError::RateLimited { retry_after: *retry_after }
        }
        _ => ManagementError::NoToken { source: Arc::clone(error), is_first },
    }
}

/// A renewal under way.
struct Flight {
    source: Arc<Source>,
    why: Why,
    landed: watch::Sender<Option<Renewed>>,
}

impl Flight {
    async fn run(self) {
        let outcome = self.source.request(self.why).await;
        metrics::token_requested(&outcome);
        let outcome = outcome.map_err(Arc::new);
        let mut state = self.source.state();
        state.renewal = None;
        match &outcome {
            Ok(token) => {
                state.held = Some(token.clone());
                (state.refusal, state.not_ahead_before) = (None, None);
            }
            Err(error) => {
                tracing::warn!(%error, "there is no new token for Auth0's Management API");
                let until = Instant::now() + pause_after(error);
                state.not_ahead_before = Some(until);
                let is_refusal = matches!(
                    **error,
                    ManagementError::Unauthorized { .. } | ManagementError::RateLimited { .. }
                );
                state.refusal = is_refusal.then(|| (Arc::clone(error), until));
            }
        }
        self.landed.send_replace(Some(outcome));
    }
}

impl Drop for Flight {
    /// One that ended without landing leaves the way to the next.
    fn drop(&mut self) {
        // A runtime that is shutting down drops it while whoever begins it holds the lock: the next renewal sees that the
        // channel is closed.
        if self.landed.borrow().is_none()
            && let Ok(mut state) = self.source.state.try_lock()
        {
            state.renewal = None;
        }
    }
}

impl Source {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn request(&self, why: Why) -> Result<Token, ManagementError> {
        let Some(credentials) = &self.credentials else {
            return Err(ManagementError::Unauthorized {
                error: "the token is not valid any more".to_owned(),
            });
        };
        let mut form = vec![
            ("grant_type", "client_credentials"),
            ("client_id", credentials.client_id.as_str()),
            ("client_secret", credentials.client_secret.expose_secret()),
            ("audience", self.audience.as_str()),
        ];
        if let Some(scopes) = &credentials.scopes {
            form.push(("scope", scopes));
        }
        let now = self.clock.now();
        let response = self.http.post(&self.endpoint).timeout(PATIENCE).form(&form).send().await;
        let response = response.map_err(|error| ManagementError::Unreachable(error.without_url()))?;
        let (status, wait) = (response.status(), retry_after(response.headers(), now));
        let body = read_body(response, MAX_BODY_BYTES).await?;
        match status {
            StatusCode::OK => {
                let granted: Granted = serde_json::from_slice(&body).map_err(ManagementError::Malformed)?;
                Ok(Token::new(granted, why, now))
            }
            StatusCode::TOO_MANY_REQUESTS => Err(ManagementError::RateLimited { retry_after: wait }),
            StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                let refused: Option<Refused> = serde_json::from_slice(&body).ok();
                let error = refused.and_then(|refused| refused.error).unwrap_or_else(|| status.to_string());
                Err(ManagementError::Unauthorized { error })
            }
            other => Err(ManagementError::Status(other)),
        }
    }
}

impl fmt::Debug for TokenSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenSource").field("endpoint", &self.0.endpoint).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
