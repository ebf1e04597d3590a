//! Which plan the organization is on, and how much of it is used.

use std::sync::Arc;
use std::time::Duration;

use tenantry_domain::{
    AuditAction, AuditEntry, Catalogue, NotPermitted, Permission, Plan, Seats, SsoState, Standing,
    Subscription, TenantId, Timestamp,
};
use tenantry_ports::{AuditLog, Clock, PageSize, Session, SsoRequests};

use crate::home::standing;
use crate::sso::GRACE;
use crate::{Outage, SeatCount};

/// How long before the end of a plan its Administrators are told what ends with it.
const SOON: Duration = Duration::from_hours(30 * 24);

/// Who came earlier than this has asked for a seat by now, or given up.
const LATELY: Duration = Duration::from_hours(30 * 24);

/// A login past single sign-on is told for so long.
const WHILE: Duration = Duration::from_hours(7 * 24);

/// Shows an administrator the organization's plan and how many seats are taken.
pub struct PlanAndUsage {
    /// Counts the seats that are taken.
    pub seats: SeatCount,
    /// Who came and found no seat.
    pub audit_log: Arc<dyn AuditLog>,
    /// Whether people come in by a connection that ends with the plan.
    pub requests: Arc<dyn SsoRequests>,
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
    /// How many have a role in the organization.
    pub members: u32,
    /// How many are invited; each has a seat of their own.
    pub invited: u32,
    /// Who came lately and found no seat, as the audit log names them, the latest first.
    pub turned_away: Vec<String>,
    /// Who lately came in past the connection by which everybody has to come, the latest first: it is for emergencies.
    pub glass_broken: Vec<AuditEntry>,
    /// Until when people come in through the organization's own connection; `None` where none is on, and while the plan
    /// goes on.
    pub sso_until: Option<Timestamp>,
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
        let subscription = session.subscription;
        let plan = subscription.and_then(|held| self.catalogue.plan(held.plan()).cloned());
        let seats = plan.as_ref().map_or(Seats::Unlimited, |plan| plan.seats);
        let taken = self.seats.run(&administrator.tenant().id, seats).await?;
        let (members, invited) = (taken.members, taken.total() - taken.members);
        let tenant = &administrator.tenant().id;
        Ok(PlanAndUsageView {
            subscription,
            plan,
            standing: standing(session, self.clock.now()),
            members,
            invited,
            turned_away: self.turned_away(tenant).await?,
            glass_broken: self.lately(tenant, AuditAction::SsoGlassBroken, WHILE).await?,
            sso_until: self.sso_until(tenant, subscription).await?,
        })
    }

    async fn sso_until(
        &self,
        tenant: &TenantId,
        subscription: Option<Subscription>,
    ) -> Result<Option<Timestamp>, Outage> {
        let Some(ends) = subscription.map(Subscription::ends) else { return Ok(None) };
        if self.clock.now() + SOON < ends {
            return Ok(None);
        }
        let requests = self.requests.of_tenant(tenant).await?;
        let is_on = requests.iter().any(|kept| kept.request.state == SsoState::On);
        Ok(is_on.then_some(ends + GRACE))
    }

    /// Who came and found no seat.
    async fn turned_away(&self, tenant: &TenantId) -> Result<Vec<String>, Outage> {
        let mut names = Vec::new();
        for entry in self.lately(tenant, AuditAction::SeatRefused, LATELY).await? {
            if !names.contains(&entry.subject) {
                names.push(entry.subject);
            }
        }
        Ok(names)
    }

    /// What was done of this kind not longer ago than that, however much else was done since.
    async fn lately(
        &self,
        tenant: &TenantId,
        action: AuditAction,
        time: Duration,
    ) -> Result<Vec<AuditEntry>, Outage> {
        let since = self.clock.now() - time;
        Ok(self.audit_log.of_action(tenant, action, since, PageSize::SCREEN).await?)
    }
}
