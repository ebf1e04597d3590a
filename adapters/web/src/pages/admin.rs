//! `/admin`: the organization's plan, and how many of its seats are taken.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use tenantry_application::PlanAndUsageView;
use tenantry_domain::{AuditEntry, Feature, Plan, Seats, Subscription};

use crate::frame::Frame;
use crate::pages::profile::SubscriptionView;
use crate::problem::Problem;
use crate::respond::page;
use crate::session::SignedIn;
use crate::{App, Shared, text};

#[derive(Template)]
#[template(path = "pages/admin.html")]
struct Admin<'a> {
    frame: Frame<'a>,
    organization: &'a str,
    plan: Option<&'a Plan>,
    subscription: Option<SubscriptionView<'a>>,
    /// Whether the organization's plan has ended, or it has none.
    is_over: bool,
    used: u32,
    members: u32,
    invited: u32,
    turned_away: &'a [String],
    glass_broken: Vec<GlassBroken<'a>>,
    /// What becomes of single sign-on when the plan ends, as HTML.
    sso: Option<String>,
    /// `None` when any number is allowed.
    allowed: Option<u32>,
}

/// Somebody came in past single sign-on.
struct GlassBroken<'a> {
    who: &'a str,
    connection: &'a str,
    /// As HTML.
    when: String,
}

impl<'a> From<&'a AuditEntry> for GlassBroken<'a> {
    fn from(entry: &'a AuditEntry) -> Self {
        let who = entry.actor_name.as_deref().unwrap_or("Somebody");
        Self { who, connection: &entry.subject, when: text::moment(entry.at) }
    }
}

pub(crate) async fn show(State(app): State<Shared>, person: SignedIn) -> Result<Response, Problem> {
    let usage = app.use_cases.plan_and_usage.run(&person.session).await?;
    page(StatusCode::OK, &Admin::new(&app, &person, &usage))
}

impl<'a> Admin<'a> {
    fn new(app: &'a App, person: &'a SignedIn, usage: &'a PlanAndUsageView) -> Self {
        let plan = usage.plan.as_ref();
        Self {
            frame: person.frame(app, "/admin"),
            organization: person.session.tenant.as_ref().map_or("", |tenant| tenant.name.as_str()),
            plan,
            subscription: usage.subscription.map(|held| {
                let name = plan.map_or(held.plan().as_str(), |plan| &plan.name);
                SubscriptionView::new(name, held, 365, app.clock.now())
            }),
            is_over: !usage.standing.opens(Feature::Administration),
            used: usage.members + usage.invited,
            members: usage.members,
            invited: usage.invited,
            turned_away: &usage.turned_away,
            glass_broken: usage.glass_broken.iter().map(GlassBroken::from).collect(),
            sso: usage.sso_until.map(|until| {
                text::sso_until(usage.subscription.map(Subscription::ends), until, app.clock.now())
            }),
            allowed: plan.and_then(|plan| match plan.seats {
                Seats::UpTo(most) => Some(most),
                Seats::Unlimited => None,
            }),
        }
    }
}
