//! `/home/register-business`: a plan for an organization is paid; name it, or go on with the name that was given.

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
use crate::steps::Step;
use crate::text::{STEPS_ORGANIZATION, sentence};
use crate::{App, Shared};

#[derive(Template)]
#[template(path = "pages/register_business.html")]
struct RegisterBusiness<'a> {
    frame: Frame<'a>,
    steps: Vec<Step>,
    plan: &'a str,
    organization: &'a str,
    error: Option<String>,
}

/// Making the organization was interrupted: whether it was made, only trying the same name again can tell.
#[derive(Template)]
#[template(path = "pages/register_again.html")]
struct RegisterAgain<'a> {
    frame: Frame<'a>,
    steps: Vec<Step>,
    plan: &'a str,
    organization: &'a str,
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

/// Asks for the name.
pub(crate) async fn ask(
    app: &App,
    frame: Frame<'_>,
    session: &Session,
    plan: PlanId,
) -> Result<Response, Problem> {
    form(app, frame, session, plan_name(&app.catalogue, plan), "", None).await
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
            refuse(&app, &person, organization, &error).await
        }
        Err(error) => Err(error.into()),
    }
}

/// The same form with what was typed, and what would be right.
async fn refuse(
    app: &App,
    person: &SignedIn,
    organization: &str,
    error: &RegisterOrganizationError,
) -> Result<Response, Problem> {
    let frame = person.frame(app, "/home/register-business");
    let plan = person.session.subscription.map_or("", |held| plan_name(&app.catalogue, held.plan()));
    form(app, frame, &person.session, plan, organization, Some(sentence(&error.to_string()))).await
}

/// The form; whatever was typed, a name that may have been made already comes first.
async fn form(
    app: &App,
    frame: Frame<'_>,
    session: &Session,
    plan: &str,
    organization: &str,
    error: Option<String>,
) -> Result<Response, Problem> {
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let steps = Step::in_turn(STEPS_ORGANIZATION, 3);
    match app.use_cases.register_organization.name_before(session).await? {
        Some(name) => page(status, &RegisterAgain { frame, steps, plan, organization: name.as_str() }),
        None => page(status, &RegisterBusiness { frame, steps, plan, organization, error }),
    }
}
