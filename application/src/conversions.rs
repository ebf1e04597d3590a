//! The engine that moves a conversion on: what several use cases share.

use std::sync::Arc;

use tenantry_domain::{
    Conversion, ConversionError, ConversionId, PlanId, Role, Stage, Subscription, TenantRef, UserId,
};
use tenantry_ports::{
    Billing, Clock, Holder, Journeys, JourneysError, Members, MembersError, NewTenant, Random,
    SavedConversion, Sessions, Tenants, TenantsError, Users,
};

use crate::Outage;

/// Moves conversions on, one recorded step after the other. Every step is saved before it is tried and can be tried
/// again, so it does not matter who takes it up: the person's next click, their next login, or the sweep after a crash.
pub struct Conversions {
    /// Where conversions are saved.
    pub journeys: Arc<dyn Journeys>,
    /// Where a person's subscription is.
    pub users: Arc<dyn Users>,
    /// Where organizations are made.
    pub tenants: Arc<dyn Tenants>,
    /// Where their buyers are made Administrators.
    pub members: Arc<dyn Members>,
    /// Who knows what was paid.
    pub billing: Arc<dyn Billing>,
    /// Where signed-in browsers learn of it.
    pub sessions: Arc<dyn Sessions>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Makes ids.
    pub random: Arc<dyn Random>,
}

/// What the person has to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Pay.
    Pay,
    /// Name the organization.
    NameOrganization,
    /// Go on with the personal plan.
    Welcome,
    /// Nothing: it is done.
    Done(Option<TenantRef>),
}

