//! Choosing a plan.

use std::sync::Arc;
use std::time::Duration;

use tenantry_domain::{
    Catalogue, Holder, NotPermitted, Permission, Plan, PlanId, PurchaseId, Stage, TenantRef, Timestamp,
};
use tenantry_ports::Session;

use crate::conversions::{StepError, next};
use crate::{Conversions, Next, Outage};

/// Whoever opens the checkout again so soon after paying may not have seen that it was done.
const LATELY: Duration = Duration::from_hours(1);

/// Shows what a plan costs to someone who is about to buy it. Looking grants nothing: it only
/// notices what was paid already.
pub struct ChoosePlan {
    /// What can be bought.
    pub catalogue: Arc<Catalogue>,
    /// Whether something bought before is unfinished.
    pub conversions: Arc<Conversions>,
}

/// A plan that can be bought, and for whom.
#[derive(Clone, Debug)]
pub struct Choice {
    /// The plan.
    pub plan: Plan,
    /// The tenant that exists already, rather than the person or a new organization.
    pub buys_for: Option<TenantRef>,
    /// The id of the form: sent along with the payment it keeps a second click from buying twice.
    pub purchase: PurchaseId,
    /// That this plan was bought a moment ago, for the same holder: to be said before it is paid for again.
    pub bought: Option<Bought>,
}

/// A plan that was paid for a moment ago.
#[derive(Clone, Debug)]
pub struct Bought {
    /// How long ago it was paid.
    pub ago: Duration,
    /// Until when the plan runs.
    pub ends: Timestamp,
    /// The organization that it is for, as far as that is known here.
    pub tenant: Option<TenantRef>,
}

/// Why it can't be bought.
#[derive(Debug, thiserror::Error)]
pub enum ChoosePlanError {
    /// There is no such plan, or it can't be bought from here.
    #[error("this plan can't be bought here: choose another")]
    NotForSale,
    /// Something that was paid for is still waiting.
    #[error("an earlier purchase is not finished")]
    Unfinished(Next),
    /// The actor may not buy for the tenant.
    #[error(transparent)]
    NotPermitted(#[from] NotPermitted),
    /// Something outside is down.
    #[error(transparent)]
    Outage(#[from] Outage),
}

impl ChoosePlan {
    /// What `plan` costs, and for whom this person would buy it.
    pub async fn run(&self, session: &Session, plan: &str) -> Result<Choice, ChoosePlanError> {
        let buys_for = buys_for(session)?;
        let plan = for_sale(&self.catalogue, plan, buys_for.as_ref()).ok_or(ChoosePlanError::NotForSale)?;
        let mut made = None;
        if let Some(saved) = self.conversions.find(&holder(session, buys_for.as_ref())).await? {
            let before = saved.revision;
            let saved = match self.conversions.advance(saved.clone()).await {
                Ok(advanced) => advanced,
                Err(StepError::NameTaken) => return Err(ChoosePlanError::Unfinished(Next::NameOrganization)),
                Err(StepError::Conversion(_)) => saved,
                Err(StepError::Outage(outage)) => return Err(outage.into()),
            };
            // What has just come to its end must not be bought a second time by looking at the same page.
            let has_just_ended =
                saved.revision != before && matches!(saved.conversion.stage(), Stage::Done { .. });
            if has_just_ended || saved.conversion.is_owed(self.conversions.clock.now()) {
                return Err(ChoosePlanError::Unfinished(next(&saved.conversion)));
            }
            if let Stage::Done { tenant } = saved.conversion.stage() {
                made.clone_from(tenant);
            }
        }
        let tenant = buys_for.clone().or(made);
        let bought = bought_lately(session, plan.id, tenant, self.conversions.clock.now());
        let purchase = PurchaseId::try_from(self.conversions.random_text().as_str())
            .map_err(|error| Outage::Store(Box::new(error)))?;
        Ok(Choice { plan: plan.clone(), buys_for, purchase, bought })
    }
}

/// What the holder has of this plan, if it was paid for lately.
fn bought_lately(
    session: &Session,
    plan: PlanId,
    tenant: Option<TenantRef>,
    now: Timestamp,
) -> Option<Bought> {
    let held = session.subscription.filter(|held| held.plan() == plan)?;
    // A payment buys a year from its moment, so that a year from now tells how long ago that was.
    let (ends, in_a_year) = (held.ends(), now.plus_one_year());
    let ago = ends.until(in_a_year);
    (ends <= in_a_year && ago < LATELY).then_some(Bought { ago, ends, tenant })
}

/// For whom the person buys: for the tenant under which they are signed in, if they may.
pub(crate) fn buys_for(session: &Session) -> Result<Option<TenantRef>, NotPermitted> {
    if session.tenant.is_none() {
        return Ok(None);
    }
    let administrator = session.actor().permitted(Permission::ChangeSubscription)?;
    Ok(Some(administrator.tenant().clone()))
}

/// Whose subscription the person would buy.
pub(crate) fn holder(session: &Session, buys_for: Option<&TenantRef>) -> Holder {
    match buys_for {
        Some(tenant) => Holder::Tenant(tenant.id.clone()),
        None => Holder::Person(session.user.clone()),
    }
}

/// The plan of this name, if it can be bought for a tenant, or without one.
pub(crate) fn for_sale<'a>(
    catalogue: &'a Catalogue,
    plan: &str,
    buys_for: Option<&TenantRef>,
) -> Option<&'a Plan> {
    let plan: PlanId = plan.parse().ok()?;
    let fits = buys_for.is_none() || plan.is_for_organizations();
    catalogue.plan(plan).filter(|_| fits)
}
