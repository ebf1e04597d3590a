//! `/organizations`: those that a person belongs to, and the way into each; `/organizations/new`: another one.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tenantry_application::MyOrganization;
use tenantry_domain::{EmailAddress, Standing};

use crate::Shared;
use crate::fields::Fields;
use crate::frame::Frame;
use crate::pages::home::may_buy;
use crate::plan_card::PlanCard;
use crate::problem::Problem;
use crate::respond::page;
use crate::return_to::ReturnTo;
use crate::session::{SignedIn, Visitor, see_other};

#[derive(Template)]
#[template(path = "pages/organizations.html")]
struct Organizations<'a> {
    frame: Frame<'a>,
    name: &'a str,
    email: Option<&'a str>,
    is_personal: bool,
    /// Whether somebody has come for an organization, and said by their address alone for which.
    chooses: bool,
    mine: Vec<Listed<'a>>,
}

/// One of them.
struct Listed<'a> {
    name: &'a str,
    display_name: &'a str,
    is_current: bool,
    /// Begins the login under it.
    path: String,
}

#[derive(Template)]
#[template(path = "pages/new_organization.html")]
struct NewOrganization<'a> {
    frame: Frame<'a>,
    /// The organization under which the person is signed in: for it they would buy here.
    under: Option<&'a str>,
    /// Whether they may buy for it.
    may_buy: bool,
    cards: Vec<PlanCard<'a>>,
}

#[derive(Template)]
#[template(path = "pages/organization_deleted.html")]
struct Deleted<'a> {
    frame: Frame<'a>,
}

/// Where somebody goes who has come for an organization, and did not say for which.
pub(crate) const CHOICE: &str = "/organizations?choose=one";

/// Shows them. Whoever has come for one need not choose when there is none or no other, or when they are in it.
pub(crate) async fn list(
    State(app): State<Shared>,
    person: SignedIn,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let chooses = !Fields::parse(query.unwrap_or_default().as_bytes())?.text("choose")?.is_empty();
    let session = &person.session;
    if chooses && session.tenant.is_some() {
        return Ok(see_other(ReturnTo::home().as_str()));
    }
    let mine = app.use_cases.my_organizations.run(session).await?;
    match (chooses, &*mine) {
        (true, []) => return Ok(see_other(ReturnTo::home().as_str())),
        (true, [only]) => return Ok(see_other(&Listed::from(only).path)),
        _ => {}
    }
    let frame = person.frame(&app, "/organizations");
    let view = Organizations {
        frame,
        name: &session.name,
        email: session.email.as_ref().map(EmailAddress::as_str).filter(|email| *email != session.name),
        is_personal: session.tenant.is_none(),
        chooses,
        mine: mine.iter().map(Listed::from).collect(),
    };
    page(StatusCode::OK, &view)
}

/// The plans with which an organization begins. What was paid before and has no organization yet comes first.
pub(crate) async fn new(State(app): State<Shared>, person: SignedIn) -> Result<Response, Problem> {
    if let Standing::AwaitingOrganization(_) = app.use_cases.home.run(&person.session).standing {
        return Ok(see_other("/home/register-business"));
    }
    let plans = app.catalogue.plans().iter().filter(|plan| plan.id.is_for_organizations());
    let frame = person.frame(&app, "/organizations/new");
    let view = NewOrganization {
        under: frame.person.as_ref().and_then(|person| person.organization),
        may_buy: may_buy(&person.session),
        cards: plans.map(|plan| PlanCard::to_buy(plan, false)).collect(),
        frame,
    };
    page(StatusCode::OK, &view)
}

/// What somebody sees whose organization is gone, and their session with it.
pub(crate) async fn deleted(State(app): State<Shared>, visitor: Visitor) -> Result<Response, Problem> {
    page(StatusCode::OK, &Deleted { frame: visitor.frame(&app, "") })
}

impl<'a> From<&'a MyOrganization> for Listed<'a> {
    fn from(mine: &'a MyOrganization) -> Self {
        let id = utf8_percent_encode(mine.tenant.id.as_str(), NON_ALPHANUMERIC);
        Self {
            name: mine.tenant.name.as_str(),
            display_name: &mine.display_name,
            is_current: mine.is_current,
            path: format!("/api/auth/login?organization={id}&returnTo=/home"),
        }
    }
}
