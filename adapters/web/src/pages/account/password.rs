//! `/home/account/password`: the way to a new password, which is chosen at the identity provider, and the way back.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use tenantry_application::ChangePasswordError;

use super::log_in_again;
use crate::Shared;
use crate::csrf::Form;
use crate::fields::Fields;
use crate::frame::Frame;
use crate::problem::Problem;
use crate::respond::page;
use crate::session::{SignedIn, Visitor, see_other};

const HERE: &str = "/home/account/password";

#[derive(Template)]
#[template(path = "pages/account_password.html")]
struct Password<'a> {
    frame: Frame<'a>,
    needs_login: bool,
}

/// What somebody sees who is back from the provider; they may have been signed out by their new password.
#[derive(Template)]
#[template(path = "pages/account_password_result.html")]
struct PasswordResult<'a> {
    frame: Frame<'a>,
    is_changed: bool,
    is_signed_in: bool,
}

pub(crate) async fn show(State(app): State<Shared>, person: SignedIn) -> Result<Response, Problem> {
    let needs_login = app.use_cases.change_password.needs_login(&person.session).await?;
    page(StatusCode::OK, &Password { frame: person.frame(&app, HERE), needs_login })
}

/// Leads to the provider: to log in once more, or to choose the password.
pub(crate) async fn change(
    State(app): State<Shared>,
    person: SignedIn,
    headers: HeaderMap,
    _: Form,
) -> Result<Response, Problem> {
    let result_url = app.base_url.join("/home/account/password/result").map_err(Problem::internal)?;
    match app.use_cases.change_password.run(&person.session, &result_url).await {
        Ok(page) => Ok(see_other(page.as_str())),
        Err(ChangePasswordError::LoginNeeded) => log_in_again(&app, &headers, &person.session, HERE).await,
        Err(error) => Err(error.into()),
    }
}

/// What came of it, by the provider's word in the address. Anybody can open this page: it shows nothing of anybody's.
pub(crate) async fn result(
    State(app): State<Shared>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let query = Fields::parse(query.unwrap_or_default().as_bytes()).unwrap_or_default();
    let is_changed = matches!(query.get("success"), Ok(Some("true")));
    let is_signed_in = visitor.session.is_some();
    page(StatusCode::OK, &PasswordResult { frame: visitor.frame(&app, ""), is_changed, is_signed_in })
}
