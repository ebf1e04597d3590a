//! Paying on our own page, with a card: the built-in test checkout.

use std::sync::Arc;

use tenantry_domain::{
    CardNumber, Catalogue, Conversion, ConversionId, NotPermitted, Permission, PlanId, PurchaseId, Stage,
    Subscription, TenantRef,
};
use tenantry_ports::{
    BillingError, CardOutcome, CardPayments, Checkout, Members, NewCheckout, SavedConversion, Session,
};

use crate::choose_plan::{buys_for, for_sale};
use crate::conversions::{StepError, next};
use crate::{ConfirmCheckout, ConfirmCheckoutError, Conversions, Next, Outage};

/// Takes a card for a plan, and grants the plan when the billing provider confirms the payment.
pub struct PayByCard {
    /// What can be bought.
    pub catalogue: Arc<Catalogue>,
    /// Where the purchase is recorded.
    pub conversions: Arc<Conversions>,
    /// Who takes the card.
    pub cards: Arc<dyn CardPayments>,
    /// Whether the buyer still runs the tenant.
    pub members: Arc<dyn Members>,
    /// Grants what was paid for.
    pub confirm: Arc<ConfirmCheckout>,
}

/// A payment that someone makes.
#[derive(Clone, Debug)]
pub struct CardPayment {
    /// The name of the plan, as the form sent it.
    pub plan: String,
    /// Which form: from [`Choice::purchase`](crate::Choice).
    pub purchase: PurchaseId,
    /// The card.
    pub card: CardNumber,
}

