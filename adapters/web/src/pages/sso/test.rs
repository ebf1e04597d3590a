//! The third step: a login through the connection that nobody depends on yet.

use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::StatusCode;
use axum::response::Response;
use tenantry_application::SsoView;
use tenantry_domain::{SsoRequest, SsoStep, SsoTest};

use super::report::Report;
use super::steps::progress;
use crate::auth::login::leave_after_form;
use crate::csrf::Form;
use crate::frame::Frame;
use crate::problem::Problem;
use crate::respond::page;
use crate::session::SignedIn;
use crate::steps::Step;
use crate::{App, Shared, text};

#[derive(Template)]
#[template(path = "pages/sso_test.html")]
struct TestPage<'a> {
    frame: Frame<'a>,
    steps: Vec<Step>,
    request: &'a SsoRequest,
    issuer: &'a str,
    callback: &'a str,
    report: Option<Report>,
    /// When a test began that has not come back, as HTML.
    begun: Option<String>,
}

impl TestPage<'_> {
    fn has_passed(&self) -> bool {
        self.report.as_ref().is_some_and(|report| report.fault.is_none())
    }
}

pub(super) fn page_of(app: &App, person: &SignedIn, view: &SsoView) -> Result<Response, Problem> {
    let (request, now) = (&view.kept.request, app.clock.now());
    let shown = TestPage {
        frame: person.frame(app, "/admin/sso"),
        steps: progress(view, SsoStep::Test),
        request,
        issuer: request.upstream.as_ref().map_or("", |upstream| &upstream.issuer),
        callback: view
            .saml
            .as_ref()
            .map_or_else(|| view.callback_url.as_str(), |service| service.consumer_url.as_str()),
        report: request.test.as_ref().map(|test: &SsoTest| Report::new(view, test, now)),
        begun: request.test_begun.map(|at| text::when(at, now)),
    };
    page(StatusCode::OK, &shown)
}

/// Sends the browser through the connection. What comes back is only reported.
pub(crate) async fn begin(
    State(app): State<Shared>,
    person: SignedIn,
    headers: HeaderMap,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let started = app.use_cases.sso.test.run(&person.session, fields.text("connection")?).await?;
    leave_after_form(&app, person.frame(&app, ""), &headers, &started)
}
