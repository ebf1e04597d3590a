//! `/home/upgrade-plan`: the plans that this person can buy.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use tenantry_domain::{Standing, Subscription};

use crate::Shared;
use crate::frame::Frame;
use crate::pages::home::may_buy;
use crate::plan_card::PlanCard;
use crate::problem::Problem;
use crate::respond::page;
use crate::session::SignedIn;

#[derive(Template)]
#[template(path = "pages/upgrade.html")]
struct Upgrade<'a> {
    frame: Frame<'a>,
    lede: &'static str,
    cards: Vec<PlanCard<'a>>,
    may_buy: bool,
}

pub(crate) async fn show(State(app): State<Shared>, person: SignedIn) -> Result<Response, Problem> {
    let for_organization = person.session.tenant.is_some();
    let plans =
        app.catalogue.plans().iter().filter(|plan| !for_organization || plan.id.is_for_organizations());
    let lede = if for_organization {
        "For your organization. It starts when the payment goes through, and runs for one year."
    } else {
        "For yourself, or for an organization that you name after paying."
    };
    let now = app.clock.now();
    let is_outside =
        matches!(app.use_cases.home.run(&person.session).standing, Standing::OutsideOrganization(_));
    let held = person.session.subscription.filter(|held| !held.has_ended(now) && !is_outside);
    let current = held.map(Subscription::plan);
    let view = Upgrade {
        frame: person.frame(&app, "/home/upgrade-plan"),
        lede,
        cards: plans.map(|plan| PlanCard::to_buy(plan, current == Some(plan.id))).collect(),
        may_buy: may_buy(&person.session),
    };
    page(StatusCode::OK, &view)
}
