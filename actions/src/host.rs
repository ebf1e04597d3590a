//! What Actions reach outside of the engine.

use async_trait::async_trait;
use serde_json::{Map, Value};

use crate::Cache;

/// What an Action is allowed to reach. Nothing else leaves the engine.
#[async_trait]
pub trait Host: Send + Sync {
    /// A call of the Management API that an Action makes with `require('auth0').ManagementClient`.
    /// What goes wrong comes back as an answer of the API: its status and error body.
    async fn management(&self, credentials: &Credentials, request: ApiRequest) -> ApiResponse;

    /// A call of the Authentication API that an Action makes with `require('auth0').AuthenticationClient`.
    async fn authentication(&self, credentials: &Credentials, request: ApiRequest) -> ApiResponse;

    /// Milliseconds since 1970. `Date` follows this clock.
    fn now_ms(&self) -> i64;

    /// Fills `bytes` with randomness: what `Math.random` and `crypto` draw on.
    fn random(&self, bytes: &mut [u8]);

    /// What `api.cache` reads and writes: one cache for each trigger of a tenant.
    fn cache(&self) -> &Cache;
}

/// What a client was constructed with. Nothing of it is checked here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Credentials {
    pub domain: String,
    pub client_id: Option<String>,
    pub client_secret: Option<String>,
    /// An access token that the Action brought along.
    pub token: Option<String>,
    /// The API's identifier, when the Action names one.
    pub audience: Option<String>,
}

/// A request to one of the APIs.
#[derive(Clone, Debug, PartialEq)]
pub struct ApiRequest {
    /// In capitals.
    pub method: String,
    /// With a slash in front and its segments percent-encoded; of the Management API the part below `/api/v2`.
    pub path: String,
    pub query: Vec<(String, String)>,
    pub body: Option<Value>,
}

/// Its answer.
#[derive(Clone, Debug, PartialEq)]
pub struct ApiResponse {
    pub status: u16,
    /// `None` for an empty body.
    pub body: Option<Value>,
    /// Names in lower case.
    pub headers: Map<String, Value>,
}
