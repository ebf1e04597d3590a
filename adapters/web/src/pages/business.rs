//! `/home/register-business`: a plan for an organization is paid; name it.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use tenantry_application::{RegisterOrganizationError, SignInWish, Under};
use tenantry_domain::{PlanId, Standing};
use tenantry_ports::Session;

use crate::auth::login::begin;
use crate::csrf::Form;
use crate::frame::{Frame, plan_name};
use crate::problem::Problem;
use crate::respond::page;
use crate::return_to::ReturnTo;
use crate::session::{SignedIn, see_other};
use crate::text::{STEPS_ORGANIZATION, sentence};
use crate::{App, Shared};

#[derive(Template)]
#[template(path = "pages/register_business.html")]
struct RegisterBusiness<'a> {
    frame: Frame<'a>,
    steps: &'static [&'static str],
    plan: &'a str,
    organization: &'a str,
    error: Option<String>,
}

pub(crate) async fn show(State(app): State<Shared>, person: SignedIn) -> Result<Response, Problem> {
    match app.use_cases.home.run(&person.session).standing {
        Standing::AwaitingOrganization(plan) => {
            let frame = person.frame(&app, "/home/register-business");
            ask(&app, frame, &person.session, plan).await
        }
        _ => Ok(see_other("/home")),
    }
}

/// Asks for the name, offering again the one that was tried before.
pub(crate) async fn ask(
    app: &App,
    frame: Frame<'_>,
    session: &Session,
    plan: PlanId,
) -> Result<Response, Problem> {
    let before = app.use_cases.register_organization.name_before(session).await?;
    let organization = before.as_ref().map_or("", |name| name.as_str());
    let plan = plan_name(&app.catalogue, plan);
    let view = RegisterBusiness { frame, steps: STEPS_ORGANIZATION, plan, organization, error: None };
    page(StatusCode::OK, &view)
}

/// Makes the organization and starts a login under it.
pub(crate) async fn create(
    State(app): State<Shared>,
    person: SignedIn,
    headers: HeaderMap,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let organization = fields.text("organization")?;
    match app.use_cases.register_organization.run(&person.session, organization).await {
        Ok(tenant) => {
            let return_to = ReturnTo::home().as_str().to_owned();
            let wish = SignInWish { under: Under::Tenant(tenant), return_to, ..SignInWish::default() };
            begin(&app, &headers, wish).await
        }
        Err(error @ (RegisterOrganizationError::InvalidName(_) | RegisterOrganizationError::NameTaken)) => {
            refuse(&app, &person, organization, &error)
        }
        Err(error) => Err(error.into()),
    }
}

/// The same form with what was typed, and what would be right.
fn refuse(
    app: &App,
    person: &SignedIn,
    organization: &str,
    error: &RegisterOrganizationError,
) -> Result<Response, Problem> {
    let frame = person.frame(app, "/home/register-business");
    let plan = person.session.subscription.map_or("", |held| plan_name(&app.catalogue, held.plan()));
    let error = Some(sentence(&error.to_string()));
    let view = RegisterBusiness { frame, steps: STEPS_ORGANIZATION, plan, organization, error };
    page(StatusCode::UNPROCESSABLE_ENTITY, &view)
}
