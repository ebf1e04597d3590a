//! What came of a test, and what it would have meant for somebody who logs in.

use std::time::Duration;

use askama::Template;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use tenantry_application::{ReportedTest, SsoView};
use tenantry_domain::{EmailAddress, Role, SsoRequestId, SsoStep, SsoTest, SsoTestOutcome, Timestamp};
use tenantry_ports::{Callback, LoginAttempt};

use super::step_path;
use super::steps::advice;
use crate::frame::Frame;
use crate::problem::Problem;
use crate::respond::page;
use crate::session::{Visitor, see_other};
use crate::{App, cookies, text};

/// How long the provider may take to send the browser back. It knows the front page alone.
const WAY_BACK: Duration = Duration::from_mins(1);

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
    /// What their provider said.
    pub(super) said: Vec<(String, String)>,
    /// What was added on the way here.
    pub(super) added: Vec<(String, String)>,
    /// Whether newcomers become members by themselves.
    pub(super) newcomers_join: bool,
    /// As what a newcomer like them would join; `None` when they would not be let in.
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
                said: Vec::new(),
                added: Vec::new(),
                newcomers_join: false,
                role: None,
            },
            SsoTestOutcome::Arrived(login) => {
                let claims = login.claims.iter().cloned();
                let rules = &view.kept.request.admission.mappings;
                // What a rule looks at is what the Administrator looks for, however it came here.
                let is_looked_at = |name: &str| rules.iter().any(|rule| rule.claim() == name);
                let (added, said) = claims.partition(|(name, _)| is_added(name) && !is_looked_at(name));
                Self {
                    at,
                    fault: view.would_fail(login).map(advice),
                    arrived: true,
                    name: login.name.clone(),
                    email: login.email.as_ref().map(EmailAddress::to_string).unwrap_or_default(),
                    is_verified: login.email_verified,
                    said,
                    added,
                    newcomers_join: view.kept.request.admission.auto_membership,
                    role: view.role(login),
                }
            }
        }
    }
}

/// Whether a claim is about the login at the identity provider behind the product rather than about the person: what
/// belongs to its own tokens, and what its steps after a login add.
fn is_added(name: &str) -> bool {
    let of_the_token = [
        "iss",
        "aud",
        "sub",
        "exp",
        "nbf",
        "iat",
        "jti",
        "nonce",
        "azp",
        "sid",
        "auth_time",
        "acr",
        "amr",
        "at_hash",
        "c_hash",
        "s_hash",
        "org_id",
        "org_name",
        "subscription",
        "member_roles",
        "updated_at",
    ];
    of_the_token.contains(&name) || name.contains("://")
}

/// Leads whoever is back at the front page from the provider on to the report of their test.
pub(crate) fn lead_back(app: &App, headers: &HeaderMap) -> Option<Response> {
    let name = app.cookies.tested_name();
    let id = SsoRequestId::try_from(cookies::one(headers, name)?).ok()?;
    let mut response = see_other(&step_path(&id, SsoStep::Test));
    response.headers_mut().extend(app.cookies.clear(name).map(|cookie| (header::SET_COOKIE, cookie)));
    Some(response)
}

/// Answers the callback of a test: keeps what came back, and shows it to the administrator who began it.
pub(crate) async fn of_test(
    app: &App,
    visitor: &Visitor,
    callback: &Callback,
    attempt: &LoginAttempt,
) -> Result<Response, Problem> {
    let session = visitor.session.as_ref().ok_or_else(Problem::unknown_attempt)?;
    let home = app.base_url.clone();
    let ReportedTest { test, leave } =
        app.use_cases.sso.report_test.run(session, callback, attempt, home).await?;
    let id = attempt.sso.as_ref().map_or("", |sso| sso.request.as_str());
    if let Some(url) = leave {
        let mut response = see_other(url.as_str());
        let cookie = app.cookies.set(app.cookies.tested_name(), id, Some(WAY_BACK));
        response.headers_mut().extend(cookie.map(|cookie| (header::SET_COOKIE, cookie)));
        return Ok(response);
    }
    let view = app.use_cases.sso.list.one(session, id).await?;
    let shown = ReportPage {
        frame: visitor.frame(app, "/admin/sso"),
        report: Report::new(&view, &test, app.clock.now()),
        next: step_path(&view.kept.request.id, SsoStep::Test),
    };
    page(StatusCode::OK, &shown)
}
