//! `/pricing`: what can be bought.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::Shared;
use crate::frame::Frame;
use crate::plan_card::PlanCard;
use crate::problem::Problem;
use crate::respond::page;
use crate::session::Visitor;
use crate::text;

#[derive(Template)]
#[template(path = "pages/pricing.html")]
struct Pricing<'a> {
    frame: Frame<'a>,
    cards: Vec<PlanCard<'a>>,
    trial: String,
}

pub(crate) async fn show(State(app): State<Shared>, visitor: Visitor) -> Result<Response, Problem> {
    let frame = visitor.frame(&app, "/pricing");
    let trial = text::days(app.catalogue.trial_days());
    let card = |plan| match visitor.session {
        Some(_) => PlanCard::to_buy(plan, false),
        None => PlanCard::to_try(plan),
    };
    let cards = app.catalogue.plans().iter().map(card).collect();
    page(StatusCode::OK, &Pricing { frame, cards, trial })
}
