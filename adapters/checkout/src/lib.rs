//! The built-in test checkout: it takes the well-known test cards and no money.

use std::sync::Arc;

use async_trait::async_trait;
use tenantry_domain::{CardNumber, CheckoutId, Payment};
use tenantry_ports::{
    Billing, BillingError, CardOutcome, CardPayments, Checkout, CheckoutRecord, Checkouts, CheckoutsError,
    Clock, NewCheckout, PaymentForm, Random,
};

/// The card that is always charged.
const GOOD: &str = "4242424242424242";
/// The card that is always declined.
const DECLINED: &str = "4000000000000002";

/// Takes the place of a billing provider until one is configured.
#[derive(Clone)]
pub struct TestCheckout {
    ledger: Arc<dyn Checkouts>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

impl TestCheckout {
    /// A checkout that keeps its records in `ledger`.
    pub fn new(ledger: Arc<dyn Checkouts>, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Self {
        Self { ledger, clock, random }
    }

    fn new_id(&self) -> Result<CheckoutId, BillingError> {
        let id = format!("cs_test_{}", self.random.hex(16));
        CheckoutId::try_from(id.as_str()).map_err(|error| BillingError::Unavailable(Box::new(error)))
    }
}

fn unavailable(error: CheckoutsError) -> BillingError {
    BillingError::Unavailable(Box::new(error))
}

#[async_trait]
impl Billing for TestCheckout {
    async fn start_checkout(&self, checkout: &NewCheckout) -> Result<Checkout, BillingError> {
        let record = CheckoutRecord {
            id: self.new_id()?,
            conversion: checkout.conversion.clone(),
            user: checkout.user.clone(),
            plan: checkout.plan,
            dollars: checkout.dollars,
            paid_at: None,
        };
        let held = self.ledger.open(&record).await.map_err(unavailable)?;
        Ok(Checkout { id: held.id, form: PaymentForm::Here })
    }

    async fn payment(&self, checkout: &CheckoutId) -> Result<Option<Payment>, BillingError> {
        let record = self.ledger.find(checkout).await.map_err(unavailable)?;
        let record = record.ok_or(BillingError::UnknownCheckout)?;
        Ok(record.paid_at.map(|paid_at| Payment { checkout: record.id, plan: record.plan, paid_at }))
    }
}

#[async_trait]
impl CardPayments for TestCheckout {
    async fn pay(&self, checkout: &CheckoutId, card: &CardNumber) -> Result<CardOutcome, BillingError> {
        let record = self.ledger.find(checkout).await.map_err(unavailable)?;
        if record.ok_or(BillingError::UnknownCheckout)?.paid_at.is_some() {
            return Ok(CardOutcome::Paid);
        }
        match card.expose_digits() {
            GOOD => {
                let paid = self.ledger.mark_paid(checkout, self.clock.now()).await.map_err(unavailable)?;
                paid.map(|_| CardOutcome::Paid).ok_or(BillingError::UnknownCheckout)
            }
            DECLINED => Ok(CardOutcome::Declined),
            _ => Ok(CardOutcome::NotATestCard),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tenantry_domain::{ConversionId, PlanId, UserId};
    use tenantry_ports::testkit::{FixedClock, MemoryCheckouts, SeededRandom};

    fn checkout() -> TestCheckout {
        let clock = Arc::new(FixedClock::at("2026-01-02T03:04:05.678Z"));
        TestCheckout::new(Arc::new(MemoryCheckouts::default()), clock, Arc::new(SeededRandom::new(1)))
    }

    fn purchase(conversion: &str) -> NewCheckout {
        NewCheckout {
            conversion: ConversionId::try_from(conversion).unwrap(),
            user: UserId::try_from("auth0|1").unwrap(),
            plan: PlanId::Team,
            buys_for: None,
            dollars: 384,
        }
    }

    fn card(number: &str) -> CardNumber {
        CardNumber::try_from(number).unwrap()
    }

    #[tokio::test]
    async fn only_the_good_card_is_charged_and_only_once() {
        let checkout = checkout();
        let id = checkout.start_checkout(&purchase("c1")).await.unwrap().id;
        for (number, outcome) in
            [("4000000000000002", CardOutcome::Declined), ("378282246310005", CardOutcome::NotATestCard)]
        {
            assert_eq!(checkout.pay(&id, &card(number)).await.unwrap(), outcome);
            assert_eq!(checkout.payment(&id).await.unwrap(), None);
        }
        assert_eq!(checkout.pay(&id, &card("4242424242424242")).await.unwrap(), CardOutcome::Paid);
        assert_eq!(checkout.pay(&id, &card("4000000000000002")).await.unwrap(), CardOutcome::Paid);
        let payment = checkout.payment(&id).await.unwrap().unwrap();
        assert_eq!(
            (payment.plan, payment.paid_at.to_string().as_str()),
            (PlanId::Team, "2026-01-02T03:04:05.678Z")
        );
    }

    #[tokio::test]
    async fn a_repeated_purchase_is_the_same_checkout() {
        let checkout = checkout();
        let first = checkout.start_checkout(&purchase("c1")).await.unwrap();
        assert_eq!(checkout.start_checkout(&purchase("c1")).await.unwrap(), first);
        assert_ne!(checkout.start_checkout(&purchase("c2")).await.unwrap().id, first.id);
    }

    #[tokio::test]
    async fn an_unknown_checkout_is_an_error() {
        let id = CheckoutId::try_from("cs_test_none").unwrap();
        let paid = checkout().pay(&id, &card("4242424242424242")).await;
        assert!(matches!(paid, Err(BillingError::UnknownCheckout)));
        assert!(matches!(checkout().payment(&id).await, Err(BillingError::UnknownCheckout)));
    }
}
