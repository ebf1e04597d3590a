//! What every request of Auth0's paths goes through: it is noted, faults may strike it, and rate limits count it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::Value;

use super::parameters::Parameters;
use super::{BODY_LIMIT, faults, home, standard_answers};
use crate::calls::Call;
use crate::client_assertion::claimed_client;
use crate::control;
use crate::fake::Core;
use crate::rate_limits::Asked;
use crate::server::CutConnection;

/// Of a query that is longer only the beginning is kept.
const QUERY_KEPT: usize = 2_000;

/// What a request says about itself.
#[derive(Default)]
struct Seen {
    method: String,
    route: String,
    path: String,
    client_id: Option<String>,
    email: String,
    state: String,
    user: String,
    address: String,
    has_q: bool,
}

/// Notes the request and its answer. The control API and the front page are apart from all of this.
pub(super) async fn observe(State(core): State<Arc<Core>>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if path == home::PATH || path.starts_with(control::BASE) || path.starts_with(super::assets::BASE) {
        return next.run(request).await;
    }
    let (at, started) = (core.clock.now(), Instant::now());
    let query = beginning(&without_secrets(request.uri().query().unwrap_or_default()));
    let (seen, request) = match look(request).await {
        Ok(seen) => seen,
        Err(too_large) => return too_large,
    };
    let response = disturbed(&core, &seen, request, next).await;
    let is_cut = response.extensions().get::<CutConnection>().is_some();
    let Seen { method, route, path, client_id, .. } = seen;
    let status = if is_cut { 0 } else { response.status().as_u16() };
    let duration = started.elapsed();
    core.calls.push(Call { at, method, route, path: beginning(&path), query, client_id, status, duration });
    response
}

async fn disturbed(core: &Arc<Core>, seen: &Seen, request: Request, next: Next) -> Response {
    let struck = core.control.faults.strike(&seen.method, &seen.path, &seen.route);
    if !struck.delay.is_zero() {
        tokio::time::sleep(struck.delay).await;
    }
    let perform = limited(core, seen, request, next);
    match struck.effect {
        None => perform.await,
        Some(effect) => faults::apply(effect, &seen.path, core.clock.now(), perform).await,
    }
}

async fn limited(core: &Arc<Core>, seen: &Seen, request: Request, next: Next) -> Response {
    let asked = Asked {
        method: &seen.method,
        route: if seen.route.is_empty() { &seen.path } else { &seen.route },
        has_q: seen.has_q,
        address: &seen.address,
        email: &seen.email,
        state: &seen.state,
        user: &seen.user,
    };
    let Some(verdict) = core.control.rate_limits.count(asked, core.clock.now()) else {
        return next.run(request).await;
    };
    let mut response = match &verdict.refusal {
        Some(why) => standard_answers::refusal(&seen.path, StatusCode::TOO_MANY_REQUESTS, Some(why)),
        None => next.run(request).await,
    };
    standard_answers::add_limit_headers(&mut response, verdict.limit, verdict.remaining, verdict.reset);
    response
}

/// Methods that nobody knows are counted together.
fn method_name(method: &str) -> String {
    let known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    known.into_iter().find(|known| *known == method).unwrap_or("OTHER").to_owned()
}

/// Parameters that let whoever has them in.
const SECRETS: [&str; 10] = [
    "access_token",
    "client_assertion",
    "client_secret",
    "code",
    "code_verifier",
    "id_token",
    "id_token_hint",
    "invitation",
    "refresh_token",
    "ticket",
];

/// The query with the values of such parameters left out.
fn without_secrets(query: &str) -> String {
    let masked = query.split('&').map(|pair| match pair.split_once('=') {
        Some((name, _)) if SECRETS.contains(&name) => format!("{name}=***"),
        _ => pair.to_owned(),
    });
    masked.collect::<Vec<_>>().join("&")
}

fn beginning(text: &str) -> String {
    text.chars().take(QUERY_KEPT).collect()
}

/// Reads what the request says about itself: the client by its token, by HTTP Basic, in the query, or in the body of an
/// endpoint without a token.
async fn look(request: Request) -> Result<(Seen, Request), Response> {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let query = Parameters::parse(request.uri().query().unwrap_or_default().as_bytes());
    let (client_id, user) = of_authorization(request.headers());
    let route = request.extensions().get::<MatchedPath>();
    let mut seen = Seen {
        method: method_name(request.method().as_str()),
        route: route.map(|path| path.as_str().to_owned()).unwrap_or_default(),
        path: request.uri().path().to_owned(),
        client_id: client_id.or_else(|| query.get("client_id").map(str::to_owned)).as_deref().map(beginning),
        email: String::new(),
        state: query.get("state").map(beginning).unwrap_or_default(),
        user: user.as_deref().map(beginning).unwrap_or_default(),
        address: peer.map(|ConnectInfo(peer)| peer.ip().to_string()).unwrap_or_default(),
        has_q: query.get("q").is_some(),
    };
    let tells = ["/oauth/", "/dbconnections/"].into_iter().any(|beginning| seen.path.starts_with(beginning));
    if !tells {
        return Ok((seen, request));
    }
    let (parts, body) = request.into_parts();
    let body: Bytes = axum::body::to_bytes(body, BODY_LIMIT)
        .await
        .map_err(|error| standard_answers::unreadable(&seen.path, &error, StatusCode::PAYLOAD_TOO_LARGE))?;
    let said = |name: &str| match serde_json::from_slice::<Value>(&body) {
        Ok(json) => json.get(name).and_then(Value::as_str).map(beginning),
        Err(_) => Parameters::parse(&body).get(name).map(beginning),
    };
    let by_assertion = || claimed_client(&said("client_assertion")?);
    seen.client_id = seen.client_id.or_else(|| said("client_id")).or_else(by_assertion);
    seen.email = said("email").unwrap_or_default();
    Ok((seen, Request::from_parts(parts, Body::from(body))))
}

/// The client and the user that credentials or a token name, unchecked. A token that tells nothing stands for its user.
fn of_authorization(headers: &HeaderMap) -> (Option<String>, Option<String>) {
    let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let Some((scheme, value)) = value.and_then(|value| value.split_once(' ')) else { return (None, None) };
    if scheme.eq_ignore_ascii_case("basic") {
        let pair = STANDARD.decode(value.trim()).ok().and_then(|pair| String::from_utf8(pair).ok());
        let client = pair.and_then(|pair| pair.split_once(':').map(|(client_id, _)| client_id.to_owned()));
        return (client, None);
    }
    let payload = value.trim().split('.').nth(1).and_then(|payload| URL_SAFE_NO_PAD.decode(payload).ok());
    let claims = payload.and_then(|payload| serde_json::from_slice::<Value>(&payload).ok());
    let claim = |name: &str| claims.as_ref()?.get(name)?.as_str().map(str::to_owned);
    (claim("azp"), claim("sub").or_else(|| Some(value.to_owned())))
}

#[cfg(test)]
mod tests {
    use super::without_secrets;

    #[test]
    fn a_noted_query_lets_nobody_in() {
        let query = "state=s1&code=c1&ticket=t1&page=2&flag";
        assert_eq!(without_secrets(query), "state=s1&code=***&ticket=***&page=2&flag");
        assert_eq!(without_secrets(""), "");
    }
}