/// How a step ended without being done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StepError {
    /// The organization's name belongs to somebody else; the conversion is back at asking for one.
    #[error("an organization of this name exists already")]
    NameTaken,
    /// The step is not possible.
    #[error(transparent)]
    Conversion(#[from] ConversionError),
    /// Something outside is down.
    #[error(transparent)]
    Outage(#[from] Outage),
}

impl Conversions {
    /// A new id for a purchase.
    pub(crate) fn new_id(&self) -> Result<ConversionId, Outage> {
        let mut bytes = [0; 16];
        self.random.fill(&mut bytes);
        let text = format!("{:032x}", u128::from_be_bytes(bytes));
        ConversionId::try_from(text.as_str()).map_err(|error| Outage::Store(Box::new(error)))
    }

    /// The person's latest conversion.
    pub(crate) async fn find(&self, user: &UserId) -> Result<Option<SavedConversion>, Outage> {
        Ok(self.journeys.find(user).await?)
    }

    /// Saves a conversion in place of what was read before.
    pub(crate) async fn save(
        &self,
        conversion: &Conversion,
        seen: Option<&SavedConversion>,
    ) -> Result<SavedConversion, Outage> {
        match self.journeys.save(conversion, seen.map(|saved| saved.revision)).await {
            Ok(saved) => Ok(saved),
            // Somebody else moves the same conversion on: theirs counts, and every step stands being taken twice.
            Err(JourneysError::Conflict) => match self.find(conversion.user()).await? {
                Some(theirs) if theirs.conversion.id() == conversion.id() => Ok(theirs),
                _ => Err(JourneysError::Conflict.into()),
            },
            Err(error) => Err(error.into()),
        }
    }

    /// Asks the billing provider about an open checkout: what is paid goes on as paid, also when the answer to the
    /// payment itself was lost.
    pub(crate) async fn settle(&self, saved: SavedConversion) -> Result<SavedConversion, Outage> {
        let Stage::Checkout { checkout } = saved.conversion.stage() else { return Ok(saved) };
        let Some(payment) = self.billing.payment(checkout).await? else { return Ok(saved) };
        match saved.conversion.clone().paid(payment) {
            Ok(paid) => self.save(&paid, Some(&saved)).await,
            Err(error) => {
                let user = saved.conversion.user();
                tracing::error!(%user, %error, "a payment does not fit the purchase that it was made for");
                Ok(saved)
            }
        }
    }

    /// Takes every step that needs nobody's decision.
    pub(crate) async fn advance(&self, mut saved: SavedConversion) -> Result<SavedConversion, StepError> {
        while saved.conversion.is_unattended() {
            let before = saved.conversion.clone();
            saved = match before.stage().clone() {
                Stage::Paid { .. } => self.record_payment(saved).await?,
                Stage::Creating { name, .. } => {
                    let tenant = NewTenant {
                        display_name: name.to_string(),
                        name,
                        subscription: before.in_force()?,
                        created_by: before.user().clone(),
                        conversion: before.id().clone(),
                    };
                    self.create_tenant(saved, &tenant).await?
                }
                Stage::Joining { tenant, .. } => self.join(saved, &tenant).await?,
                Stage::Choosing | Stage::Checkout { .. } | Stage::Activation { .. } | Stage::Done { .. } => {
                    saved
                }
            };
        }
        Ok(saved)
    }

    /// Finishes what the person has paid for and was interrupted; answers the subscription that is still waiting for
    /// them, if there is one. Without an interruption it makes no call to the provider.
    pub(crate) async fn take_up(&self, user: &UserId) -> Result<Option<Subscription>, Outage> {
        let Some(saved) = self.find(user).await? else { return Ok(None) };
        let saved = self.settle(saved).await?;
        if !saved.conversion.is_unattended() || saved.conversion.buys_for().is_some() {
            return Ok(None);
        }
        match self.advance(saved).await {
            Ok(_) | Err(StepError::NameTaken) => {}
            Err(StepError::Conversion(error)) => {
                tracing::error!(%user, %error, "a conversion can't be taken up");
                return Ok(None);
            }
            Err(StepError::Outage(outage)) => return Err(outage),
        }
        let stored = self.users.find(user).await?.and_then(|found| found.subscription);
        Ok(stored.and_then(|text| text.parse().ok()))
    }

    /// Tells the provider what was paid for.
    async fn record_payment(&self, saved: SavedConversion) -> Result<SavedConversion, StepError> {
        let conversion = &saved.conversion;
        let bought = conversion.to_record()?;
        match conversion.buys_for() {
            Some(tenant) => {
                self.tenants.set_subscription(&tenant.id, bought).await.map_err(Outage::from)?;
                self.show(&Holder::Tenant(tenant.id.clone()), bought).await?;
            }
            None => {
                self.users.set_subscription(conversion.user(), bought).await.map_err(Outage::from)?;
                self.show(&Holder::Person(conversion.user().clone()), bought).await?;
            }
        }
        let recorded = conversion.clone().recorded()?;
        Ok(self.save(&recorded, Some(&saved)).await?)
    }

    /// Makes the organization, or finds that it was made before.
    async fn create_tenant(
        &self,
        saved: SavedConversion,
        tenant: &NewTenant,
    ) -> Result<SavedConversion, StepError> {
        match self.tenants.create(tenant).await {
            Ok(made) => {
                let created = saved.conversion.clone().created(made.tenant)?;
                Ok(self.save(&created, Some(&saved)).await?)
            }
            Err(TenantsError::NameTaken) => {
                let asking = saved.conversion.clone().name_was_taken()?;
                self.save(&asking, Some(&saved)).await?;
                Err(StepError::NameTaken)
            }
            Err(error) => Err(Outage::from(error).into()),
        }
    }

    /// Makes the buyer the Administrator, and their purchase done.
    async fn join(&self, saved: SavedConversion, tenant: &TenantRef) -> Result<SavedConversion, StepError> {
        let conversion = &saved.conversion;
        let in_force = conversion.in_force()?;
        let user = conversion.user();
        let membership = async {
            self.members.add(&tenant.id, user).await?;
            self.members.assign(&tenant.id, user, Role::Administrator).await
        };
        let subscription = self.users.set_subscription(user, in_force);
        let (membership, subscription): (Result<(), MembersError>, _) =
            tokio::join!(membership, subscription);
        membership.map_err(Outage::from)?;
        subscription.map_err(Outage::from)?;
        self.show(&Holder::Person(user.clone()), in_force).await?;
        let finished = conversion.clone().finished()?;
        Ok(self.save(&finished, Some(&saved)).await?)
    }

    /// Lets every signed-in browser that it concerns see the subscription at once.
    pub(crate) async fn show(&self, holder: &Holder, subscription: Subscription) -> Result<(), Outage> {
        Ok(self.sessions.set_subscription(holder, subscription).await?)
    }
}

/// What the person has to do next.
pub(crate) fn next(conversion: &Conversion) -> Next {
    match (conversion.stage(), conversion.plan()) {
        (Stage::Choosing | Stage::Checkout { .. }, _) => Next::Pay,
        (Stage::Done { tenant }, _) => Next::Done(tenant.clone()),
        (_, PlanId::Personal) => Next::Welcome,
        _ => Next::NameOrganization,
    }
}
