//! `/u/reset-password/request/{connection}`: sends a link by which somebody sets a new password.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::super::errors::PageError;
use super::super::pages::{ForgotPasswordPage, MailSentPage, html};
use super::super::parameters::{Form, Query};
use super::super::visitor::Visitor;
use super::log_in::NO_EMAIL;
use super::{Page, Visit, path};
use crate::fake::Core;
use crate::login::{self, Onward, Options};
use crate::model::MailKind;
use crate::store::StoreError;

pub(super) const ROUTE: &str = "/u/reset-password/request/{connection}";

/// The page's path for the password database of a login.
pub(super) fn path_for(options: &Options) -> String {
    // Names of connections consist of letters, digits and hyphens.
    let connection = options.database.as_deref().unwrap_or_default();
    ROUTE.replace("{connection}", connection)
}

pub(super) async fn show(
    State(core): State<Arc<Core>>,
    Path(connection): Path<String>,
    visitor: Visitor,
    Query(query): Query,
) -> Result<Response, PageError> {
    let visit = Visit::find(&core, &visitor, &query)?;
    offered(&visit, &connection)?;
    render(&visit, &connection, visit.identifier(), None)
}

pub(super) async fn submit(
    State(core): State<Arc<Core>>,
    Path(connection): Path<String>,
    visitor: Visitor,
    Query(query): Query,
    Form(form): Form,
) -> Result<Response, PageError> {
    let visit = Visit::find(&core, &visitor, &query)?;
    offered(&visit, &connection)?;
    let email = form.get("email").unwrap_or_default().trim();
    if email.is_empty() {
        return render(&visit, &connection, email, Some(NO_EMAIL));
    }
    let (context, request) = (core.context(), &visit.transaction.request);
    let onward =
        Onward { client_id: Some(request.client_id.clone()), organization_id: request.organization.clone() };
    core.store
        .write(|state| {
            let user = state.user_in_connection(&connection, &email.to_ascii_lowercase()).cloned();
            if let Some(user) = user {
                login::send_ticket(state, &context, &user, MailKind::PasswordChange, onward);
            }
            Ok::<_, StoreError>(())
        })
        .await?;
    // The same page whether there is an account or not.
    let page = MailSentPage {
        frame: visit.frame("Check your email")?,
        state: visit.handle(),
        connection: &connection,
        email,
        back: back(&visit)?,
    };
    Ok(visit.page(html(StatusCode::OK, &page)))
}

fn offered(visit: &Visit<'_>, connection: &str) -> Result<(), PageError> {
    if visit.options()?.database.as_deref() == Some(connection) {
        Ok(())
    } else {
        Err(PageError::invalid_request("This connection has no passwords"))
    }
}

fn back(visit: &Visit<'_>) -> Result<&'static str, PageError> {
    let identifier_first = visit.core.store.read(|state| state.settings().identifier_first())?;
    Ok(path(if identifier_first { Page::Identifier } else { Page::Login }))
}

fn render(
    visit: &Visit<'_>,
    connection: &str,
    email: &str,
    error: Option<&str>,
) -> Result<Response, PageError> {
    let page = ForgotPasswordPage {
        frame: visit.frame("Forgot your password?")?,
        state: visit.handle(),
        connection,
        email,
        email_error: error,
        back: back(visit)?,
    };
    let status = if error.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    Ok(visit.page(html(status, &page)))
}
