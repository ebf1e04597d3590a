//! `/api/auth/ask-for-access`: somebody came through an organization's own login, is no member, and asks to be one.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tenantry_application::{AskedForAccess, SignInWish};
use tenantry_domain::TenantId;
use tenantry_ports::{Callback, LoginAttempt};

use crate::auth::login::begin;
use crate::fields::Fields;
use crate::frame::Frame;
use crate::problem::Problem;
use crate::respond::page;
use crate::return_to::ReturnTo;
use crate::session::Visitor;
use crate::{App, Shared};

#[derive(Template)]
#[template(path = "pages/access_asked.html")]
struct AskedPage<'a> {
    frame: Frame<'a>,
    organization: &'a str,
}

/// The link by which somebody asks who was refused at the end of this attempt; `None` when it went through no
/// organization's own connection.
pub(crate) fn link(attempt: &LoginAttempt) -> Option<String> {
    let (sso, tenant) = (attempt.sso.as_ref()?, attempt.tenant.as_ref()?);
    let encoded = |text| utf8_percent_encode(text, NON_ALPHANUMERIC);
    let (organization, connection) = (encoded(tenant.id.as_str()), encoded(sso.request.as_str()));
    Some(format!("/api/auth/ask-for-access?organization={organization}&connection={connection}"))
}

/// Sends the browser through the connection once more: who asks has to be known.
pub(crate) async fn ask(
    State(app): State<Shared>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let query = Fields::parse(query.unwrap_or_default().as_bytes())?;
    let tenant = TenantId::try_from(query.text("organization")?).map_err(|_| Problem::not_found())?;
    let found = app.use_cases.sso.find_login.of_connection(&tenant, query.text("connection")?).await?;
    let return_to = ReturnTo::home().as_str().to_owned();
    let mut wish = SignInWish { return_to, ..SignInWish::default() };
    found.ok_or_else(Problem::not_found)?.ask_for_access(&mut wish);
    begin(&app, &headers, wish).await
}

/// Answers the callback of one who asks.
pub(crate) async fn asked(
    app: &App,
    visitor: &Visitor,
    headers: &HeaderMap,
    callback: &Callback,
    attempt: &LoginAttempt,
) -> Result<Response, Problem> {
    match app.use_cases.sso.ask_for_access.run(callback, attempt).await? {
        AskedForAccess::Waiting(tenant) => {
            let organization = tenant.name.as_str();
            page(StatusCode::OK, &AskedPage { frame: visitor.frame(app, ""), organization })
        }
        AskedForAccess::Welcome(found) => {
            let return_to = ReturnTo::home().as_str().to_owned();
            let mut wish = SignInWish { return_to, ..SignInWish::default() };
            found.take(&mut wish);
            begin(app, headers, wish).await
        }
    }
}