/// Why nothing was paid.
#[derive(Debug, thiserror::Error)]
pub enum PayByCardError {
    /// There is no such plan, or it can't be bought from here.
    #[error("this plan can't be bought here: choose another")]
    NotForSale,
    /// The bank said no.
    #[error("the bank declined the card; nothing was charged")]
    Declined,
    /// Not one of the test numbers.
    #[error("this is a test checkout: use the test card 4242 4242 4242 4242; nothing was charged")]
    NotATestCard,
    /// Something that was paid for is still waiting.
    #[error("an earlier purchase is not finished")]
    Unfinished(Next),
    /// The tenant's plan ends later than the one that would be bought, and of two the later one stays.
    #[error("the plan that runs ends later than this one would; nothing was charged")]
    EndsEarlier,
    /// The actor may not buy for the tenant.
    #[error(transparent)]
    NotPermitted(#[from] NotPermitted),
    /// Something outside is down.
    #[error(transparent)]
    Outage(#[from] Outage),
}

impl PayByCard {
    /// Opens the checkout, charges the card, and has the payment confirmed. A second click on the same form finds the
    /// first one's result, and a form that bought something long ago buys nothing again.
    pub async fn run(&self, session: &Session, payment: CardPayment) -> Result<Next, PayByCardError> {
        let buys_for = buys_for(session)?;
        if let Some(tenant) = &buys_for {
            let roles = self.members.roles(&tenant.id, &session.user).await.map_err(Outage::from)?;
            if !roles.permit(Permission::ChangeSubscription) {
                return Err(NotPermitted::Role.into());
            }
        }
        let plan =
            for_sale(&self.catalogue, &payment.plan, buys_for.as_ref()).ok_or(PayByCardError::NotForSale)?;
        let id = conversion_id(&payment.purchase, plan.id, buys_for.as_ref())?;
        let begun = Conversion::begin(id, session.user.clone(), plan.id, buys_for)
            .map_err(|_| PayByCardError::NotForSale)?;
        let saved = self.begin_or_find(begun).await?;
        match saved.conversion.stage() {
            Stage::Choosing | Stage::Checkout { .. } => self.charge(session, saved, &payment.card).await,
            Stage::Paying { .. } => Err(PayByCardError::Unfinished(Next::Wait)),
            _ => self.confirm(saved).await,
        }
    }

    /// The saved purchase: the one that this form began, or a new one in place of what is no longer owed.
    async fn begin_or_find(&self, begun: Conversion) -> Result<SavedConversion, PayByCardError> {
        let before = match self.conversions.find(&begun.holder()).await? {
            Some(saved) => Some(self.conversions.settle(saved).await?),
            None => None,
        };
        match before {
            Some(saved) if saved.conversion.id() == begun.id() && saved.conversion.user() == begun.user() => {
                Ok(saved)
            }
            Some(saved) if saved.conversion.is_owed(self.conversions.clock.now()) => {
                Err(PayByCardError::Unfinished(next(&saved.conversion)))
            }
            other => {
                let checkout = self.checkout_of(&begun).await?;
                let paid = self.conversions.billing.payment(&checkout.id).await.map_err(Outage::from)?;
                if paid.is_some() {
                    return Err(PayByCardError::Unfinished(Next::Done(begun.buys_for().cloned())));
                }
                Ok(self.conversions.save(&begun, other.as_ref()).await?)
            }
        }
    }

    /// Charges the card. From before the charge until its outcome is known no other purchase can take this one's place,
    /// and no other click on the same form can charge or give it up: only the one that claimed it.
    async fn charge(
        &self,
        session: &Session,
        saved: SavedConversion,
        card: &CardNumber,
    ) -> Result<Next, PayByCardError> {
        if let Some(tenant) = saved.conversion.buys_for() {
            let stored = self.prove_deliverable(tenant, session.subscription).await?;
            let would_end = self.conversions.clock.now().plus_one_year();
            if stored.is_some_and(|stored| would_end < stored.ends()) {
                return Err(PayByCardError::EndsEarlier);
            }
        }
        let checkout = self.checkout_of(&saved.conversion).await?;
        let paying = match saved.conversion.stage() {
            Stage::Choosing => saved.conversion.clone().checkout_opened(checkout.id.clone()),
            _ => Ok(saved.conversion.clone()),
        };
        let paying = paying.and_then(|opened| opened.paying(self.conversions.clock.now()));
        let paying = paying.map_err(|error| Outage::from(StepError::from(error)))?;
        let Some(saved) = self.conversions.claim(&paying, &saved).await? else {
            return Err(PayByCardError::Unfinished(Next::Wait));
        };
        let outcome = self.cards.pay(&checkout.id, card).await.map_err(Outage::from)?;
        let refusal = match outcome {
            CardOutcome::Paid => return self.confirm(saved).await,
            CardOutcome::Declined => PayByCardError::Declined,
            CardOutcome::NotATestCard => PayByCardError::NotATestCard,
        };
        if let Ok(open) = saved.conversion.clone().not_charged() {
            self.conversions.save(&open, Some(&saved)).await?;
        }
        Err(refusal)
    }

    /// Writes the tenant's subscription as it is, before anything is charged for another: what the product is not allowed
    /// to write it must not sell. Answers what is stored.
    async fn prove_deliverable(
        &self,
        tenant: &TenantRef,
        held: Option<Subscription>,
    ) -> Result<Option<Subscription>, Outage> {
        let Some(held) = held else { return Ok(None) };
        Ok(Some(self.conversions.tenants.set_subscription(&tenant.id, held).await?))
    }

    async fn checkout_of(&self, conversion: &Conversion) -> Result<Checkout, PayByCardError> {
        let plan = self.catalogue.plan(conversion.plan()).ok_or(PayByCardError::NotForSale)?;
        let checkout = NewCheckout {
            conversion: conversion.id().clone(),
            user: conversion.user().clone(),
            plan: conversion.plan(),
            buys_for: conversion.buys_for().cloned(),
            dollars: plan.price.dollars_a_year(),
        };
        Ok(self.conversions.billing.start_checkout(&checkout).await.map_err(Outage::from)?)
    }

    async fn confirm(&self, saved: SavedConversion) -> Result<Next, PayByCardError> {
        match self.confirm.run_saved(saved).await {
            Ok(next) => Ok(next),
            Err(ConfirmCheckoutError::Outage(outage)) => Err(outage.into()),
            // The card was charged, and the ledger does not say so: the billing provider contradicts itself.
            Err(ConfirmCheckoutError::NotPaid) => Err(Outage::from(BillingError::UnknownCheckout).into()),
        }
    }
}

/// What the form buys, for whom: the same form sent for another plan or under another tenant is another purchase.
fn conversion_id(
    purchase: &PurchaseId,
    plan: PlanId,
    buys_for: Option<&TenantRef>,
) -> Result<ConversionId, PayByCardError> {
    let tenant = buys_for.map_or("", |tenant| tenant.id.as_str());
    ConversionId::try_from(format!("{purchase}.{plan}.{tenant}").as_str())
        .map_err(|_| PayByCardError::NotForSale)
}
