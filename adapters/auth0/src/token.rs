//! The machine-to-machine token with which the Management API is called: one for all callers.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use reqwest::{Client, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use tenantry_domain::Timestamp;
use tenantry_oidc::{Issuer, MAX_BODY_BYTES, read_body, retry_after};
use tenantry_ports::Clock;
use tokio::sync::Mutex;

use crate::ManagementError;

/// How long before its end a token is no longer used.
const MARGIN: Duration = Duration::from_mins(1);
/// How long a token is taken to live when the answer does not say.
const DEFAULT_LIFETIME: Duration = Duration::from_mins(5);

/// How the product proves who it is to the Management API.
#[derive(Clone, Debug)]
pub(crate) struct Credentials {
    pub(crate) client_id: String,
    pub(crate) client_secret: SecretString,
    pub(crate) scopes: Option<String>,
}

/// Hands out one cached token (client credentials, RFC 6749 section 4.4), and renews it once for all who wait.
pub(crate) struct TokenSource {
    endpoint: String,
    audience: String,
    /// `None` when the token was given by hand and can't be renewed.
    credentials: Option<Credentials>,
    http: Client,
    clock: Arc<dyn Clock>,
    held: RwLock<Option<Token>>,
    /// Held across the renewal on purpose: waiting for it is how callers share it.
    renewing: Mutex<()>,
}

/// A token, and until when it may be used.
#[derive(Clone)]
pub(crate) struct Token {
    value: Arc<SecretString>,
    usable_until: Timestamp,
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
    pub(crate) fn expose(&self) -> &str {
        self.value.expose_secret()
    }

    fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.value, &other.value)
    }
}

impl TokenSource {
    pub(crate) fn new(
        issuer: &Issuer,
        credentials: Credentials,
        http: Client,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            endpoint: format!("{}oauth/token", issuer.as_str()),
            audience: format!("{}api/v2/", issuer.as_str()),
            credentials: Some(credentials),
            http,
            clock,
            held: RwLock::new(None),
            renewing: Mutex::new(()),
        }
    }

    /// Always the same token, which somebody got elsewhere.
    pub(crate) fn given(issuer: &Issuer, token: SecretString, http: Client, clock: Arc<dyn Clock>) -> Self {
        let held = Token { value: Arc::new(token), usable_until: Timestamp::MAX };
        Self {
            endpoint: format!("{}oauth/token", issuer.as_str()),
            audience: format!("{}api/v2/", issuer.as_str()),
            credentials: None,
            http,
            clock,
            held: RwLock::new(Some(held)),
            renewing: Mutex::new(()),
        }
    }

    /// A token that is good for a while.
    pub(crate) async fn token(&self) -> Result<Token, ManagementError> {
        match self.held() {
            Some(token) => Ok(token),
            None => self.renew(None).await,
        }
    }

    /// A token in place of one that was refused. Of many callers that meet the same refusal one renews it.
    pub(crate) async fn instead_of(&self, refused: &Token) -> Result<Token, ManagementError> {
        self.renew(Some(refused)).await
    }

    async fn renew(&self, refused: Option<&Token>) -> Result<Token, ManagementError> {
        let _renewing = self.renewing.lock().await;
        if let Some(token) = self.held()
            && refused.is_none_or(|refused| !token.is(refused))
        {
            return Ok(token);
        }
        let token = self.request().await?;
        *self.held.write().unwrap_or_else(PoisonError::into_inner) = Some(token.clone());
        Ok(token)
    }

    fn held(&self) -> Option<Token> {
        let now = self.clock.now();
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        held.as_ref().filter(|token| now < token.usable_until).cloned()
    }

    async fn request(&self) -> Result<Token, ManagementError> {
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
        let response = self.http.post(&self.endpoint).form(&form).send().await;
        let response = response.map_err(|error| ManagementError::Unreachable(error.without_url()))?;
        let (status, wait) = (response.status(), retry_after(response.headers(), now));
        let body = read_body(response, MAX_BODY_BYTES).await?;
        match status {
            StatusCode::OK => {
                let granted: Granted = serde_json::from_slice(&body).map_err(ManagementError::Malformed)?;
                let lifetime = granted.expires_in.map_or(DEFAULT_LIFETIME, Duration::from_secs);
                Ok(Token {
                    value: Arc::new(granted.access_token.into()),
                    usable_until: now + lifetime.saturating_sub(MARGIN),
                })
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
        f.debug_struct("TokenSource").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}
