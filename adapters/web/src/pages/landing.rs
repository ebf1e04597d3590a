//! `/`: what the product is, and the way in.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use crate::Shared;
use crate::frame::Frame;
use crate::pages::sso::report;
use crate::problem::Problem;
use crate::respond::page;
use crate::session::Visitor;
use crate::text;

#[derive(Template)]
#[template(path = "pages/landing.html")]
struct Landing<'a> {
    frame: Frame<'a>,
    trial: String,
}

pub(crate) async fn show(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if let Some(back) = report::lead_back(&app, &headers) {
        return Ok(back);
    }
    let trial = text::days(app.catalogue.trial_days());
    page(StatusCode::OK, &Landing { frame: visitor.frame(&app, "/"), trial })
}
