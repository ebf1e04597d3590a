//! Which plan the organization is on, and how much of it is used.

use std::sync::Arc;

use tenantry_domain::{Catalogue, NotPermitted, Permission, Plan, Standing, Subscription};
use tenantry_ports::{Clock, Members, Session};

use crate::Outage;
use crate::home::standing;

/// Shows an administrator the organization's plan and how many seats are taken.
pub struct PlanAndUsage {
    /// Counts the seats that are taken.
    pub members: Arc<dyn Members>,
    /// What the plan includes.
    pub catalogue: Arc<Catalogue>,
    /// Whether the plan is current.
    pub clock: Arc<dyn Clock>,
}

/// The organization's plan and its use.
#[derive(Clone, Debug)]
pub struct PlanAndUsageView {
    /// The subscription; `None` when the organization has none.
    pub subscription: Option<Subscription>,
    /// What it includes.
    pub plan: Option<Plan>,
    /// Whether it is current.
    pub standing: Standing,
    /// How many seats are taken.
    pub seats_taken: u32,
}

/// Why it is not shown.
#[derive(Debug, thiserror::Error)]
pub enum PlanAndUsageError {
    /// The actor may not see it.
    #[error(transparent)]
    NotPermitted(#[from] NotPermitted),
    /// Something outside is down.
    #[error(transparent)]
    Outage(#[from] Outage),
}

impl PlanAndUsage {
    /// The plan, also when it is over: this page offers the way to pay.
    pub async fn run(&self, session: &Session) -> Result<PlanAndUsageView, PlanAndUsageError> {
        let administrator = session.actor().permitted(Permission::ViewSubscription)?;
        let seats_taken = self.members.count(&administrator.tenant().id).await.map_err(Outage::from)?;
        let subscription = session.subscription;
        Ok(PlanAndUsageView {
            subscription,
            plan: subscription.and_then(|held| self.catalogue.plan(held.plan()).cloned()),
            standing: standing(session, self.clock.now()),
            seats_taken,
        })
    }
}
