//! `/u/login/identifier` and `/u/login/password`: address and password on two pages.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::super::errors::PageError;
use super::super::pages::{IdentifierPage, PasswordPage, html};
use super::super::parameters::{Form, Query};
use super::super::visitor::Visitor;
use super::log_in::{NO_EMAIL, NO_PASSWORD, WRONG, authenticate};
use super::{PASSWORD, Page, Visit, path};
use crate::fake::Core;

/// Longer than any address, and than any name that a database takes.
const IDENTIFIER_LIMIT: usize = 320;

pub(super) async fn show(
    State(core): State<Arc<Core>>,
    visitor: Visitor,
    Query(query): Query,
) -> Result<Response, PageError> {
    let visit = Visit::find(&core, &visitor, &query)?;
    render(&visit, visit.identifier(), None)
}

pub(super) async fn submit(
    State(core): State<Arc<Core>>,
    visitor: Visitor,
    Query(query): Query,
    Form(form): Form,
) -> Result<Response, PageError> {
    let visit = Visit::find(&core, &visitor, &query)?;
    if let Some(connection) = form.get("connection") {
        return visit.leave_for(connection).await;
    }
    let identifier = form.get("username").unwrap_or_default().trim();
    if identifier.is_empty() || identifier.len() > IDENTIFIER_LIMIT {
        return render(&visit, "", Some(NO_EMAIL));
    }
    // Whether there is such an account is not told here.
    visit.remember(|transaction| transaction.identifier = Some(identifier.to_owned())).await?;
    Ok(visit.go_to(PASSWORD))
}

pub(super) async fn show_password(
    State(core): State<Arc<Core>>,
    visitor: Visitor,
    Query(query): Query,
) -> Result<Response, PageError> {
    let visit = Visit::find(&core, &visitor, &query)?;
    if visit.identifier().is_empty() {
        return Ok(visit.go_to(path(Page::Identifier)));
    }
    render_password(&visit, None)
}

pub(super) async fn submit_password(
    State(core): State<Arc<Core>>,
    visitor: Visitor,
    Query(query): Query,
    Form(form): Form,
) -> Result<Response, PageError> {
    let visit = Visit::find(&core, &visitor, &query)?;
    let password = form.get("password").unwrap_or_default();
    if password.is_empty() {
        return render_password(&visit, Some(NO_PASSWORD));
    }
    // The address may be changed on this page as well, as a password manager does.
    let identifier = form.get("username").unwrap_or(visit.identifier());
    match authenticate(&visit, identifier, password)? {
        Some((user_id, connection)) => visit.log_in(user_id, connection).await,
        None => render_password(&visit, Some(WRONG)),
    }
}

fn render(visit: &Visit<'_>, identifier: &str, error: Option<&str>) -> Result<Response, PageError> {
    let options = visit.options()?;
    let page = IdentifierPage {
        frame: visit.frame("Log in")?,
        state: visit.handle(),
        identifier,
        identifier_error: error,
        sign_up: options.sign_up,
        buttons: &options.buttons,
    };
    Ok(visit.page(html(status(error), &page)))
}

fn render_password(visit: &Visit<'_>, error: Option<&str>) -> Result<Response, PageError> {
    let page = PasswordPage {
        frame: visit.frame("Enter your password")?,
        state: visit.handle(),
        identifier: visit.identifier(),
        password_error: error,
        sign_up: visit.options()?.sign_up,
    };
    Ok(visit.page(html(status(error), &page)))
}

fn status(error: Option<&str>) -> StatusCode {
    if error.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK }
}
