//! `/api/v1/sso/connections/{connection}/test`: where a browser tries a connection, and what came of the last try.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use tenantry_application::SsoView;
use tenantry_domain::{SsoTest, SsoTestOutcome, TestedLogin, Timestamp};
use utoipa::ToSchema;

use super::super::caller::Caller;
use super::super::operation::Operation;
use super::super::organization::RoleName;
use super::super::path::PathId;
use super::NOT_INCLUDED;
use super::view::FaultView;
use crate::Shared;
use crate::problem::Problem;

pub(super) const SHOW: Operation = Operation {
    details: "A test is a login in a browser where you are signed in: it signs nobody in and makes nobody a member. A \
              connection can be turned on once somebody has arrived with its present client who would be let in.",
    refusals: &[NOT_INCLUDED],
    ..Operation::new("getSsoTest", "Where to test a connection, and what came of the last test")
        .answering::<TestView>(200)
};

/// The test of a connection.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SsoTest)]
pub(super) struct TestView {
    /// Where a browser begins one; null until there are credentials.
    #[schema(examples(
        "https://learn.example/admin/sso/set-up?connection=7d1c5e0b9a3f4c8896e2d0417fb35a6c&step=test"
    ))]
    url: Option<String>,
    /// What came of the last one with the present credentials; null when there was none.
    report: Option<ReportView>,
}

/// What came of a test.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SsoTestReport)]
pub(super) struct ReportView {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// What went wrong, or would once the connection is on; null when nothing does.
    fault: Option<FaultView>,
    /// Who arrived; null when nobody did.
    login: Option<LoginView>,
}

/// Who arrived, and what would become of somebody new like them.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SsoTestedLogin)]
pub(super) struct LoginView {
    /// What they are called.
    name: String,
    /// Their address.
    email: Option<String>,
    /// Whether the provider calls it verified.
    email_verified: bool,
    /// What was told about them, in part: long lists and values are cut.
    claims: Vec<ClaimView>,
    /// As what somebody new like them would join; null when they would not be let in.
    role: Option<RoleName>,
}

/// A claim, as text.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SsoClaim)]
pub(super) struct ClaimView {
    #[schema(examples("department"))]
    name: String,
    #[schema(examples("[\"course-admins\"]"))]
    value: String,
}

pub(super) async fn show(
    State(app): State<Shared>,
    Caller(session): Caller,
    PathId(id): PathId<String>,
) -> Result<Json<TestView>, Problem> {
    let view = app.use_cases.sso.list.one(&session, &id).await?;
    let request = &view.kept.request;
    let url = format!("{}/admin/sso/set-up?connection={}&step=test", app.origin, request.id);
    let report = request.test.as_ref().map(|test| ReportView::new(&view, test));
    Ok(Json(TestView { url: request.upstream.is_some().then_some(url), report }))
}

impl ReportView {
    fn new(view: &SsoView, test: &SsoTest) -> Self {
        let (fault, login) = match &test.outcome {
            SsoTestOutcome::Failed(fault) => (Some(*fault), None),
            SsoTestOutcome::Arrived(login) => (view.would_fail(login), Some(LoginView::new(view, login))),
        };
        Self { at: test.at, fault: fault.map(FaultView::from), login }
    }
}

impl LoginView {
    fn new(view: &SsoView, login: &TestedLogin) -> Self {
        let claim = |(name, value): &(String, String)| ClaimView { name: name.clone(), value: value.clone() };
        Self {
            name: login.name.clone(),
            email: login.email.as_ref().map(ToString::to_string),
            email_verified: login.email_verified,
            claims: login.claims.iter().map(claim).collect(),
            role: view.role(login).map(RoleName::from),
        }
    }
}
