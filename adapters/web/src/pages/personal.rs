//! `/home/register-personal`: a personal plan is paid; go on.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use tenantry_domain::{PlanId, Timestamp};

use crate::Shared;
use crate::csrf::Form;
use crate::frame::Frame;
use crate::problem::Problem;
use crate::respond::page;
use crate::session::{SignedIn, see_other};
use crate::steps::Step;
use crate::text::STEPS_PERSONAL;

#[derive(Template)]
#[template(path = "pages/register_personal.html")]
struct RegisterPersonal<'a> {
    frame: Frame<'a>,
    steps: Vec<Step>,
    ends: Timestamp,
}

pub(crate) async fn show(State(app): State<Shared>, person: SignedIn) -> Result<Response, Problem> {
    match person.session.subscription.filter(|held| held.plan() == PlanId::Personal) {
        Some(held) => {
            let frame = person.frame(&app, "/home/register-personal");
            let steps = Step::in_turn(STEPS_PERSONAL, 3);
            page(StatusCode::OK, &RegisterPersonal { frame, steps, ends: held.ends() })
        }
        None => Ok(see_other("/home")),
    }
}

pub(crate) async fn go_on(State(app): State<Shared>, person: SignedIn, _: Form) -> Result<Response, Problem> {
    app.use_cases.register_personal.run(&person.session).await?;
    Ok(see_other("/home"))
}
