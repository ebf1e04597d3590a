//! `/api/v1` and `/api/v1/openapi.json`: the API explained, for people and for programs.

use std::sync::LazyLock;

use askama::Template;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::description::{description, operations, statuses};
use crate::frame::Frame;
use crate::problem::Problem;
use crate::session::Visitor;
use crate::{Shared, respond};

static DESCRIPTION: LazyLock<String> = LazyLock::new(|| description().to_string());

#[derive(Template)]
#[template(path = "pages/api.html")]
struct ApiPage<'a> {
    frame: Frame<'a>,
    operations: Vec<Described>,
}

/// An operation as the page shows one.
struct Described {
    method: String,
    path: &'static str,
    summary: &'static str,
    details: &'static str,
    statuses: Vec<(u16, String)>,
}

pub(super) async fn show(State(app): State<Shared>, visitor: Visitor) -> Result<Response, Problem> {
    let operations = operations().map(|(route, operation)| Described {
        method: route.method.as_http().to_string(),
        path: route.path,
        summary: operation.summary,
        details: operation.details,
        statuses: statuses(route, operation),
    });
    let page = ApiPage { frame: visitor.frame(&app, "/api/v1"), operations: operations.collect() };
    respond::page(StatusCode::OK, &page)
}

pub(super) async fn describe() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], DESCRIPTION.as_str()).into_response()
}
