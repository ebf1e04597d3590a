//! `/u/stand-in`: the page that stands for Google, or an enterprise's own provider, and asks who you want to be.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::super::errors::PageError;
use super::super::pages::{StandInPage, html};
use super::super::parameters::{Form, Query};
use super::super::visitor::Visitor;
use super::log_in::NO_EMAIL;
use super::{Refused, Visit};
use crate::fake::Core;
use crate::login::{self, CallbackError, Identity};
use crate::model::Connection;

pub(super) async fn show(
    State(core): State<Arc<Core>>,
    visitor: Visitor,
    Query(query): Query,
) -> Result<Response, PageError> {
    let visit = Visit::find(&core, &visitor, &query)?;
    let connection = upstream(&visit)?;
    if connection.has_upstream() {
        return visit.leave().await;
    }
    render(&visit, &connection, (visit.identifier(), ""), None)
}

pub(super) async fn submit(
    State(core): State<Arc<Core>>,
    visitor: Visitor,
    Query(query): Query,
    Form(form): Form,
) -> Result<Response, PageError> {
    let visit = Visit::find(&core, &visitor, &query)?;
    let connection = upstream(&visit)?;
    if connection.has_upstream() {
        // Nobody stands in for an issuer that can be asked.
        return visit.leave().await;
    }
    if form.get("action") == Some("cancel") {
        return visit.refuse(CallbackError::Cancelled).await;
    }
    if let Some(user_id) = form.get("identity") {
        let known = core.store.read(|state| {
            state.users.get(user_id).is_some_and(|user| user.is_in_connection(&connection.name))
        })?;
        return if known {
            visit.log_in(user_id.to_owned(), connection.name).await
        } else {
            render(&visit, &connection, ("", ""), Some("This person is gone. Enter an address instead."))
        };
    }
    let (email, name) = (form.get("email").unwrap_or_default(), form.get("name").unwrap_or_default());
    if email.trim().is_empty() {
        return render(&visit, &connection, (email, name), Some(NO_EMAIL));
    }
    let context = core.context();
    let entered = core
        .store
        .write(|state| login::stand_in(state, &context, &connection, email, name).map_err(Refused::from))
        .await;
    match entered {
        Ok(user_id) => visit.log_in(user_id, connection.name).await,
        Err(Refused::Page(error)) => Ok(error.into_response()),
        Err(Refused::SignUp(error)) => render(&visit, &connection, (email, name), Some(&error.to_string())),
    }
}

/// The connection that the browser was sent to.
fn upstream(visit: &Visit<'_>) -> Result<Connection, PageError> {
    let name = visit.transaction.upstream.as_deref().ok_or_else(PageError::expired)?;
    let connection = visit.core.store.read(|state| state.connection_by_name(name).cloned())?;
    connection.ok_or_else(PageError::expired)
}

fn render(
    visit: &Visit<'_>,
    connection: &Connection,
    (email, name): (&str, &str),
    error: Option<&str>,
) -> Result<Response, PageError> {
    let identities: Vec<Identity> =
        visit.core.store.read(|state| login::known_identities(state, &connection.name))?;
    let page = StandInPage {
        frame: visit.frame("Choose an account")?,
        state: visit.handle(),
        label: connection.label(),
        identities: &identities,
        email,
        email_error: error,
        name,
    };
    let status = if error.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    Ok(visit.page(html(status, &page)))
}
