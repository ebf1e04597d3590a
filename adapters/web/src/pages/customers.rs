//! `/customers`.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::Shared;
use crate::frame::Frame;
use crate::problem::Problem;
use crate::respond::page;
use crate::session::Visitor;

#[derive(Template)]
#[template(path = "pages/customers.html")]
struct Customers<'a> {
    frame: Frame<'a>,
}

pub(crate) async fn show(State(app): State<Shared>, visitor: Visitor) -> Result<Response, Problem> {
    page(StatusCode::OK, &Customers { frame: visitor.frame(&app, "/customers") })
}
