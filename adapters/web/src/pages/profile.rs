//! `/home/profile`: what the product knows about the person who is signed in.

use std::fmt::Display;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use tenantry_application::EditProfileError;
use tenantry_domain::{
    Catalogue, EmailAddress, PersonName, PlanId, Role, Standing, Status, Subscription, Timestamp,
};

use crate::csrf::Form;
use crate::frame::{Frame, plan_name};
use crate::pages::home::may_buy;
use crate::problem::Problem;
use crate::respond::page;
use crate::session::SignedIn;
use crate::text::sentence;
use crate::{App, Shared, flash, text};

#[derive(Template)]
#[template(path = "pages/profile.html")]
struct Profile<'a> {
    frame: Frame<'a>,
    name: &'a str,
    email: Option<&'a str>,
    organization: Option<&'a str>,
    roles: Vec<Role>,
    subscription: Option<SubscriptionView<'a>>,
    /// The plan that they bought for an organization, outside of which they are signed in.
    bought_for_another: Option<&'a str>,
    may_buy: bool,
    claims: String,
    /// The name as it stands in the form.
    typed: &'a str,
    error: Option<String>,
}

/// A subscription as people read it.
pub(crate) struct SubscriptionView<'a> {
    pub(crate) plan: &'a str,
    pub(crate) state: &'static str,
    pub(crate) badge: &'static str,
    pub(crate) until: &'static str,
    pub(crate) ends: Timestamp,
    pub(crate) left: String,
    pub(crate) percent: u64,
}

impl<'a> SubscriptionView<'a> {
    /// `subscription` of `plan`'s name; a whole one lasts `days`.
    pub(crate) fn new(plan: &'a str, subscription: Subscription, days: u32, now: Timestamp) -> Self {
        let ends = subscription.ends();
        let (state, badge, until) =
            match (subscription.has_ended(now), subscription.status(), subscription.plan()) {
                (true, _, _) => ("Expired", "badge-bad", "Ended on"),
                (_, Status::Activation, _) => ("One step left", "badge-warn", "Paid until"),
                (_, Status::Active, PlanId::Trial) => ("Trial", "badge-accent", "Ends on"),
                (_, Status::Active, _) => ("Active", "badge-good", "Paid until"),
            };
        let left = u64::from(now.days_until(ends));
        let percent = (left * 100).div_ceil(u64::from(days.max(1))).min(100);
        Self {
            plan,
            state,
            badge,
            until,
            ends,
            left: format!("{} left", text::days(now.days_until(ends))),
            percent,
        }
    }
}

pub(crate) async fn show(State(app): State<Shared>, person: SignedIn) -> Result<Response, Problem> {
    let claims = claims(&app, &person).await?;
    page(StatusCode::OK, &Profile::new(&app, &person, claims))
}

/// Changes what others call the person.
pub(crate) async fn rename(
    State(app): State<Shared>,
    person: SignedIn,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let typed = fields.text("name")?;
    let name = match PersonName::try_from(typed) {
        Ok(name) => name,
        Err(why) => return refuse(&app, &person, typed, &why).await,
    };
    match app.use_cases.edit_profile.run(&person.session, &name).await {
        Ok(()) => Ok(flash::tell(&app, &person.session.user, "/home/profile", text::RENAMED)),
        Err(error @ EditProfileError::ManagedElsewhere) => refuse(&app, &person, typed, &error).await,
        Err(error) => Err(error.into()),
    }
}

/// The same page with what was typed, and what would be right.
async fn refuse(app: &App, person: &SignedIn, typed: &str, why: &impl Display) -> Result<Response, Problem> {
    let claims = claims(app, person).await?;
    let error = Some(sentence(&why.to_string()));
    let profile = Profile { typed, error, ..Profile::new(app, person, claims) };
    page(StatusCode::UNPROCESSABLE_ENTITY, &profile)
}

async fn claims(app: &App, person: &SignedIn) -> Result<String, Problem> {
    let known = app.use_cases.profile.run(&person.session).await?;
    serde_json::to_string_pretty(&known.claims).map_err(Problem::internal)
}

impl<'a> Profile<'a> {
    fn new(app: &'a App, person: &'a SignedIn, claims: String) -> Self {
        let session = &person.session;
        // The record of whoever bought it knows neither how long it runs by now, nor whether the organization is there.
        let bought_for_another = match app.use_cases.home.run(session).standing {
            Standing::OutsideOrganization(plan) => Some(plan_name(&app.catalogue, plan)),
            _ => None,
        };
        let own = session.subscription.filter(|_| bought_for_another.is_none());
        let subscription = own.map(|held| {
            let days = if held.plan() == PlanId::Trial { app.catalogue.trial_days() } else { 365 };
            SubscriptionView::new(title(&app.catalogue, held.plan()), held, days, app.clock.now())
        });
        Self {
            frame: person.frame(app, "/home/profile"),
            name: &session.name,
            email: session.email.as_ref().map(EmailAddress::as_str),
            organization: session.tenant.as_ref().map(|tenant| tenant.name.as_str()),
            roles: session.roles.iter().collect(),
            subscription,
            bought_for_another,
            may_buy: may_buy(session),
            claims,
            typed: &session.name,
            error: None,
        }
    }
}

/// A plan's name where it stands alone.
fn title(catalogue: &Catalogue, plan: PlanId) -> &str {
    if plan == PlanId::Trial { "Trial" } else { plan_name(catalogue, plan) }
}
