//! Paying on our own page, with a card: the built-in test checkout.

use std::sync::Arc;

use tenantry_domain::{CardNumber, Catalogue, Conversion, ConversionId, NotPermitted, Permission, Stage};
use tenantry_ports::{
    BillingError, CardOutcome, CardPayments, Checkout, Members, NewCheckout, SavedConversion, Session,
};

use crate::choose_plan::{buys_for, for_sale};
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
    /// Which purchase: from [`Choice::purchase`](crate::Choice).
    pub purchase: ConversionId,
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
    /// The actor may not buy for the tenant.
    #[error(transparent)]
    NotPermitted(#[from] NotPermitted),
    /// Something outside is down.
    #[error(transparent)]
    Outage(#[from] Outage),
}

impl PayByCard {
    /// Opens the checkout, charges the card, and has the payment confirmed. A second click on the same form finds the
    /// first one's result.
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
        let before = match self.conversions.find(&session.user).await? {
            Some(saved) => Some(self.conversions.settle(saved).await?),
            None => None,
        };
        let saved = match before {
            Some(saved) if saved.conversion.id() == &payment.purchase => saved,
            Some(saved) if saved.conversion.is_owed() => {
                return Err(PayByCardError::Unfinished(crate::conversions::next(&saved.conversion)));
            }
            other => {
                let id = payment.purchase.clone();
                let begun = Conversion::begin(id, session.user.clone(), plan.id, buys_for)
                    .map_err(|_| PayByCardError::NotForSale)?;
                if self.was_paid_before(&begun).await? {
                    return Ok(Next::Done(begun.buys_for().cloned()));
                }
                self.conversions.save(&begun, other.as_ref()).await?
            }
        };
        if matches!(saved.conversion.stage(), Stage::Choosing | Stage::Checkout { .. }) {
            let (saved, checkout) = self.open_checkout(saved).await?;
            match self.cards.pay(&checkout.id, &payment.card).await.map_err(Outage::from)? {
                CardOutcome::Paid => self.confirm(saved).await,
                CardOutcome::Declined => Err(PayByCardError::Declined),
                CardOutcome::NotATestCard => Err(PayByCardError::NotATestCard),
            }
        } else {
            self.confirm(saved).await
        }
    }

    /// Whether a purchase that is about to begin is one that the person made long ago, and that another has replaced
    /// since: its payment bought what it bought, and buys nothing again.
    async fn was_paid_before(&self, begun: &Conversion) -> Result<bool, PayByCardError> {
        let checkout = self.checkout_of(begun).await?;
        Ok(self.conversions.billing.payment(&checkout.id).await.map_err(Outage::from)?.is_some())
    }

    async fn open_checkout(
        &self,
        saved: SavedConversion,
    ) -> Result<(SavedConversion, Checkout), PayByCardError> {
        let checkout = self.checkout_of(&saved.conversion).await?;
        let opened = saved
            .conversion
            .clone()
            .checkout_opened(checkout.id.clone())
            .map_err(|error| Outage::Store(Box::new(error)))?;
        Ok((self.conversions.save(&opened, Some(&saved)).await?, checkout))
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
