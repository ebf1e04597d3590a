//! A `POST` that comes with an `Idempotency-Key` happens once, however often it is sent.

use std::time::Duration;

use aws_lc_rs::digest;
use axum::body::{HttpBody, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tenantry_application::Outage;
use tenantry_domain::TenantId;
use tenantry_ports::{IdempotencyKey, KeptAnswer, KeyText, KeyTimes, KeyedRequest, Taken};
use tracing::Instrument;

use super::caller::Caller;
use super::guard::Sent;
use crate::problem::Problem;
use crate::respond::{self, PROBLEM_JSON, RequestId};
use crate::{Shared, containment};

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Tells a program that this answer is one that was given before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// How long an answer is kept.
const KEPT_FOR: Duration = Duration::from_hours(24);
/// Longer than any request takes (see [`containment`]).
const GIVES_UP_AFTER: Duration = Duration::from_secs(40);
/// What is larger is not kept: the operation runs again.
const MOST_BYTES: usize = 64 * 1024;

/// Marks an answer to a request that is not done: something outside was down, and the same request once more goes on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unfinished;

/// Runs the request, or answers what was answered before to the same.
pub(super) async fn once(app: &Shared, request: Request, next: Next) -> Response {
    let keyed = match keyed(&request) {
        Ok(Some(keyed)) => keyed,
        Ok(None) => return next.run(request).await,
        Err(problem) => return problem.into_response(),
    };
    let now = app.clock.now();
    let times = KeyTimes { now, gives_up_at: now + GIVES_UP_AFTER, forget_at: now + KEPT_FOR };
    match app.idempotency_keys.take(&keyed, &times).await {
        Ok(Taken::Fresh) => {
            // In a task of its own: a program that hangs up and asks again finds the answer.
            let run = run(app.clone(), keyed.key, times, request, next).in_current_span();
            tokio::spawn(run).await.unwrap_or_else(|error| Problem::internal(error).into_response())
        }
        Ok(Taken::Answered(kept)) => replay(kept, request.uri().path()),
        Ok(Taken::UnderWay) => Problem::under_way().into_response(),
        Ok(Taken::OtherRequest) => Problem::key_of_another_request().into_response(),
        Err(error) => Problem::from(Outage::from(error)).into_response(),
    }
}

async fn run(app: Shared, key: IdempotencyKey, taken: KeyTimes, request: Request, next: Next) -> Response {
    let id = request.extensions().get::<RequestId>().cloned();
    let response = written(containment::answer(next.run(request)).await, id.as_ref());
    let (parts, body) = response.into_parts();
    let is_final = !parts.status.is_server_error()
        && parts.status != StatusCode::TOO_MANY_REQUESTS
        && parts.extensions.get::<Unfinished>().is_none();
    let is_small = body.size_hint().upper().is_some_and(|size| size <= MOST_BYTES as u64);
    if !is_final || !is_small {
        note(app.idempotency_keys.release(&key, &taken).await);
        return Response::from_parts(parts, body);
    }
    let body = match to_bytes(body, MOST_BYTES).await {
        Ok(body) => body,
        Err(error) => return Problem::internal(error).into_response(),
    };
    let content_type = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let answer = KeptAnswer {
        status: parts.status.as_u16(),
        content_type: content_type.unwrap_or_default().to_owned(),
        body: String::from_utf8_lossy(&body).into_owned(),
    };
    note(app.idempotency_keys.keep(&key, &taken, &answer).await);
    Response::from_parts(parts, body.into())
}

/// The request with its key, if it has one.
fn keyed(request: &Request) -> Result<Option<KeyedRequest>, Problem> {
    let Some(text) = key(request.headers())? else { return Ok(None) };
    let extensions = request.extensions();
    let (Some(Caller(session)), Some(Sent(body))) = (extensions.get(), extensions.get()) else {
        return Ok(None);
    };
    let tenant = session.tenant.as_ref().map_or("", |tenant| TenantId::as_str(&tenant.id));
    let mut hash = digest::Context::new(&digest::SHA256);
    for part in [request.method().as_str(), &request.uri().to_string(), tenant] {
        hash.update(part.as_bytes());
        hash.update(&[0]);
    }
    hash.update(body);
    let key = IdempotencyKey { user: session.user.clone(), text };
    Ok(Some(KeyedRequest { key, fingerprint: URL_SAFE_NO_PAD.encode(hash.finish()) }))
}

fn key(headers: &HeaderMap) -> Result<Option<KeyText>, Problem> {
    let mut sent = headers.get_all(KEY).iter();
    let (Some(value), None) = (sent.next(), sent.next()) else {
        return if headers.contains_key(KEY) { Err(Problem::invalid_key()) } else { Ok(None) };
    };
    let text = value.to_str().map_err(|_| Problem::invalid_key())?;
    KeyText::try_from(text).map(Some).map_err(|_| Problem::invalid_key())
}

/// Where what was made is: below where it was made, by its id (RFC 9110, section 10.2.2).
pub(super) fn location(path: &str, id: &str) -> Option<HeaderValue> {
    HeaderValue::from_str(&format!("{path}/{id}")).ok()
}

fn replay(kept: KeptAnswer, path: &str) -> Response {
    let status = StatusCode::from_u16(kept.status).unwrap_or(StatusCode::OK);
    let location = if status == StatusCode::CREATED { location_of(path, &kept.body) } else { None };
    let mut response = (status, kept.body).into_response();
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_TYPE);
    if let Ok(content_type) = HeaderValue::from_str(&kept.content_type)
        && !content_type.is_empty()
    {
        headers.insert(header::CONTENT_TYPE, content_type);
    }
    headers.extend(location.map(|location| (header::LOCATION, location)));
    headers.insert(REPLAYED, HeaderValue::from_static("true"));
    response
}

/// Where what this answer tells of is; `None` when it has no id.
fn location_of(path: &str, body: &str) -> Option<HeaderValue> {
    let told: serde_json::Value = serde_json::from_str(body).ok()?;
    location(path, told.get("id")?.as_str()?)
}

/// A problem as it will be read, so that it can be kept.
fn written(mut response: Response, id: Option<&RequestId>) -> Response {
    let status = response.status();
    let may_be_kept = !status.is_server_error() && status != StatusCode::TOO_MANY_REQUESTS;
    let (true, Some(RequestId(id))) = (may_be_kept, id) else { return response };
    let Some(problem) = response.extensions_mut().remove::<Problem>() else { return response };
    respond::note(&problem);
    let body = respond::json(&problem, id);
    (problem.status, [(header::CONTENT_TYPE, PROBLEM_JSON)], body).into_response()
}

/// The request was answered all the same: the next one with the key has to wait, or runs again.
fn note(outcome: Result<(), tenantry_ports::IdempotencyKeysError>) {
    if let Err(error) = outcome {
        tracing::warn!(%error, "an idempotency key can't be kept");
    }
}
