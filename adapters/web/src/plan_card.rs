//! A plan as a card: what it costs, what it includes, and the one thing to do.

use tenantry_domain::{Plan, PlanId};

/// One card.
pub(crate) struct PlanCard<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) action: &'static str,
    pub(crate) path: String,
    pub(crate) is_current: bool,
}

impl<'a> PlanCard<'a> {
    /// For a stranger: a trial comes first.
    pub(crate) fn to_try(plan: &'a Plan) -> Self {
        Self { plan, action: "Start Free Trial", path: "/api/auth/signup".to_owned(), is_current: false }
    }

    /// For somebody who is signed in.
    pub(crate) fn to_buy(plan: &'a Plan, is_current: bool) -> Self {
        Self { plan, action: "Choose Plan", path: path_to_buy(plan.id), is_current }
    }
}

/// The page on which a plan is bought.
pub(crate) fn path_to_buy(plan: PlanId) -> String {
    format!("/home/confirm-plan?plan={plan}")
}
