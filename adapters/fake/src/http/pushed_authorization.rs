//! `/oauth/par`: authorization requests that a client sends ahead (RFC 9126), and what becomes of them at `/authorize`.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State as Shared;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::client_authentication::authenticate;
use super::errors::{OAuthError, PageError, no_store};
use super::parameters::FormOrJson;
use super::way_on::WayOn;
use crate::fake::Core;
use crate::login::{self, Refusal};
use crate::model::PushedRequest;
use crate::secrets::sha256;
use crate::store::StoreError;

/// Between the two requests.
const LIFETIME: Duration = Duration::from_secs(30);
const PREFIX: &str = "urn:ietf:params:oauth:request_uri:";
/// By what the client proves itself; none of it belongs to the request.
const CREDENTIALS: [&str; 3] = ["client_secret", "client_assertion", "client_assertion_type"];

pub(super) async fn push(
    Shared(core): Shared<Arc<Core>>,
    headers: HeaderMap,
    FormOrJson(parameters): FormOrJson,
) -> Result<Response, OAuthError> {
    if let Some(name) = parameters.duplicate() {
        return Err(OAuthError::invalid_request(format!("Duplicate parameter: {name}")));
    }
    let client = authenticate(&core, &headers, &parameters).await?;
    if parameters.get("request_uri").is_some() {
        return Err(OAuthError::invalid_request("The request_uri parameter can't be pushed"));
    }
    let mut parameters = parameters.into_map();
    parameters.retain(|name, _| !CREDENTIALS.contains(&name.as_str()));
    parameters.insert("client_id".to_owned(), client.id.clone());
    let context = core.context();
    let checked = core.store.read(|state| login::check(state, &context, &parameters).map(drop))?;
    checked.map_err(|refusal| match refusal {
        Refusal::Page { error, description } => OAuthError::new(StatusCode::BAD_REQUEST, error, description),
        Refusal::Callback { error, .. } => {
            OAuthError::new(StatusCode::BAD_REQUEST, error.code().to_owned(), error.to_string())
        }
    })?;
    let request_uri = format!("{PREFIX}{}", context.ids.secret());
    let pushed = PushedRequest {
        hash: sha256(&request_uri),
        client_id: client.id,
        parameters: parameters.into_iter().collect::<BTreeMap<_, _>>(),
        expires_at: context.now + LIFETIME,
    };
    core.store
        .write(|state| {
            core.sweep_if_due(state, context.now);
            state.pushed_requests.put(pushed);
            Ok::<_, StoreError>(())
        })
        .await?;
    let body = json!({ "request_uri": request_uri, "expires_in": LIFETIME.as_secs() });
    Ok((StatusCode::CREATED, no_store(), Json(body)).into_response())
}

/// The request that these parameters stand for: the pushed one, once, where they name it.
pub(super) async fn resolve(
    core: &Core,
    parameters: HashMap<String, String>,
) -> Result<HashMap<String, String>, PageError> {
    let refused = |description: &str| {
        let error = PageError::refused("invalid_request", description);
        error.with_way_on(WayOn::from_login(core, None))
    };
    let client_id = parameters.get("client_id").map(String::as_str).unwrap_or_default();
    let Some(request_uri) = parameters.get("request_uri").filter(|uri| !uri.is_empty()) else {
        let must_push = core.store.read(|state| {
            let client = state.clients.get(client_id);
            client.and_then(|client| client.settings().flag("require_pushed_authorization_requests"))
        })?;
        return match must_push {
            Some(true) => Err(refused("The client must use a pushed authorization request")),
            _ => Ok(parameters),
        };
    };
    let (hash, now) = (sha256(request_uri), core.clock.now());
    let pushed = core
        .store
        .write(|state| {
            let pushed = state.pushed_requests.get(&hash);
            let pushed =
                pushed.filter(|pushed| pushed.client_id == client_id && pushed.is_live(now)).cloned();
            if pushed.is_some() {
                state.pushed_requests.remove(&hash);
            }
            Ok::<_, StoreError>(pushed)
        })
        .await?;
    let pushed = pushed.ok_or_else(|| refused("The request_uri is unknown, expired or was used already"))?;
    Ok(pushed.parameters.into_iter().collect())
}
