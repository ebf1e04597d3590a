//! `/api/v1/organization/subscription`: which plan, until when, and how much of it is used.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use tenantry_application::PlanAndUsageView;
use tenantry_domain::{Seats, Status, Subscription, Timestamp};
use utoipa::ToSchema;

use super::caller::Caller;
use super::operation::Operation;
use crate::Shared;
use crate::problem::Problem;

pub(super) const SHOW: Operation =
    Operation::new("getSubscription", "The organization's plan, and how much of it is used")
        .answering::<UsageView>(200);

/// A subscription.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Subscription)]
pub(super) struct SubscriptionView {
    /// Which plan: `trial`, `personal`, `team` or `enterprise`.
    plan: &'static str,
    /// The instant from which it is over.
    #[schema(value_type = String, format = DateTime)]
    ends_at: Timestamp,
    /// Whether it is in force until then, or something is left to do first.
    is_active: bool,
}

/// The organization's plan and its use.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SubscriptionAndUsage)]
pub(super) struct UsageView {
    /// The subscription; null when the organization has none.
    subscription: Option<SubscriptionView>,
    /// How many people it admits; null for any number, or without a plan.
    seats: Option<u32>,
    /// How many seats members take.
    members: u32,
    /// How many seats invitations take.
    invited: u32,
}

pub(super) async fn show(
    State(app): State<Shared>,
    Caller(session): Caller,
) -> Result<Json<UsageView>, Problem> {
    Ok(Json(app.use_cases.plan_and_usage.run(&session).await?.into()))
}

impl From<Subscription> for SubscriptionView {
    fn from(held: Subscription) -> Self {
        Self { plan: held.plan().as_str(), ends_at: held.ends(), is_active: held.status() == Status::Active }
    }
}

impl From<PlanAndUsageView> for UsageView {
    fn from(view: PlanAndUsageView) -> Self {
        let seats = view.plan.and_then(|plan| match plan.seats {
            Seats::UpTo(most) => Some(most),
            Seats::Unlimited => None,
        });
        let subscription = view.subscription.map(SubscriptionView::from);
        Self { subscription, seats, members: view.members, invited: view.invited }
    }
}
