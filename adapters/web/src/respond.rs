//! The outermost layer: gives each request an id, each response its headers, each problem its words, and the log a line.

use std::fmt::Write;
use std::sync::Arc;

use askama::Template;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::Instrument;
use url::Url;

use crate::frame::{Frame, Theme};
use crate::problem::Problem;
use crate::session::see_other;
use crate::{App, Shared, canonical, containment, flash};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");
pub(crate) const PROBLEM_JSON: HeaderValue = HeaderValue::from_static("application/problem+json");
const NOT_KEPT: HeaderValue = HeaderValue::from_static("private, no-store");

/// The headers that every response carries, made once.
#[derive(Debug)]
pub(crate) struct CommonHeaders(Vec<(HeaderName, HeaderValue)>);

impl CommonHeaders {
    /// For a product at `base_url` whose forms may lead to `form_targets`: browsers check the redirects that follow a
    /// form too, and signing out leads to the identity provider.
    pub(crate) fn new(base_url: &Url, form_targets: &[Url]) -> Result<Self, header::InvalidHeaderValue> {
        let targets = form_targets.iter().fold(String::new(), |mut text, url| {
            let _ = write!(text, " {}", url.origin().ascii_serialization());
            text
        });
        let policy = format!(
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; \
             form-action 'self'{targets}; frame-ancestors 'none'; base-uri 'none'"
        );
        let mut headers = vec![
            (header::CONTENT_SECURITY_POLICY, HeaderValue::from_str(&policy)?),
            (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
            // Not `no-referrer`: browsers then send `Origin: null` with our own forms.
            (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
            (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
            (
                HeaderName::from_static("permissions-policy"),
                HeaderValue::from_static("camera=(), geolocation=(), microphone=()"),
            ),
        ];
        if base_url.scheme() == "https" {
            let a_year = HeaderValue::from_static("max-age=31536000");
            headers.push((header::STRICT_TRANSPORT_SECURITY, a_year));
        }
        Ok(Self(headers))
    }

    fn put_on(&self, headers: &mut HeaderMap) {
        headers.reserve(self.0.len() + 2);
        for (name, value) in &self.0 {
            // What a route says for itself is stricter.
            headers.entry(name).or_insert_with(|| value.clone());
        }
        headers.entry(header::CACHE_CONTROL).or_insert(NOT_KEPT);
    }
}

/// The id of a request, for those inside who write it down.
#[derive(Clone)]
pub(crate) struct RequestId(pub(crate) Arc<str>);

/// Wraps every route, and the answers for what is no route.
pub(crate) async fn finish(State(app): State<Shared>, mut request: Request, next: Next) -> Response {
    let id = request_id(&app);
    let path = request.extensions().get::<MatchedPath>().cloned();
    let path = path.as_ref().map_or("-", MatchedPath::as_str);
    // The matched path rather than the path: what people look for, and their ids, stay out of the log.
    let span = tracing::info_span!("request", request_id = %id, method = %request.method(), path);
    let reader = Reader::of(&request);
    request.extensions_mut().insert(RequestId(id.clone()));
    let began_at = app.clock.now();
    let was_waiting = flash::is_waiting(&app, request.headers());
    let mut response = match canonical::address(&app, &request) {
        Some(address) => see_other(&address),
        None => containment::answer(next.run(request)).instrument(span.clone()).await,
    };
    let entered = span.enter();
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        response = explain(&app, &reader, &problem, &id, response.headers());
    }
    flash::forget(&app, was_waiting, &mut response);
    let millis = began_at.until(app.clock.now()).as_millis();
    tracing::info!(status = response.status().as_u16(), millis, "answered");
    drop(entered);
    app.headers.put_on(response.headers_mut());
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// What is needed of a request to explain a problem to whoever made it.
struct Reader {
    wants_page: bool,
    theme: Option<Theme>,
}

impl Reader {
    fn of(request: &Request) -> Self {
        let accept =
            request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let path = request.uri().path();
        let is_for_programs = path.starts_with("/api/") || path == "/readyz";
        let wants_page = !path.starts_with("/api/v1/")
            && (accept.contains("text/html") || (!is_for_programs && !accept.contains("json")));
        Self { wants_page, theme: Theme::chosen(request.headers()) }
    }
}

#[derive(Template)]
#[template(path = "pages/problem.html")]
struct ProblemPage<'a> {
    frame: Frame<'a>,
    problem: &'a Problem,
    request_id: &'a str,
}

fn explain(app: &App, reader: &Reader, problem: &Problem, id: &str, before: &HeaderMap) -> Response {
    note(problem);
    let (kind, body) = if reader.wants_page {
        let frame = Frame::new(app, None, reader.theme, "");
        let page = ProblemPage { frame, problem, request_id: id };
        (HTML, page.render().unwrap_or_else(|_| problem.title.to_owned()))
    } else {
        (PROBLEM_JSON, json(problem, id))
    };
    let mut headers = before.clone();
    headers.insert(header::CONTENT_TYPE, kind);
    headers.remove(header::CONTENT_LENGTH);
    if let Some(wait) = problem.retry_after {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(wait.as_secs().max(1)));
    }
    (problem.status, headers, body).into_response()
}

/// For whoever runs the product.
pub(crate) fn note(problem: &Problem) {
    if problem.status.is_server_error() {
        tracing::error!(code = problem.code, causes = %problem.causes(), "failed");
    } else if problem.source.is_some() {
        tracing::warn!(code = problem.code, causes = %problem.causes(), "refused");
    }
}

/// The problem as programs read it (RFC 9457), in the request of this id.
pub(crate) fn json(problem: &Problem, id: &str) -> String {
    let mut said = serde_json::json!({
        "type": "about:blank",
        "status": problem.status.as_u16(),
        "title": problem.title,
        "detail": problem.detail,
        "code": problem.code,
        "request_id": id,
    });
    if let (Some(field), Some(said)) = (&problem.field, said.as_object_mut()) {
        said.insert("field".to_owned(), field.as_ref().into());
    }
    said.to_string()
}

/// Renders a page.
pub(crate) fn page(status: StatusCode, template: &impl Template) -> Result<Response, Problem> {
    let mut body = String::with_capacity(16 * 1024);
    template.render_into(&mut body).map_err(Problem::internal)?;
    Ok((status, [(header::CONTENT_TYPE, HTML)], body).into_response())
}

fn request_id(app: &App) -> Arc<str> {
    app.random.hex(12).into()
}
