//! Calls to the Management API: authenticated, bounded, tried again when that is safe, and with errors told apart.

mod answer;
mod circuit;
mod limits;
pub(crate) mod metrics;
mod pages;
mod tries;

use std::sync::Arc;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::{Client, Method, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tenantry_oidc::Issuer;
use tenantry_ports::{Clock, Random};
use tokio::time::{Instant, timeout};

use self::circuit::{Circuit, Outcome};
use self::metrics::OperationName;
use crate::ManagementError;
use crate::token::{Token, TokenSource};

pub use limits::Limits;
pub(crate) use tries::{Budget, Repeat, Tries};

/// Everything but what RFC 3986 section 2.3 leaves unreserved: user ids hold `|`.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The Management API of one Auth0 tenant.
pub(crate) struct Management {
    base: String,
    tokens: TokenSource,
    http: Client,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    limits: Limits,
    circuit: Circuit,
}

impl std::fmt::Debug for Management {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Management").field("base", &self.base).finish_non_exhaustive()
    }
}

/// An operation of the Management API.
pub(crate) struct Operation<'a, B: ?Sized = ()> {
    method: Method,
    path: &'a [&'a str],
    query: &'a [(&'a str, &'a str)],
    body: Option<&'a B>,
    repeat: Repeat,
    budget: Option<Budget>,
}

impl<'a> Operation<'a> {
    pub(crate) fn get(path: &'a [&'a str], query: &'a [(&'a str, &'a str)]) -> Self {
        Self { method: Method::GET, path, query, body: None, repeat: Repeat::Freely, budget: None }
    }

    /// Asked again when nobody knows whether it was done: what is gone can't be deleted twice.
    pub(crate) fn delete(path: &'a [&'a str]) -> Self {
        Self { method: Method::DELETE, path, query: &[], body: None, repeat: Repeat::Freely, budget: None }
    }
}

impl<'a, B: Serialize + ?Sized> Operation<'a, B> {
    /// Not asked again when nobody knows whether it was done, unless it is said to be [`Operation::repeatable`].
    pub(crate) fn post(path: &'a [&'a str], body: &'a B) -> Self {
        Self {
            method: Method::POST,
            path,
            query: &[],
            body: Some(body),
            repeat: Repeat::IfNotDone,
            budget: None,
        }
    }

    pub(crate) fn patch(path: &'a [&'a str], body: &'a B) -> Self {
        Self {
            method: Method::PATCH,
            path,
            query: &[],
            body: Some(body),
            repeat: Repeat::Freely,
            budget: None,
        }
    }

    /// The same, of an operation that does nothing more when it is asked for twice.
    pub(crate) fn repeatable(self) -> Self {
        Self { repeat: Repeat::Freely, ..self }
    }

    /// The same, as a part of something larger that has its time.
    pub(crate) fn within(self, budget: Budget) -> Self {
        Self { budget: Some(budget), ..self }
    }

    fn name(&self) -> OperationName<'a> {
        OperationName { method: self.method.clone(), path: self.path }
    }
}

impl Management {
    pub(crate) fn new(
        issuer: &Issuer,
        tokens: TokenSource,
        http: Client,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        limits: Limits,
    ) -> Self {
        let base = format!("{}api/v2", issuer.as_str());
        let circuit = Circuit::new(limits.faults_until_open, limits.open_for);
        Self { base, tokens, http, clock, random, limits, circuit }
    }

    /// The time for one call, or for several that somebody waits for together.
    pub(crate) fn budget(&self) -> Budget {
        Budget::new(&self.limits)
    }

    /// Gets a token, unless there is one.
    pub(crate) async fn log_in(&self) -> Result<(), ManagementError> {
        self.tokens.token().await.map(|_| ())
    }

    /// Calls an operation that answers with JSON.
    pub(crate) async fn call<T: DeserializeOwned, B: Serialize + Sync + ?Sized>(
        &self,
        operation: &Operation<'_, B>,
    ) -> Result<T, ManagementError> {
        self.persist(operation, answer::parsed).await
    }

