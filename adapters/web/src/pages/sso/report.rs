//! What came of a test, and what it would have meant for somebody who logs in.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use tenantry_application::SsoView;
use tenantry_domain::{
    EmailAddress, Role, SsoFault, SsoStep, SsoTest, SsoTestOutcome, TestedLogin, Timestamp,
};
use tenantry_ports::{Callback, LoginAttempt};

use super::step_path;
use super::steps::advice;
use crate::frame::Frame;
use crate::problem::Problem;
use crate::respond::page;
use crate::session::Visitor;
use crate::{App, text};

/// A report, as the pages show it.
pub(super) struct Report {
    /// When, as HTML.
    pub(super) at: String,
    /// What went wrong, if anything: what happened, and what to change where.
    pub(super) fault: Option<(&'static str, &'static str)>,
    /// Whether somebody logged in.
    pub(super) arrived: bool,
    /// What was told about them.
    pub(super) name: String,
    pub(super) email: String,
    pub(super) is_verified: bool,
    pub(super) claims: Vec<(String, String)>,
    /// As what a newcomer like them would join; `None` when they would not.
    pub(super) role: Option<Role>,
}

#[derive(Template)]
#[template(path = "pages/sso_report.html")]
struct ReportPage<'a> {
    frame: Frame<'a>,
    report: Report,
    next: String,
}

impl Report {
    pub(super) fn new(view: &SsoView, test: &SsoTest, now: Timestamp) -> Self {
        let at = text::when(test.at, now);
        match &test.outcome {
            SsoTestOutcome::Failed(fault) => Self {
                at,
                fault: Some(advice(*fault)),
                arrived: false,
                name: String::new(),
                email: String::new(),
                is_verified: false,
                claims: Vec::new(),
                role: None,
            },
            SsoTestOutcome::Arrived(login) => Self {
                at,
                fault: would_fail(view, login).map(advice),
                arrived: true,
                name: login.name.clone(),
                email: login.email.as_ref().map(EmailAddress::to_string).unwrap_or_default(),
                is_verified: login.email_verified,
                claims: login.claims.clone(),
                role: role(view, login),
            },
        }
    }
}

/// Why somebody like this would be refused, were the connection on.
pub(crate) fn would_fail(view: &SsoView, login: &TestedLogin) -> Option<SsoFault> {
    view.kept.request.believe(login.email.as_ref(), login.email_verified, &view.proved()).err()
}

/// As what a newcomer like this would join.
pub(crate) fn role(view: &SsoView, login: &TestedLogin) -> Option<Role> {
    let rules = &view.kept.request.admission;
    rules.auto_membership.then(|| rules.role(&login.as_claims()))
}

/// Answers the callback of a test: keeps what came back, and shows it to the administrator who began it.
pub(crate) async fn of_test(
    app: &App,
    visitor: &Visitor,
    callback: &Callback,
    attempt: &LoginAttempt,
) -> Result<Response, Problem> {
    let session = visitor.session.as_ref().ok_or_else(Problem::unknown_attempt)?;
    let test = app.use_cases.sso.report_test.run(session, callback, attempt).await?;
    let id = attempt.sso.as_ref().map_or("", |sso| sso.request.as_str());
    let view = app.use_cases.sso.list.one(session, id).await?;
    let shown = ReportPage {
        frame: visitor.frame(app, "/admin/sso"),
        report: Report::new(&view, &test, app.clock.now()),
        next: step_path(&view.kept.request.id, SsoStep::Test),
    };
    page(StatusCode::OK, &shown)
}
