//! Calls to the Management API: authenticated, bounded, and with errors told apart.

use std::sync::Arc;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::{Client, Method, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tenantry_domain::Timestamp;
use tenantry_oidc::{Issuer, read_body, retry_after};
use tenantry_ports::Clock;

use crate::ManagementError;
use crate::token::{Token, TokenSource};

/// Everything but what RFC 3986 section 2.3 leaves unreserved: user ids hold `|`.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The largest answer that is read: a page of 100 members with long names and many roles fits well.
const LARGEST_ANSWER: usize = 2 * 1024 * 1024;

/// The Management API of one Auth0 tenant.
#[derive(Debug)]
pub(crate) struct Management {
    base: String,
    tokens: TokenSource,
    http: Client,
    clock: Clocked,
}

struct Clocked(Arc<dyn Clock>);

impl std::fmt::Debug for Clocked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Clock")
    }
}

/// An operation of the Management API.
pub(crate) struct Operation<'a, B: ?Sized = ()> {
    method: Method,
    path: &'a [&'a str],
    query: &'a [(&'a str, &'a str)],
    body: Option<&'a B>,
}

impl<'a> Operation<'a> {
    pub(crate) fn get(path: &'a [&'a str], query: &'a [(&'a str, &'a str)]) -> Self {
        Self { method: Method::GET, path, query, body: None }
    }
}

impl<'a, B: Serialize + ?Sized> Operation<'a, B> {
    pub(crate) fn post(path: &'a [&'a str], body: &'a B) -> Self {
        Self { method: Method::POST, path, query: &[], body: Some(body) }
    }

    pub(crate) fn patch(path: &'a [&'a str], body: &'a B) -> Self {
        Self { method: Method::PATCH, path, query: &[], body: Some(body) }
    }
}

#[derive(serde::Deserialize)]
struct ErrorBody {
    message: Option<String>,
}

impl Management {
    pub(crate) fn new(issuer: &Issuer, tokens: TokenSource, http: Client, clock: Arc<dyn Clock>) -> Self {
        Self { base: format!("{}api/v2", issuer.as_str()), tokens, http, clock: Clocked(clock) }
    }

    /// Calls an operation that answers with JSON.
    pub(crate) async fn call<T: DeserializeOwned, B: Serialize + Sync + ?Sized>(
        &self,
        operation: &Operation<'_, B>,
    ) -> Result<T, ManagementError> {
        let body = self.send(operation).await?;
        serde_json::from_slice(&body).map_err(ManagementError::Malformed)
    }

    /// Calls an operation whose answer says nothing beyond its status.
    pub(crate) async fn run<B: Serialize + Sync + ?Sized>(
        &self,
        operation: &Operation<'_, B>,
    ) -> Result<(), ManagementError> {
        self.send(operation).await.map(|_| ())
    }

    async fn send<B: Serialize + Sync + ?Sized>(
        &self,
        operation: &Operation<'_, B>,
    ) -> Result<Vec<u8>, ManagementError> {
        let token = self.tokens.token().await?;
        match self.send_with(&token, operation).await {
            // A token that was revoked or outlived its keys: one renewal, shared by all who meet this, then one more try.
            Err(ManagementError::Unauthorized { .. }) => {
                let token = self.tokens.instead_of(&token).await?;
                self.send_with(&token, operation).await
            }
            outcome => outcome,
        }
    }

    async fn send_with<B: Serialize + Sync + ?Sized>(
        &self,
        token: &Token,
        operation: &Operation<'_, B>,
    ) -> Result<Vec<u8>, ManagementError> {
        // URL parsers take these segments for steps, also when they are percent-encoded: nothing is called that.
        if operation.path.iter().any(|segment| matches!(*segment, "" | "." | "..")) {
            return Err(ManagementError::NotFound);
        }
        let mut request =
            self.http.request(operation.method.clone(), self.url(operation.path)).bearer_auth(token.expose());
        if !operation.query.is_empty() {
            request = request.query(operation.query);
        }
        if let Some(body) = operation.body {
            request = request.json(body);
        }
        let response =
            request.send().await.map_err(|error| ManagementError::Unreachable(error.without_url()))?;
        let (status, wait) = (response.status(), retry_after(response.headers(), self.now()));
        let body = read_body(response, LARGEST_ANSWER).await?;
        if status.is_success() {
            return Ok(body);
        }
        let message = serde_json::from_slice::<ErrorBody>(&body).ok().and_then(|body| body.message);
        let message = message.unwrap_or_else(|| "it did not say why".to_owned());
        Err(match status {
            StatusCode::BAD_REQUEST => ManagementError::BadRequest { message },
            StatusCode::UNAUTHORIZED => ManagementError::Unauthorized { error: message },
            StatusCode::FORBIDDEN => ManagementError::Forbidden { message },
            StatusCode::NOT_FOUND => ManagementError::NotFound,
            StatusCode::CONFLICT => ManagementError::Conflict,
            StatusCode::TOO_MANY_REQUESTS => ManagementError::RateLimited { retry_after: wait },
            StatusCode::INTERNAL_SERVER_ERROR if message.starts_with("Global limit") => {
                ManagementError::RateLimited { retry_after: wait }
            }
            other => ManagementError::Status(other),
        })
    }

    fn url(&self, path: &[&str]) -> String {
        path.iter().fold(self.base.clone(), |mut url, segment| {
            url.push('/');
            url.extend(utf8_percent_encode(segment, SEGMENT));
            url
        })
    }

    fn now(&self) -> Timestamp {
        self.clock.0.now()
    }
}