    /// Calls an operation whose answer says nothing beyond its status.
    pub(crate) async fn run<B: Serialize + Sync + ?Sized>(
        &self,
        operation: &Operation<'_, B>,
    ) -> Result<(), ManagementError> {
        self.persist(operation, answer::ignored).await
    }

    async fn persist<T, B: Serialize + Sync + ?Sized>(
        &self,
        operation: &Operation<'_, B>,
        read: impl Fn(&[u8]) -> Result<T, ManagementError> + Send + Copy,
    ) -> Result<T, ManagementError> {
        let mut tries = self.tries(operation, operation.repeat);
        loop {
            match self.once(&tries, operation, read).await {
                Ok(answer) => return Ok(answer),
                Err(error) => tries.pause_after(error).await?,
            }
        }
    }

    /// The tries of something that is tried again as a whole, for which `operation` stands in metrics.
    pub(crate) fn tries<B: Serialize + ?Sized>(
        &self,
        operation: &Operation<'_, B>,
        repeat: Repeat,
    ) -> Tries<'_> {
        let budget = operation.budget.unwrap_or_else(|| self.budget());
        Tries::new(&self.limits, &*self.random, operation.name().to_string(), repeat, budget)
    }

    /// Calls an operation that answers with JSON, once, as one of these tries.
    pub(crate) async fn call_once<T: DeserializeOwned, B: Serialize + Sync + ?Sized>(
        &self,
        tries: &Tries<'_>,
        operation: &Operation<'_, B>,
    ) -> Result<T, ManagementError> {
        self.once(tries, operation, answer::parsed).await
    }

    async fn once<T, B: Serialize + Sync + ?Sized>(
        &self,
        tries: &Tries<'_>,
        operation: &Operation<'_, B>,
        read: impl Fn(&[u8]) -> Result<T, ManagementError> + Send,
    ) -> Result<T, ManagementError> {
        // URL parsers take these segments for steps, also when they are percent-encoded: nothing is called that.
        if operation.path.iter().any(|segment| matches!(*segment, "" | "." | "..")) {
            return Err(ManagementError::NotFound);
        }
        let permit = self.circuit.admit().await.ok_or(ManagementError::CircuitOpen)?;
        let patience = self.limits.one_try.min(tries.budget.left());
        let answered = timeout(patience, self.send(operation)).await.unwrap_or_else(|_| {
            let timed_out = Err(ManagementError::TimedOut);
            metrics::requested(&operation.name(), &timed_out, patience);
            timed_out
        });
        let outcome = answered.and_then(|body| read(&body));
        match &outcome {
            // One failed request for a token is one fault, however many callers waited for it.
            Err(ManagementError::NoToken { is_first: false, .. }) => drop(permit),
            Err(error) if error.is_fault() => permit.settle(Outcome::Fault),
            _ => permit.settle(Outcome::Answered),
        }
        outcome
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
        let url = self.url(operation.path);
        let mut request = self.http.request(operation.method.clone(), url).bearer_auth(token.expose());
        if !operation.query.is_empty() {
            request = request.query(operation.query);
        }
        if let Some(body) = operation.body {
            request = request.json(body);
        }
        let began_at = Instant::now();
        let outcome = match request.send().await {
            Ok(response) => {
                if response.status() != StatusCode::UNAUTHORIZED {
                    token.was_taken();
                }
                answer::read(response, self.clock.now()).await
            }
            Err(error) => Err(ManagementError::Unreachable(error.without_url())),
        };
        metrics::requested(&operation.name(), &outcome, began_at.elapsed());
        outcome
    }

    fn url(&self, path: &[&str]) -> String {
        path.iter().fold(self.base.clone(), |mut url, segment| {
            url.push('/');
            url.extend(utf8_percent_encode(segment, SEGMENT));
            url
        })
    }
}
