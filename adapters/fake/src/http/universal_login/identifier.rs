//! `/u/login/identifier` and `/u/login/password`: address and password on two pages.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::super::errors::PageError;
use super::super::pages::{IdentifierPage, PasswordPage, html};
use super::super::parameters::{Form, Query};
use super::super::visitor::Visitor;
use super::log_in::{IDENTIFIER_LIMIT, NO_EMAIL, NO_PASSWORD, WRONG, authenticate};
use super::{PASSWORD, Page, Visit, forgot_password, path};
use crate::fake::Core;
use crate::login;

const NO_WAY_IN: &str = "We know no way to log in with this address. Try your work address.";

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
    let request = &visit.transaction.request;
    let realm = core.store.read(|state| {
        login::home_realm(state, request, identifier).map(|connection| connection.name.clone())
    })?;
    if realm.is_none() && visit.options()?.database.is_none() {
        return render(&visit, identifier, Some(NO_WAY_IN));
    }
    let is_elsewhere = realm.is_some();
    // Whether there is such an account is not told here.
    visit
        .remember(|transaction| {
            transaction.identifier = Some(identifier.to_owned());
            transaction.upstream = realm;
        })
        .await?;
    if is_elsewhere { visit.leave().await } else { Ok(visit.go_to(PASSWORD)) }
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
    match authenticate(&visit, identifier, password).await? {
        Some((user_id, connection)) => visit.log_in(user_id, connection).await,
        None => render_password(&visit, Some(WRONG)),
    }
}

fn render(visit: &Visit<'_>, identifier: &str, error: Option<&str>) -> Result<Response, PageError> {
    let options = visit.options()?;
    let invited = visit.invited()?;
    let page = IdentifierPage {
        frame: visit.frame("Log in")?,
        state: visit.handle(),
        invited: invited.as_ref(),
        identifier,
        identifier_error: error,
        sign_up: options.sign_up,
        buttons: &options.buttons,
    };
    Ok(visit.page(html(status(error), &page)))
}

fn render_password(visit: &Visit<'_>, error: Option<&str>) -> Result<Response, PageError> {
    let options = visit.options()?;
    let forgot = forgot_password::path_for(&options);
    let page = PasswordPage {
        frame: visit.frame("Enter your password")?,
        state: visit.handle(),
        identifier: visit.identifier(),
        password_error: error,
        forgot: &forgot,
        sign_up: options.sign_up,
    };
    Ok(visit.page(html(status(error), &page)))
}

fn status(error: Option<&str>) -> StatusCode {
    if error.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK }
}
