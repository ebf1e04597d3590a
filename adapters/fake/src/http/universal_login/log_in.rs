//! `/u/login`: address and password on one page, with the other ways in below.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::super::errors::PageError;
use super::super::pages::{LoginPage, html};
use super::super::parameters::{Form, Query};
use super::super::visitor::Visitor;
use super::{Visit, forgot_password};
use crate::fake::Core;
use crate::login;
use crate::model::LogEntry;

pub(super) const WRONG: &str = "Wrong email or password";
pub(super) const NO_EMAIL: &str = "Please enter an email address";
pub(super) const NO_PASSWORD: &str = "Please enter your password";

/// Longer than any address, and than any name that a database takes.
pub(super) const IDENTIFIER_LIMIT: usize = 320;

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
    match authenticate(&visit, identifier, password).await? {
        Some((user_id, connection)) => visit.log_in(user_id, connection).await,
        None => render(&visit, identifier, &Errors { password: Some(WRONG), ..Errors::default() }),
    }
}

/// The account whose password this is, with its connection. The logs tell why there is none.
pub(super) async fn authenticate(
    visit: &Visit<'_>,
    identifier: &str,
    password: &str,
) -> Result<Option<(String, String)>, PageError> {
    let Some(connection) = visit.options()?.database else { return Ok(None) };
    // The password is checked outside the lock: that is slow on purpose.
    let found = visit.core.store.read(|state| login::hash_to_check(state, &connection, identifier))?;
    let Some((user_id, hash)) = found else {
        let name: String = identifier.chars().take(IDENTIFIER_LIMIT).collect();
        let entry = visit.entry("fu").saying(WRONG);
        visit.log(LogEntry { user_name: Some(name), connection: Some(connection), ..entry }).await?;
        return Ok(None);
    };
    if hash.matches(password) {
        return Ok(Some((user_id, connection)));
    }
    let user = visit.core.store.read(|state| state.users.get(&user_id).cloned())?;
    let entry = visit.entry("fp").saying(WRONG);
    visit.log(user.map_or_else(|| entry.clone(), |user| entry.clone().about(&user))).await?;
    Ok(None)
}

fn render(visit: &Visit<'_>, identifier: &str, errors: &Errors) -> Result<Response, PageError> {
    let options = visit.options()?;
    let wrong = errors.identifier.is_some() || errors.password.is_some();
    let invited = visit.invited()?;
    let forgot = forgot_password::path_for(&options);
    let page = LoginPage {
        frame: visit.frame("Log in")?,
        state: visit.handle(),
        identifier,
        identifier_error: errors.identifier,
        password_error: errors.password,
        invited: invited.as_ref(),
        has_database: options.database.is_some(),
        forgot: &forgot,
        sign_up: options.sign_up,
        buttons: &options.buttons,
    };
    Ok(visit.page(html(if wrong { StatusCode::BAD_REQUEST } else { StatusCode::OK }, &page)))
}
