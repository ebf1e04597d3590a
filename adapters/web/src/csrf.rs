//! Forms come from our own pages: checked by where the browser says that they come from, and by a token in each.
//!
//! The layer reads the body once, for every route whose [`RouteSpec`](crate::RouteSpec) changes something, and hands the
//! fields on; a handler can't forget it, and can't read a form without it.

use axum::body::to_bytes;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::fields::Fields;
use crate::problem::Problem;
use crate::{App, Shared, session};

const MOST_BYTES: usize = 64 * 1024;

/// The fields of a form that has been checked.
#[derive(Clone, Debug)]
pub(crate) struct Form(pub(crate) Fields);

/// Lets a form through that one of our own pages sent.
pub(crate) async fn guard(
    State(app): State<Shared>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    if !is_ours(&app, request.headers()) {
        return Err(Problem::other_origin());
    }
    if !is_form(request.headers()) {
        return Err(Problem::not_a_form());
    }
    let (mut parts, body) = request.into_parts();
    let body = to_bytes(body, MOST_BYTES).await.map_err(|_| Problem::too_large())?;
    let fields = Fields::parse(&body)?;
    if let Some(session) = session::id(app.cookies, &parts.headers)
        && !app.keys.is_token(session.as_str(), fields.text("csrf")?)
    {
        return Err(Problem::stale_form());
    }
    parts.extensions.insert(Form(fields));
    Ok(next.run(Request::from_parts(parts, axum::body::Body::empty())).await)
}

fn is_ours(app: &App, headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site").map(|site| site == "same-origin");
    let origin = headers.get(header::ORIGIN).map(|origin| origin.as_bytes() == app.origin.as_bytes());
    matches!((origin, site), (Some(true), None | Some(true)) | (None, Some(true)))
}

fn is_form(headers: &HeaderMap) -> bool {
    let content_type =
        headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    content_type.split(';').next().is_some_and(|kind| kind.trim() == "application/x-www-form-urlencoded")
}

impl FromRequestParts<Shared> for Form {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Shared) -> Result<Self, Problem> {
        parts.extensions.remove::<Self>().ok_or_else(Problem::not_a_form)
    }
}
