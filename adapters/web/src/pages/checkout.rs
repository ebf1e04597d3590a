//! `/home/confirm-plan`: what the chosen plan costs, and the built-in test checkout's form.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use tenantry_application::{Bought, CardPayment, Choice, ChoosePlanError, Next, Outage, PayByCardError};
use tenantry_domain::{Plan, PlanId, PurchaseId, Timestamp};

use crate::card_form::CardForm;
use crate::csrf::Form;
use crate::fields::Fields;
use crate::frame::Frame;
use crate::plan_card::path_to_buy;
use crate::problem::Problem;
use crate::respond::page;
use crate::session::{SignedIn, see_other};
use crate::steps::Step;
use crate::{App, Shared, text};

#[derive(Template)]
#[template(path = "pages/checkout.html")]
struct Checkout<'a> {
    frame: Frame<'a>,
    steps: Vec<Step>,
    plan: &'a Plan,
    buys_for: Option<&'a str>,
    purchase: &'a str,
    card: CardForm<'a>,
    outcome: Option<String>,
    bought: Option<BoughtBefore<'a>>,
}

/// The same plan, paid for a moment ago.
struct BoughtBefore<'a> {
    ago: String,
    ends: Timestamp,
    /// The organization that it is for.
    tenant: Option<&'a str>,
    /// Where it goes on.
    path: &'static str,
}

impl<'a> From<&'a Bought> for BoughtBefore<'a> {
    fn from(bought: &'a Bought) -> Self {
        let tenant = bought.tenant.as_ref().map(|tenant| tenant.name.as_str());
        let path = if tenant.is_some() { "/admin" } else { "/home" };
        Self { ago: text::ago(bought.ago), ends: bought.ends, tenant, path }
    }
}

pub(crate) async fn show(
    State(app): State<Shared>,
    person: SignedIn,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let query = Fields::parse(query.unwrap_or_default().as_bytes())?;
    let plan = query.text("plan")?;
    match app.use_cases.choose_plan.run(&person.session, plan).await {
        Ok(choice) => form(&app, &person, &choice, choice.purchase.as_str(), CardForm::empty(), None),
        Err(error) => not_now(error, plan),
    }
}

pub(crate) async fn pay(
    State(app): State<Shared>,
    person: SignedIn,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let card = CardForm::read(&fields, app.clock.now())?;
    let plan = fields.text("plan")?;
    let purchase = PurchaseId::try_from(fields.text("purchase")?).ok();
    let (Some(number), Some(purchase)) = (card.number_if_complete(), &purchase) else {
        // A right card without its purchase: nothing that our own page would send.
        let outcome = (!card.is_wrong()).then(|| "The form was not complete: pay again.".to_owned());
        let purchase = purchase.as_ref().map_or("", PurchaseId::as_str);
        return again(&app, &person, plan, purchase, card, outcome).await;
    };
    let payment = CardPayment { plan: plan.to_owned(), purchase: purchase.clone(), card: number };
    match app.use_cases.pay_by_card.run(&person.session, payment).await {
        Ok(next) | Err(PayByCardError::Unfinished(next)) => go_on(&next, plan),
        Err(PayByCardError::Outage(Outage::Conflict)) => Err(Problem::conflict().leading_to(here(plan))),
        Err(error @ (PayByCardError::Declined | PayByCardError::NotATestCard)) => {
            again(&app, &person, plan, purchase.as_str(), card, Some(text::sentence(&error.to_string())))
                .await
        }
        Err(error) => Err(error.into()),
    }
}

/// The same form with what was typed, and what is wrong with it.
async fn again(
    app: &App,
    person: &SignedIn,
    plan: &str,
    purchase: &str,
    card: CardForm<'_>,
    outcome: Option<String>,
) -> Result<Response, Problem> {
    let choice = match app.use_cases.choose_plan.run(&person.session, plan).await {
        Ok(choice) => choice,
        Err(error) => return not_now(error, plan),
    };
    let purchase = if purchase.is_empty() { choice.purchase.as_str() } else { purchase };
    form(app, person, &choice, purchase, card, outcome)
}

fn form(
    app: &App,
    person: &SignedIn,
    choice: &Choice,
    purchase: &str,
    card: CardForm<'_>,
    outcome: Option<String>,
) -> Result<Response, Problem> {
    let status = match &outcome {
        Some(_) => StatusCode::PAYMENT_REQUIRED,
        None if card.is_wrong() => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let frame = person.frame(app, "/home/upgrade-plan");
    let buys_for = choice.buys_for.as_ref().map(|tenant| tenant.name.as_str());
    let steps = Step::in_turn(text::steps(choice.plan.id, buys_for.is_some()), 2);
    let bought = choice.bought.as_ref().map(BoughtBefore::from);
    page(status, &Checkout { frame, steps, plan: &choice.plan, buys_for, purchase, card, outcome, bought })
}

/// What is shown in place of the form.
fn not_now(error: ChoosePlanError, plan: &str) -> Result<Response, Problem> {
    match error {
        ChoosePlanError::Unfinished(next) => go_on(&next, plan),
        ChoosePlanError::Outage(Outage::Conflict) => Err(Problem::conflict().leading_to(here(plan))),
        error => Err(error.into()),
    }
}

/// Leads to where a purchase goes on. Where there is nothing to do but to wait, the person is told so.
fn go_on(next: &Next, plan: &str) -> Result<Response, Problem> {
    Ok(see_other(match next {
        Next::Wait => return Err(Problem::being_paid(here(plan))),
        Next::Pay => "/home/upgrade-plan",
        Next::NameOrganization => "/home/register-business",
        Next::Welcome => "/home/register-personal",
        Next::Done(Some(_)) => "/admin",
        Next::Done(None) => "/home",
    }))
}

/// The page of the plan that a request names.
fn here(plan: &str) -> String {
    plan.parse::<PlanId>().map_or_else(|_| "/home/upgrade-plan".to_owned(), path_to_buy)
}
