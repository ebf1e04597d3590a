//! One client at one issuer.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::Client;
use secrecy::SecretString;
use tenantry_domain::Timestamp;
use tenantry_ports::Clock;
use url::Url;

use crate::claims::{Claims, Expected};
use crate::discovery::EndpointsAt;
use crate::document::{Persistence, read};
use crate::jws::UnverifiedToken;
use crate::key_cache::KeyCache;
use crate::single_flight::SingleFlight;
use crate::watch::{Watch, look_again};
use crate::{
    Endpoint, IdToken, Issuer, LoggedOut, Metadata, OidcError, SigningAlgorithm, TokenRejected, id_token,
    logout_token,
};

/// What an issuer and we agreed on when it registered us as its client.
#[derive(Clone, Debug)]
pub struct Registration {
    /// Who we trust.
    pub issuer: Issuer,
    /// Who we are.
    pub client_id: String,
    /// How we prove it at the token endpoint.
    pub client_secret: SecretString,
    /// Where browsers come back to.
    pub redirect_uri: Url,
}

/// An OpenID Connect relying party: one client at one issuer, shared by all who log in through it.
///
/// Making one does nothing: the issuer is asked when it is first needed.
pub struct RelyingParty {
    registration: Registration,
    algorithms: Vec<SigningAlgorithm>,
    clock: Arc<dyn Clock>,
    http: Client,
    metadata: OnceLock<Metadata>,
    discovery: SingleFlight<()>,
    endpoints: EndpointsAt,
    /// `None` when the endpoints were given and not discovered.
    watch: Option<Watch>,
    keys: Arc<KeyCache>,
}

impl RelyingParty {
    /// A relying party that accepts RS256 alone. `http` should come from [`http_client`](crate::http_client).
    pub fn new(registration: Registration, clock: Arc<dyn Clock>, http: Client) -> Self {
        Self::with_algorithms(registration, vec![SigningAlgorithm::Rs256], clock, http)
    }

    /// A relying party that accepts these algorithms and no others, whatever the issuer advertises.
    pub fn with_algorithms(
        registration: Registration,
        algorithms: Vec<SigningAlgorithm>,
        clock: Arc<dyn Clock>,
        http: Client,
    ) -> Self {
        let keys = Arc::new(KeyCache::new(http.clone(), Arc::clone(&clock), algorithms.clone()));
        let (metadata, discovery) = (OnceLock::new(), SingleFlight::new());
        let (endpoints, watch) = (EndpointsAt::AnyOrigin, Some(Watch::default()));
        Self { registration, algorithms, clock, http, metadata, discovery, endpoints, watch, keys }
    }

    /// A relying party of an issuer whose endpoints are known already: it is not asked for them.
    #[must_use]
    pub fn with_metadata(self, metadata: Metadata) -> Self {
        Self { metadata: OnceLock::from(metadata), watch: None, ..self }
    }

    /// A relying party of an issuer that has all of its endpoints at its own origin: a discovery document that names
    /// one elsewhere is refused.
    #[must_use]
    pub fn with_endpoints_at_the_issuer(self) -> Self {
        Self { endpoints: EndpointsAt::OriginOfTheIssuer, ..self }
    }

    /// What this client is registered as.
    pub fn registration(&self) -> &Registration {
        &self.registration
    }

    /// The issuer's endpoints: those of the first call that succeeds. Others that the issuer names later are never used;
    /// the log tells of them.
    pub async fn metadata(&self) -> Result<&Metadata, OidcError> {
        loop {
            if let Some(metadata) = self.metadata.get() {
                let now = self.now();
                if self.watch.as_ref().is_some_and(|watch| watch.is_due(now)) {
                    let issuer = self.registration.issuer.clone();
                    look_again(self.http.clone(), issuer, self.endpoints, metadata.clone(), now);
                }
                return Ok(metadata);
            }
            self.discovery.run(self.now(), Duration::ZERO, self.discover()).await?;
        }
    }

    /// Verifies an ID token for the login attempt with this `nonce`. With `max_age`, the person must have proved who
    /// they are no longer ago than that.
    pub async fn verify_id_token(
        &self,
        token: &str,
        nonce: &str,
        max_age: Option<Duration>,
    ) -> Result<IdToken, OidcError> {
        let claims = self.verified_claims(token, id_token::TYPES).await?;
        Ok(IdToken::check(claims, self.expected(), nonce, max_age)?)
    }

    /// Verifies a logout token. What it says may be carried out twice without harm, so a replay is not refused.
    pub async fn verify_logout_token(&self, token: &str) -> Result<LoggedOut, OidcError> {
        let claims = self.verified_claims(token, logout_token::TYPES).await?;
        Ok(LoggedOut::check(&claims, self.expected())?)
    }

    pub(crate) fn http(&self) -> &Client {
        &self.http
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) async fn verified_claims(&self, token: &str, types: &[&str]) -> Result<Claims, OidcError> {
        let token = UnverifiedToken::parse(token, &self.algorithms, types)?;
        let jwks_uri = &self.metadata().await?.jwks_uri;
        let key = self.keys.find(token.key_id.as_deref(), token.algorithm, jwks_uri).await?;
        match token.verify(&key) {
            // A token that names no key may be signed by the one that has taken its place.
            Err(TokenRejected::Signature) if token.key_id.is_none() => {
                let key = self.keys.find_anew(token.algorithm, jwks_uri).await?;
                Ok(token.verify(&key)?)
            }
            verdict => Ok(verdict?),
        }
    }

    pub(crate) fn expected(&self) -> Expected<'_> {
        let Registration { issuer, client_id, .. } = &self.registration;
        Expected { issuer: issuer.as_str(), client_id, now: self.now() }
    }

    async fn discover(&self) -> Result<(), OidcError> {
        // Another flight may have landed between our look and our take-off.
        if self.metadata.get().is_some() {
            return Ok(());
        }
        let issuer = &self.registration.issuer;
        let parse = |body: &[u8]| Ok(self.endpoints.parse(body, issuer)?);
        let url = issuer.discovery_url();
        let (endpoint, persistence) = (Endpoint::Discovery, Persistence::ThreeTries);
        let metadata = read(&self.http, &*self.clock, endpoint, &url, persistence, parse).await?;
        if let Some(watch) = &self.watch {
            watch.begin(self.now());
        }
        self.metadata.get_or_init(|| metadata);
        Ok(())
    }
}

impl fmt::Debug for RelyingParty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RelyingParty").field("registration", &self.registration).finish_non_exhaustive()
    }
}
