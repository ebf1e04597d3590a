//! The billing provider: a ledger that takes the test cards.

use std::sync::atomic::Ordering;

use async_trait::async_trait;
use tenantry_domain::{CardNumber, CheckoutId, Payment};
use tenantry_ports::{
    Billing, BillingError, CardOutcome, CardPayments, Checkout, Clock, NewCheckout, PaymentForm,
};

use super::{Fault, World};

#[async_trait]
impl Billing for World {
    async fn start_checkout(&self, checkout: &NewCheckout) -> Result<Checkout, BillingError> {
        let id = format!("cs_{}", checkout.conversion);
        self.lock().checkouts.entry(id.clone()).or_insert_with(|| (checkout.clone(), None));
        Ok(Checkout { id: CheckoutId::try_from(id.as_str()).unwrap(), form: PaymentForm::Here })
    }

    async fn payment(&self, checkout: &CheckoutId) -> Result<Option<Payment>, BillingError> {
        let state = self.lock();
        let (_, payment) = state.checkouts.get(checkout.as_str()).ok_or(BillingError::UnknownCheckout)?;
        Ok(payment.clone())
    }
}

#[async_trait]
impl CardPayments for World {
    async fn pay(&self, checkout: &CheckoutId, card: &CardNumber) -> Result<CardOutcome, BillingError> {
        if self.is_broken(Fault::LostCard) {
            return Err(BillingError::Unavailable("the cable is cut".into()));
        }
        let paid_at = self.clock.now();
        let mut state = self.lock();
        let (new, payment) =
            state.checkouts.get_mut(checkout.as_str()).ok_or(BillingError::UnknownCheckout)?;
        match card.expose_digits() {
            _ if payment.is_some() => Ok(CardOutcome::Paid),
            "4242424242424242" => {
                self.charged.fetch_add(1, Ordering::SeqCst);
                *payment = Some(Payment { checkout: checkout.clone(), plan: new.plan, paid_at });
                Ok(CardOutcome::Paid)
            }
            "4000000000000002" => Ok(CardOutcome::Declined),
            _ => Ok(CardOutcome::NotATestCard),
        }
    }
}
