//! When an issuer's keys are fetched: seldom, once for everyone who asks, and not at the whim of whoever sends tokens.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::Client;
use tenantry_domain::Timestamp;
use tenantry_ports::Clock;
use url::Url;

use crate::document::{Persistence, read};
use crate::http::fault;
use crate::keys::{KeySet, VerificationKey};
use crate::single_flight::SingleFlight;
use crate::{Endpoint, OidcError, ResponseFault, SigningAlgorithm, TokenRejected};

/// For so long a key that the issuer has withdrawn may still be believed.
const FRESH: Duration = Duration::from_hours(1);
/// For so long logins go on while the issuer's key set can't be fetched.
const USABLE: Duration = Duration::from_hours(24);
/// At most one fetch in so much time because of key ids that nobody knows, or because the last one failed.
const PAUSE: Duration = Duration::from_mins(1);

/// The keys of one issuer.
pub(crate) struct KeyCache {
    http: Client,
    clock: Arc<dyn Clock>,
    algorithms: Vec<SigningAlgorithm>,
    fetched: Mutex<Option<Fetched>>,
    refresh: SingleFlight<Arc<KeySet>>,
    rotation: SingleFlight<()>,
}

#[derive(Clone)]
struct Fetched {
    keys: Arc<KeySet>,
    at: Timestamp,
}

impl KeyCache {
    pub(crate) fn new(http: Client, clock: Arc<dyn Clock>, algorithms: Vec<SigningAlgorithm>) -> Self {
        let (refresh, rotation) = (SingleFlight::new(), SingleFlight::new());
        Self { http, clock, algorithms, fetched: Mutex::default(), refresh, rotation }
    }

    /// The key that a token names by its id, or means by naming none.
    pub(crate) async fn find(
        self: &Arc<Self>,
        id: Option<&str>,
        algorithm: SigningAlgorithm,
        jwks_uri: &Url,
    ) -> Result<Arc<VerificationKey>, OidcError> {
        if let Some(key) = self.keys(jwks_uri).await?.find(id, algorithm) {
            return Ok(key);
        }
        if id.is_none() {
            return Err(TokenRejected::AmbiguousKey.into());
        }
        self.look_for_new_keys(jwks_uri).await?;
        let key = self.fetched().and_then(|fetched| fetched.keys.find(id, algorithm));
        key.ok_or_else(|| TokenRejected::UnknownKey.into())
    }

    /// The only key that there is, looked for again: what it signed by its present one did not verify.
    pub(crate) async fn find_anew(
        self: &Arc<Self>,
        algorithm: SigningAlgorithm,
        jwks_uri: &Url,
    ) -> Result<Arc<VerificationKey>, OidcError> {
        self.look_for_new_keys(jwks_uri).await?;
        let key = self.fetched().and_then(|fetched| fetched.keys.find(None, algorithm));
        key.ok_or_else(|| TokenRejected::AmbiguousKey.into())
    }

    async fn keys(&self, jwks_uri: &Url) -> Result<Arc<KeySet>, OidcError> {
        let now = self.clock.now();
        match self.fetched() {
            Some(Fetched { keys, at }) if at <= now && at.until(now) < FRESH => Ok(keys),
            Some(Fetched { keys, at }) if at.until(now) < USABLE => {
                let newer = self.refresh.run(now, PAUSE, self.fetch(jwks_uri, Persistence::OneTry)).await;
                Ok(newer.unwrap_or_else(|error| {
                    tracing::warn!(%error, "the issuer's keys can't be fetched: going on with those of before");
                    keys
                }))
            }
            _ => {
                let fetch = self.fetch(jwks_uri, Persistence::ThreeTries);
                self.refresh.run(now, Duration::ZERO, fetch).await
            }
        }
    }

    async fn look_for_new_keys(self: &Arc<Self>, jwks_uri: &Url) -> Result<(), OidcError> {
        let (cache, jwks_uri) = (Arc::clone(self), jwks_uri.clone());
        // In a task of its own: a browser that hangs up must neither abandon the fetch that others wait for, nor get
        // around the pause, which only a fetch that landed begins.
        let search = tokio::spawn(async move {
            let fetch = async { cache.fetch(&jwks_uri, Persistence::ThreeTries).await.map(drop) };
            cache.rotation.run(cache.clock.now(), PAUSE, fetch).await
        });
        search.await.unwrap_or_else(|error| Err(OidcError::unavailable(error)))
    }

    async fn fetch(&self, jwks_uri: &Url, persistence: Persistence) -> Result<Arc<KeySet>, OidcError> {
        let at = self.clock.now();
        let parse = |body: &[u8]| {
            let keys = KeySet::parse(body, &self.algorithms);
            keys.ok_or_else(|| fault(Endpoint::Keys, ResponseFault::Malformed))
        };
        let (endpoint, url) = (Endpoint::Keys, jwks_uri.as_str());
        let keys = Arc::new(read(&self.http, &*self.clock, endpoint, url, persistence, parse).await?);
        *self.fetched.lock().unwrap_or_else(PoisonError::into_inner) =
            Some(Fetched { keys: Arc::clone(&keys), at });
        Ok(keys)
    }

    fn fetched(&self) -> Option<Fetched> {
        self.fetched.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
