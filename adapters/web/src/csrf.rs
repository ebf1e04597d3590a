//! Forms come from our own pages: checked by where the browser says that they come from, and by a token in each.
//!
//! The layer reads the body once, for every route whose [`RouteSpec`](crate::RouteSpec) changes something, and hands the
//! fields on; a handler can't forget it, and can't read a form without it.

use std::error::Error;
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::Response;
use http_body_util::{BodyExt, LengthLimitError};
use tokio::time::timeout;

use crate::fields::Fields;
use crate::multipart::{self, Upload};
use crate::problem::Problem;
use crate::{App, Shared, session};

const MOST_BYTES: usize = 64 * 1024;
/// With as much room for the fields beside a file as for those of any form.
const MOST_BYTES_WITH_FILE: usize = multipart::MOST_BYTES_OF_FILE + MOST_BYTES;
/// How large a file is listened to that no form takes, so that its sender reads what is wrong about it.
const MOST_BYTES_SENT: usize = 8 * 1024 * 1024;
/// How long a form may take to arrive: less than the whole request, so that its sender hears what is wrong.
const ARRIVES_WITHIN: Duration = Duration::from_secs(20);

/// The fields of a form that has been checked.
#[derive(Clone, Debug)]
pub(crate) struct Form(pub(crate) Fields);

/// The fields and the file of a form that has been checked.
#[derive(Clone, Debug)]
pub(crate) struct FormWithFile(pub(crate) Fields, pub(crate) Upload);

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
    let fields = Fields::parse(&read(body).await?)?;
    check_token(&app, &parts.headers, &fields)?;
    parts.extensions.insert(Form(fields));
    Ok(next.run(Request::from_parts(parts, Body::empty())).await)
}

/// The same for a form with a file. Where no file is sent, the form may come without one.
pub(crate) async fn guard_with_file(
    State(app): State<Shared>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    if !is_ours(&app, request.headers()) {
        return Err(Problem::other_origin());
    }
    let boundary = multipart::boundary(request.headers());
    if boundary.is_none() && !is_form(request.headers()) {
        return Err(Problem::not_a_form());
    }
    let (mut parts, body) = request.into_parts();
    let (fields, upload) = match boundary {
        Some(boundary) => {
            let (body, is_whole) = read_beginning(body).await?;
            multipart::parse(&body, is_whole, &boundary)?
        }
        None => (Fields::parse(&read(body).await?)?, Upload::default()),
    };
    check_token(&app, &parts.headers, &fields)?;
    parts.extensions.insert(FormWithFile(fields, upload));
    Ok(next.run(Request::from_parts(parts, Body::empty())).await)
}

fn check_token(app: &App, headers: &HeaderMap, fields: &Fields) -> Result<(), Problem> {
    match session::id(app.cookies, headers) {
        Some(session) if !app.keys.is_token(session.as_str(), fields.text("csrf")?) => {
            Err(Problem::stale_form())
        }
        _ => Ok(()),
    }
}

/// The body of a form, unless it is too large or takes too long.
pub(crate) async fn read(body: Body) -> Result<Bytes, Problem> {
    match timeout(ARRIVES_WITHIN, to_bytes(body, MOST_BYTES)).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(error)) if is_too_large(&error) => Err(Problem::too_large()),
        Ok(Err(error)) => Err(Problem::cut_short(error)),
        Err(_) => Err(Problem::sent_too_slowly()),
    }
}

/// As much of a form with a file as can be of use, and whether that is all of it. What is beyond is heard out and kept
/// nowhere: a browser that is interrupted while it sends shows no answer.
async fn read_beginning(mut body: Body) -> Result<(Vec<u8>, bool), Problem> {
    let read = async {
        let (mut kept, mut sent) = (Vec::new(), 0);
        while let Some(frame) = body.frame().await {
            let Ok(data) = frame.map_err(Problem::cut_short)?.into_data() else { continue };
            sent += data.len();
            if sent > MOST_BYTES_SENT {
                return Err(Problem::file_too_large());
            }
            let room = MOST_BYTES_WITH_FILE.saturating_sub(kept.len()).min(data.len());
            kept.extend_from_slice(data.get(..room).unwrap_or_default());
        }
        let is_whole = kept.len() == sent;
        Ok((kept, is_whole))
    };
    timeout(ARRIVES_WITHIN, read).await.unwrap_or_else(|_| Err(Problem::sent_too_slowly()))
}

fn is_too_large(error: &axum::Error) -> bool {
    error.source().is_some_and(<dyn Error>::is::<LengthLimitError>)
}

fn is_ours(app: &App, headers: &HeaderMap) -> bool {
    matches!(provenance(app, headers), (Some(true), None | Some(true)) | (None, Some(true)))
}

/// Whether a browser says that another site's page makes the request. A program says nothing.
pub(crate) fn is_foreign(app: &App, headers: &HeaderMap) -> bool {
    let (origin, site) = provenance(app, headers);
    origin == Some(false) || site == Some(false)
}

/// Whether `Origin` and `Sec-Fetch-Site` name the product's own pages, as far as they are sent.
fn provenance(app: &App, headers: &HeaderMap) -> (Option<bool>, Option<bool>) {
    let site = headers.get("sec-fetch-site").map(|site| site == "same-origin");
    let origin = headers.get(header::ORIGIN).map(|origin| origin.as_bytes() == app.origin.as_bytes());
    (origin, site)
}

pub(crate) fn is_form(headers: &HeaderMap) -> bool {
    is_of_type(headers, "application/x-www-form-urlencoded")
}

/// Whether the body is said to be of this type.
pub(crate) fn is_of_type(headers: &HeaderMap, wanted: &str) -> bool {
    let content_type =
        headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    content_type.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case(wanted))
}

impl FromRequestParts<Shared> for FormWithFile {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Shared) -> Result<Self, Problem> {
        parts.extensions.remove::<Self>().ok_or_else(Problem::not_a_form)
    }
}

impl FromRequestParts<Shared> for Form {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Shared) -> Result<Self, Problem> {
        parts.extensions.remove::<Self>().ok_or_else(Problem::not_a_form)
    }
}
