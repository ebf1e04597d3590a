//! What becomes of a request that a fault strikes.

use std::io;
use std::task::Poll;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures::stream;

use super::standard_answers;
use crate::control::{FaultEffect, Malformed};
use crate::server::CutConnection;

/// No answer of the provider is larger.
const MOST: usize = 64 * 1024 * 1024;

const GATEWAY_PAGE: &str = "<!doctype html>\n<html>\n<head><title>Please wait</title></head>\n\
    <body><h1>The service is being updated</h1></body>\n</html>\n";

/// What the client gets. `perform` does what was asked for.
pub(super) async fn apply(
    effect: FaultEffect,
    path: &str,
    now: tenantry_domain::Timestamp,
    perform: impl Future<Output = Response>,
) -> Response {
    match effect {
        FaultEffect::Status { status, body, headers, performs } => {
            if performs {
                drop(perform.await);
            }
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let mut response = match body {
                Some(body) => (status, axum::Json(body)).into_response(),
                None => standard_answers::refusal(path, status, None),
            };
            if status == StatusCode::TOO_MANY_REQUESTS {
                let reset = now + Duration::from_secs(1);
                standard_answers::add_limit_headers(&mut response, 10, 0, reset);
            }
            for (name, value) in &headers {
                if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
                    response.headers_mut().insert(name, value);
                }
            }
            response
        }
        FaultEffect::Cut { after_bytes: None, performs } => {
            if performs {
                drop(perform.await);
            }
            // Who serves this without being able to cut a connection breaks off at the body instead.
            let mut response = Response::new(broken_off(Bytes::new()));
            response.extensions_mut().insert(CutConnection);
            response
        }
        FaultEffect::Cut { after_bytes: Some(bytes), .. } => {
            let (mut parts, body) = perform.await.into_parts();
            let whole = axum::body::to_bytes(body, MOST).await.unwrap_or_default();
            parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(whole.len()));
            if bytes >= whole.len() {
                return Response::from_parts(parts, Body::from(whole));
            }
            Response::from_parts(parts, broken_off(whole.slice(..bytes)))
        }
        FaultEffect::Malformed(form) => {
            let (mut parts, body) = perform.await.into_parts();
            parts.headers.remove(header::CONTENT_LENGTH);
            let body = match form {
                Malformed::TruncatedJson => {
                    let whole = axum::body::to_bytes(body, MOST).await.unwrap_or_default();
                    Body::from(whole.slice(..whole.len() / 2))
                }
                Malformed::Html => {
                    parts.status = StatusCode::OK;
                    let html = HeaderValue::from_static("text/html; charset=utf-8");
                    parts.headers.insert(header::CONTENT_TYPE, html);
                    Body::from(GATEWAY_PAGE)
                }
                Malformed::WrongJson => Body::from("[{}]"),
            };
            Response::from_parts(parts, body)
        }
        // Delays are over when an effect is applied.
        FaultEffect::Delay { .. } => perform.await,
    }
}

/// A body that ends with an error after these bytes.
fn broken_off(bytes: Bytes) -> Body {
    let (mut first, mut has_waited) = (Some(bytes).filter(|bytes| !bytes.is_empty()), false);
    Body::from_stream(stream::poll_fn(move |context| {
        if let Some(bytes) = first.take() {
            return Poll::Ready(Some(Ok(bytes)));
        }
        if !has_waited {
            // The server sends what it has before it asks again.
            has_waited = true;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(io::Error::other("a fault cuts this answer"))))
    }))
}
