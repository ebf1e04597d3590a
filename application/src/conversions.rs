//! The engine that moves a conversion on: what several use cases share.

use std::sync::Arc;

use tenantry_domain::{
    Conversion, ConversionError, ConversionId, Holder, PlanId, Role, Stage, Subscription, TenantName,
    TenantRef, UserId,
};
use tenantry_ports::{
    Billing, Clock, Journeys, JourneysError, Members, MembersError, NewTenant, Random, SavedConversion,
    Sessions, Tenants, TenantsError, Users,
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
    /// Wait a moment: a payment is being charged, or taken down by the provider.
    Wait,
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

impl From<StepError> for Outage {
    /// For callers that offer no step: one that is not possible is then our own record's fault.
    fn from(error: StepError) -> Self {
        match error {
            StepError::Outage(outage) => outage,
            other => Self::Store(Box::new(other)),
        }
    }
}

impl Conversions {
    /// 128 random bits in hexadecimal.
    pub(crate) fn random_text(&self) -> String {
        self.random.hex(16)
    }

    /// The latest conversion for this holder.
    pub(crate) async fn find(&self, holder: &Holder) -> Result<Option<SavedConversion>, Outage> {
        Ok(self.journeys.find(holder).await?)
    }

    /// Saves a conversion in place of what was read before.
    pub(crate) async fn save(
        &self,
        conversion: &Conversion,
        seen: Option<&SavedConversion>,
    ) -> Result<SavedConversion, Outage> {
        let revision = seen.map(|saved| saved.revision);
        match self.journeys.save(conversion, revision, self.clock.now()).await {
            Ok(saved) => Ok(saved),
            // Somebody else moves the same conversion on: theirs counts, and every step stands being taken twice.
            Err(JourneysError::Conflict) => match self.find(&conversion.holder()).await? {
                Some(theirs) if theirs.conversion.id() == conversion.id() => Ok(theirs),
                _ => Err(JourneysError::Conflict.into()),
            },
            Err(error) => Err(error.into()),
        }
    }

    /// Saves a conversion only if nobody else has saved since it was read: `None` when somebody has. Whoever gets an
    /// answer is the only one who may do what comes next.
    pub(crate) async fn claim(
        &self,
        conversion: &Conversion,
        seen: &SavedConversion,
    ) -> Result<Option<SavedConversion>, Outage> {
        match self.journeys.save(conversion, Some(seen.revision), self.clock.now()).await {
            Ok(saved) => Ok(Some(saved)),
            Err(JourneysError::Conflict) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Asks the billing provider about an open checkout. What is paid goes on as paid, also when the answer to the
    /// payment itself was lost; a payment that was given up leaves the checkout open.
    pub(crate) async fn settle(&self, saved: SavedConversion) -> Result<SavedConversion, Outage> {
        let Some(checkout) = saved.conversion.open_checkout() else { return Ok(saved) };
        let settled = match self.billing.payment(checkout).await? {
            Some(payment) => saved.conversion.clone().paid(payment),
            None if saved.conversion.was_given_up(self.clock.now()) => saved.conversion.clone().not_charged(),
            None => return Ok(saved),
        };
        match settled {
            Ok(settled) => self.save(&settled, Some(&saved)).await,
            Err(error) => {
                let conversion = saved.conversion.id();
                tracing::error!(%conversion, %error, "a payment does not fit the purchase that it was made for");
                Ok(saved)
            }
        }
    }

    /// Takes every step that needs nobody's decision.
    pub(crate) async fn advance(&self, saved: SavedConversion) -> Result<SavedConversion, StepError> {
        let mut saved = self.settle(saved).await?;
        loop {
            saved = match saved.conversion.stage().clone() {
                Stage::Paid { .. } => self.record_payment(saved).await?,
                Stage::Creating { name, .. } => self.create_tenant(saved, name).await?,
                Stage::Joining { tenant, .. } => self.join(saved, &tenant).await?,
                Stage::Choosing
                | Stage::Checkout { .. }
                | Stage::Paying { .. }
                | Stage::Activation { .. }
                | Stage::Done { .. } => return Ok(saved),
            };
        }
    }

    /// Takes up what the person's own purchase was interrupted in; answers the subscription that they have by then, if
    /// anything moved. Without an interruption it makes no call to the identity provider.
    pub(crate) async fn take_up(&self, user: &UserId) -> Result<Option<Subscription>, Outage> {
        let Some(saved) = self.find(&Holder::Person(user.clone())).await? else { return Ok(None) };
        let (conversion, before) = (saved.conversion.id().clone(), saved.revision);
        match self.advance(saved).await {
            Ok(after) if after.revision == before => return Ok(None),
            Ok(_) | Err(StepError::NameTaken) => {}
            Err(StepError::Conversion(error)) => {
                tracing::error!(%conversion, %error, "a conversion can't be taken up");
                return Ok(None);
            }
            Err(StepError::Outage(outage)) => return Err(outage),
        }
        let stored = self.users.find(user).await?.and_then(|found| found.subscription);
        Ok(stored.and_then(|text| text.parse().ok()))
    }

    /// The person's own purchase that was paid for: our record, or else, when there is none, what the provider says now.
    pub(crate) async fn owed(&self, user: &UserId) -> Result<Option<SavedConversion>, Outage> {
        let found = self.find(&Holder::Person(user.clone())).await?;
        let now = self.clock.now();
        match found {
            Some(saved) if saved.conversion.is_owed(now) => return Ok(Some(saved)),
            Some(saved) if matches!(saved.conversion.stage(), Stage::Done { .. }) => return Ok(Some(saved)),
            _ => {}
        }
        let stored = self.users.find(user).await?.and_then(|user| user.subscription);
        let Some(subscription) = stored.and_then(|text| text.parse().ok()) else { return Ok(None) };
        let id = ConversionId::try_from(self.random_text().as_str())
            .map_err(|error| Outage::Store(Box::new(error)))?;
        match Conversion::resume(id, user.clone(), subscription, now) {
            Ok(resumed) => Ok(Some(self.save(&resumed, found.as_ref()).await?)),
            Err(_) => Ok(None),
        }
    }

    /// Tells the identity provider what was paid for.
    async fn record_payment(&self, saved: SavedConversion) -> Result<SavedConversion, StepError> {
        let conversion = &saved.conversion;
        let bought = conversion.to_record()?;
        match conversion.buys_for() {
            Some(tenant) => {
                let stored = self.tenants.set_subscription(&tenant.id, bought).await.map_err(Outage::from)?;
                self.show(&conversion.holder(), stored).await?;
            }
            None => {
                self.users.set_subscription(conversion.user(), bought).await.map_err(Outage::from)?;
                self.show(&conversion.holder(), bought).await?;
            }
        }
        let recorded = conversion.clone().recorded()?;
        Ok(self.save(&recorded, Some(&saved)).await?)
    }

    /// Makes the organization, or finds that it was made before.
    async fn create_tenant(
        &self,
        saved: SavedConversion,
        name: TenantName,
    ) -> Result<SavedConversion, StepError> {
        let tenant = NewTenant {
            display_name: name.to_string(),
            name,
            subscription: saved.conversion.in_force()?,
            created_by: saved.conversion.user().clone(),
            conversion: saved.conversion.id().clone(),
        };
        match self.tenants.create(&tenant).await {
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
    match conversion.stage() {
        Stage::Choosing | Stage::Checkout { .. } => Next::Pay,
        Stage::Paying { .. } | Stage::Paid { .. } => Next::Wait,
        Stage::Done { tenant } => Next::Done(tenant.clone()),
        Stage::Activation { .. } | Stage::Creating { .. } | Stage::Joining { .. } => {
            if conversion.plan() == PlanId::Personal { Next::Welcome } else { Next::NameOrganization }
        }
    }
}
