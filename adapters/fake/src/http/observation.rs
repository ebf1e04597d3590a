//! What every request of Auth0's paths goes through: it is noted, faults may strike it, and rate limits count it.

use std::sync::Arc;
use std::time::Instant;

use axum::body::{Body, Bytes};
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::Value;

use super::parameters::Parameters;
use super::{BODY_LIMIT, faults, home};
use crate::calls::Call;
use crate::control;
use crate::fake::Core;
use crate::server::CutConnection;

/// Of a query that is longer only the beginning is kept.
const QUERY_KEPT: usize = 2_000;

/// Notes the request and its answer. The control API and the front page are apart from all of this.
pub(super) async fn observe(State(core): State<Arc<Core>>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    if path == home::PATH || path.starts_with(control::BASE) || path.starts_with(super::assets::BASE) {
        return next.run(request).await;
    }
    let (at, started) = (core.clock.now(), Instant::now());
    let (client_id, request) = match client_of(request).await {
        Ok(known) => known,
        Err(too_large) => return too_large,
    };
    let method = method_name(request.method().as_str());
    let route =
        request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned()).unwrap_or_default();
    let query = beginning(request.uri().query().unwrap_or_default());
    let response = disturbed(&core, &method, &path, &route, request, next).await;
    let is_cut = response.extensions().get::<CutConnection>().is_some();
    let status = if is_cut { 0 } else { response.status().as_u16() };
    let duration = started.elapsed();
    core.calls.push(Call { at, method, route, path: beginning(&path), query, client_id, status, duration });
    response
}

async fn disturbed(
    core: &Arc<Core>,
    method: &str,
    path: &str,
    route: &str,
    request: Request,
    next: Next,
) -> Response {
    let struck = core.control.faults.strike(method, path, route);
    if !struck.delay.is_zero() {
        tokio::time::sleep(struck.delay).await;
    }
    match struck.effect {
        None => next.run(request).await,
        Some(effect) => faults::apply(effect, path, core.clock.now(), next.run(request)).await,
    }
}

/// Methods that nobody knows are counted together.
fn method_name(method: &str) -> String {
    let known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    known.into_iter().find(|known| *known == method).unwrap_or("OTHER").to_owned()
}

fn beginning(text: &str) -> String {
    text.chars().take(QUERY_KEPT).collect()
}

/// The client that asks, as it says itself: by its token, by HTTP Basic, in the query, or in the form of an OAuth endpoint.
async fn client_of(request: Request) -> Result<(Option<String>, Request), Response> {
    let of_query = || {
        let query = request.uri().query().unwrap_or_default();
        Parameters::parse(query.as_bytes()).get("client_id").map(str::to_owned)
    };
    if let Some(client_id) = of_authorization(request.headers()).or_else(of_query) {
        return Ok((Some(beginning(&client_id)), request));
    }
    if !request.uri().path().starts_with("/oauth/") {
        return Ok((None, request));
    }
    let (parts, body) = request.into_parts();
    let body: Bytes = axum::body::to_bytes(body, BODY_LIMIT)
        .await
        .map_err(|_| (StatusCode::PAYLOAD_TOO_LARGE, "the body is too large").into_response())?;
    let client_id = match serde_json::from_slice::<Value>(&body) {
        Ok(json) => json.get("client_id").and_then(Value::as_str).map(beginning),
        Err(_) => Parameters::parse(&body).get("client_id").map(beginning),
    };
    Ok((client_id, Request::from_parts(parts, Body::from(body))))
}

fn of_authorization(headers: &HeaderMap) -> Option<String> {
    let (scheme, value) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    if scheme.eq_ignore_ascii_case("basic") {
        let pair = String::from_utf8(STANDARD.decode(value.trim()).ok()?).ok()?;
        return pair.split_once(':').map(|(client_id, _)| client_id.to_owned());
    }
    let payload = URL_SAFE_NO_PAD.decode(value.trim().split('.').nth(1)?).ok()?;
    let claims: Value = serde_json::from_slice(&payload).ok()?;
    claims.get("azp").and_then(Value::as_str).map(str::to_owned)
}
