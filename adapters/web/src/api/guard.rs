//! What changes something comes from whoever is signed in, and not from another site's page.
//!
//! A browser can't be made to send JSON, or a header of our own, across sites without asking first, and we answer no such
//! question. The layer is put around every route of the API that changes something; a handler can't forget it.

use axum::body::{Body, Bytes};
use axum::extract::{FromRequestParts, Request, State};
use axum::http::{HeaderMap, HeaderName, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::caller::Caller;
use super::idempotency;
use super::operation::Operation;
use crate::problem::Problem;
use crate::{App, Shared, csrf, session};

/// Carries the session's token, as `GET /api/v1/session` tells it.
const TOKEN: HeaderName = HeaderName::from_static("x-csrf-token");

/// What a picture may be said to be: what it is, is looked at.
const PICTURES: [&str; 4] = ["application/octet-stream", "image/png", "image/jpeg", "image/webp"];

/// The body of a request that has been let through.
#[derive(Clone, Debug)]
pub(super) struct Sent(pub(super) Bytes);

pub(crate) async fn guard(
    State((app, operation)): State<(Shared, &'static Operation)>,
    request: Request,
    next: Next,
) -> Response {
    match check(&app, operation, request).await {
        Ok(request) if request.method() == Method::POST => idempotency::once(&app, request, next).await,
        Ok(request) => next.run(request).await,
        Err(refusal) => refusal,
    }
}

/// The request with its caller and its body beside it.
async fn check(app: &Shared, operation: &Operation, request: Request) -> Result<Request, Response> {
    came_from_us(app, request.headers()).map_err(Problem::into_response)?;
    let (mut parts, body) = request.into_parts();
    Caller::from_request_parts(&mut parts, app).await?;
    let body = csrf::read(body).await.map_err(Problem::into_response)?;
    is_what_is_taken(operation, &parts.headers, &body).map_err(Problem::into_response)?;
    parts.extensions.insert(Sent(body));
    Ok(Request::from_parts(parts, Body::empty()))
}

fn came_from_us(app: &App, headers: &HeaderMap) -> Result<(), Problem> {
    if csrf::is_foreign(app, headers) {
        return Err(Problem::other_origin());
    }
    let session = session::id(app.cookies, headers).ok_or_else(Problem::not_signed_in)?;
    let token = headers.get(TOKEN).and_then(|token| token.to_str().ok()).unwrap_or_default();
    if app.keys.is_token(session.as_str(), token) { Ok(()) } else { Err(Problem::without_token()) }
}

fn is_what_is_taken(operation: &Operation, headers: &HeaderMap, body: &[u8]) -> Result<(), Problem> {
    if operation.takes_picture {
        let is_picture = PICTURES.iter().any(|kind| csrf::is_of_type(headers, kind));
        return if is_picture { Ok(()) } else { Err(Problem::not_a_picture()) };
    }
    let says_nothing =
        operation.body.is_none() && body.is_empty() && !headers.contains_key(header::CONTENT_TYPE);
    if !says_nothing && !csrf::is_of_type(headers, "application/json") {
        return Err(Problem::not_json());
    }
    let is_empty = matches!(body.trim_ascii(), b"" | b"{}");
    match operation.body {
        None if !is_empty => Err(Problem::takes_no_body()),
        Some(wanted) if body.trim_ascii().is_empty() => Err(Problem::without_body(&wanted.required())),
        _ => Ok(()),
    }
}
