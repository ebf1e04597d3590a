//! `/u/login`: address and password on one page, with the other ways in below.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::super::errors::PageError;
use super::super::pages::{LoginPage, html};
use super::super::parameters::{Form, Query};
use super::super::visitor::Visitor;
use super::Visit;
use crate::fake::Core;
use crate::login;

pub(super) const WRONG: &str = "Wrong email or password";
pub(super) const NO_EMAIL: &str = "Please enter an email address";
pub(super) const NO_PASSWORD: &str = "Please enter your password";

#[derive(Default)]
struct Errors {
    identifier: Option<&'static str>,
    password: Option<&'static str>,
}

pub(super) async fn show(
    State(core): State<Arc<Core>>,
    visitor: Visitor,
    Query(query): Query,
) -> Result<Response, PageError> {
    let visit = Visit::find(&core, &visitor, &query)?;
    render(&visit, visit.identifier(), &Errors::default())
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
    let (identifier, password) =
        (form.get("username").unwrap_or_default(), form.get("password").unwrap_or_default());
    if identifier.trim().is_empty() || password.is_empty() {
        let errors = Errors {
            identifier: identifier.trim().is_empty().then_some(NO_EMAIL),
            password: password.is_empty().then_some(NO_PASSWORD),
        };
        return render(&visit, identifier, &errors);
    }
    match authenticate(&visit, identifier, password)? {
        Some((user_id, connection)) => visit.log_in(user_id, connection).await,
        None => render(&visit, identifier, &Errors { password: Some(WRONG), ..Errors::default() }),
    }
}

/// The account whose password this is, with its connection.
pub(super) fn authenticate(
    visit: &Visit<'_>,
    identifier: &str,
    password: &str,
) -> Result<Option<(String, String)>, PageError> {
    let Some(connection) = visit.options()?.database else { return Ok(None) };
    // The password is checked outside the lock: that is slow on purpose.
    let found = visit.core.store.read(|state| login::hash_to_check(state, &connection, identifier))?;
    let right = found.filter(|(_, hash)| hash.matches(password));
    Ok(right.map(|(user_id, _)| (user_id, connection)))
}

fn render(visit: &Visit<'_>, identifier: &str, errors: &Errors) -> Result<Response, PageError> {
    let options = visit.options()?;
    let wrong = errors.identifier.is_some() || errors.password.is_some();
    let page = LoginPage {
        frame: visit.frame("Log in")?,
        state: visit.handle(),
        identifier,
        identifier_error: errors.identifier,
        password_error: errors.password,
        has_database: options.database.is_some(),
        sign_up: options.sign_up,
        buttons: &options.buttons,
    };
    Ok(visit.page(html(if wrong { StatusCode::BAD_REQUEST } else { StatusCode::OK }, &page)))
}
