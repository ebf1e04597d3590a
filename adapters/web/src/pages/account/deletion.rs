//! `/home/account/delete`: the end of one's own account, and what stands in its way.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tenantry_application::{AccountDeletionView, DeleteAccountError};
use tenantry_domain::Tenant;

use super::log_in_again;
use crate::csrf::Form;
use crate::frame::{Frame, plan_name};
use crate::problem::Problem;
use crate::respond::page;
use crate::session::{SignedIn, Visitor, see_other};
use crate::text::{self, sentence};
use crate::{App, Shared};

const HERE: &str = "/home/account/delete";

#[derive(Template)]
#[template(path = "pages/account_delete.html")]
struct Delete<'a> {
    frame: Frame<'a>,
    confirmation: &'a str,
    needs_login: bool,
    /// The plan that is lost, and until when it was paid.
    paid: Option<(&'a str, String)>,
    leaves: Vec<&'a str>,
    runs_alone: Vec<RunAlone<'a>>,
    typed: &'a str,
    error: Option<String>,
}

/// An organization that has to have another Administrator first, or to be deleted: the way to either.
struct RunAlone<'a> {
    name: &'a str,
    members: String,
    deletion: String,
}

#[derive(Template)]
#[template(path = "pages/account_deleted.html")]
struct Deleted<'a> {
    frame: Frame<'a>,
}

pub(crate) async fn ask(State(app): State<Shared>, person: SignedIn) -> Result<Response, Problem> {
    let view = app.use_cases.delete_account.view(&person.session).await?;
    page(StatusCode::OK, &Delete::new(&app, &person, &view, "", None))
}

pub(crate) async fn delete(
    State(app): State<Shared>,
    person: SignedIn,
    headers: HeaderMap,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let typed = fields.text("confirmation")?;
    match app.use_cases.delete_account.run(&person.session, typed).await {
        Ok(()) => {
            let mut response = see_other("/home/account/deleted");
            let cookie = app.cookies.clear(app.cookies.session_name());
            response.headers_mut().extend(cookie.map(|cookie| (header::SET_COOKIE, cookie)));
            Ok(response)
        }
        Err(DeleteAccountError::LoginNeeded) => log_in_again(&app, &headers, &person.session, HERE).await,
        Err(error @ DeleteAccountError::NotConfirmed) => {
            let error = Some(sentence(&error.to_string()));
            refuse(&app, &person, StatusCode::UNPROCESSABLE_ENTITY, typed, error).await
        }
        Err(DeleteAccountError::RunsAlone(_)) => {
            refuse(&app, &person, StatusCode::CONFLICT, typed, None).await
        }
        Err(error) => Err(error.into()),
    }
}

/// What somebody sees whose account is gone, and their session with it.
pub(crate) async fn deleted(State(app): State<Shared>, visitor: Visitor) -> Result<Response, Problem> {
    page(StatusCode::OK, &Deleted { frame: visitor.frame(&app, "") })
}

/// The same page, with what stands in the way now.
async fn refuse(
    app: &App,
    person: &SignedIn,
    status: StatusCode,
    typed: &str,
    error: Option<String>,
) -> Result<Response, Problem> {
    let view = app.use_cases.delete_account.view(&person.session).await?;
    page(status, &Delete::new(app, person, &view, typed, error))
}

impl<'a> Delete<'a> {
    fn new(
        app: &'a App,
        person: &'a SignedIn,
        view: &'a AccountDeletionView,
        typed: &'a str,
        error: Option<String>,
    ) -> Self {
        Self {
            frame: person.frame(app, HERE),
            confirmation: &view.confirmation,
            needs_login: view.needs_login,
            paid: view.paid.map(|held| (plan_name(&app.catalogue, held.plan()), text::date(held.ends()))),
            leaves: view.leaves.iter().map(|tenant| tenant.display_name.as_str()).collect(),
            runs_alone: view.runs_alone.iter().map(RunAlone::from).collect(),
            typed,
            error,
        }
    }
}

impl<'a> From<&'a Tenant> for RunAlone<'a> {
    fn from(tenant: &'a Tenant) -> Self {
        let id = utf8_percent_encode(tenant.tenant.id.as_str(), NON_ALPHANUMERIC);
        let under = |page: &str| format!("/api/auth/login?organization={id}&returnTo={page}");
        Self {
            name: &tenant.display_name,
            members: under("/admin/members"),
            deletion: under("/admin/customization/delete"),
        }
    }
}
