//! `/home`: the courses, or what stands between a person and them.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use tenantry_domain::{Permission, PlanId, Standing};
use tenantry_ports::Session;

use crate::brand::Course;
use crate::fields::Fields;
use crate::frame::{Frame, plan_name};
use crate::pages::business;
use crate::problem::Problem;
use crate::respond::page;
use crate::session::{REFRESH_LIMIT, SignedIn};
use crate::{App, Shared};

#[derive(Template)]
#[template(path = "pages/home.html")]
struct Welcome<'a> {
    frame: Frame<'a>,
    name: &'a str,
    query: &'a str,
    courses: Vec<&'a Course>,
}

#[derive(Template)]
#[template(path = "pages/locked.html")]
struct Locked<'a> {
    frame: Frame<'a>,
    title: String,
    detail: &'static str,
    may_buy: bool,
}

#[derive(Template)]
#[template(path = "pages/outside.html")]
struct Outside<'a> {
    frame: Frame<'a>,
    plan: &'a str,
    /// Whether they belong to no organization at all.
    is_alone: bool,
}

#[derive(Template)]
#[template(path = "pages/without_role.html")]
struct WithoutRole<'a> {
    frame: Frame<'a>,
    organization: &'a str,
}

pub(crate) async fn show(
    State(app): State<Shared>,
    person: SignedIn,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let frame = person.frame(&app, "/home");
    match app.use_cases.home.run(&person.session).standing {
        Standing::OnTrial(_) | Standing::Subscribed(_) => courses(&app, frame, &person.session, query),
        Standing::AwaitingOrganization(plan) => business::ask(&app, frame, &person.session, plan).await,
        Standing::OutsideOrganization(plan) => {
            // Where the provider does not say so soon, the way into an organization is shown: it says so itself then.
            let asked = app.use_cases.my_organizations.run(&person.session);
            let mine = tokio::time::timeout(REFRESH_LIMIT, asked).await;
            let is_alone = mine.is_ok_and(|mine| mine.is_ok_and(|mine| mine.is_empty()));
            page(StatusCode::OK, &Outside { frame, plan: plan_name(&app.catalogue, plan), is_alone })
        }
        Standing::WithoutRole => {
            let organization = person.session.tenant.as_ref().map_or("", |tenant| tenant.name.as_str());
            page(StatusCode::OK, &WithoutRole { frame, organization })
        }
        Standing::Expired(plan) => page(StatusCode::OK, &Locked::expired(&app, frame, &person.session, plan)),
        Standing::Unsubscribed => page(StatusCode::OK, &Locked::unsubscribed(frame, &person.session)),
    }
}

fn courses(
    app: &App,
    frame: Frame<'_>,
    session: &Session,
    query: Option<String>,
) -> Result<Response, Problem> {
    let query = Fields::parse(query.unwrap_or_default().as_bytes())?;
    let query = query.text("q")?.trim();
    let courses =
        app.site.brand.courses.iter().filter(|course| query.is_empty() || course.matches(query)).collect();
    page(StatusCode::OK, &Welcome { frame, name: &session.name, query, courses })
}

impl<'a> Locked<'a> {
    fn expired(app: &App, frame: Frame<'a>, session: &Session, plan: PlanId) -> Self {
        let title = format!("Your {} subscription expired", plan_name(&app.catalogue, plan));
        let detail =
            "Your courses are locked, and everything is kept as you left it. Choose a plan to go on.";
        Self::new(frame, session, title, detail)
    }

    fn unsubscribed(frame: Frame<'a>, session: &Session) -> Self {
        let detail =
            "No subscription is known for you, so the courses are locked. Choose a plan to open them.";
        Self::new(frame, session, "Choose a plan to start".to_owned(), detail)
    }

    fn new(frame: Frame<'a>, session: &Session, title: String, detail: &'static str) -> Self {
        let may_buy = may_buy(session);
        let detail = if may_buy {
            detail
        } else {
            "The courses are locked. Ask an Administrator of your organization to choose a plan."
        };
        Self { frame, title, detail, may_buy }
    }
}

/// Whether the pages offer this person a plan: for display alone, the use case decides.
pub(crate) fn may_buy(session: &Session) -> bool {
    session.tenant.is_none() || session.roles.permit(Permission::ChangeSubscription)
}
