//! The contract of [`Checkouts`].

#![expect(clippy::missing_panics_doc, clippy::unwrap_used, reason = "a contract case fails by panicking")]

use tenantry_domain::{CheckoutId, ConversionId, PlanId, Timestamp, UserId};

use crate::{CheckoutRecord, Checkouts};

fn record(id: &str, conversion: &str, user: &str) -> CheckoutRecord {
    CheckoutRecord {
        id: CheckoutId::try_from(id).unwrap(),
        conversion: ConversionId::try_from(conversion).unwrap(),
        user: UserId::try_from(user).unwrap(),
        plan: PlanId::Team,
        dollars: 384,
        paid_at: None,
    }
}

/// The same conversion of the same person is one checkout; of another person, another.
pub async fn one_checkout_for_each_purchase(ledger: &impl Checkouts) {
    let first = record("cs_1", "c1", "ann");
    assert_eq!(ledger.open(&first).await.unwrap(), first);
    assert_eq!(ledger.open(&record("cs_2", "c1", "ann")).await.unwrap(), first);
    let other = record("cs_3", "c1", "bo");
    assert_eq!(ledger.open(&other).await.unwrap(), other);
    assert_eq!(ledger.find(&first.id).await.unwrap(), Some(first));
    assert_eq!(ledger.find(&CheckoutId::try_from("cs_2").unwrap()).await.unwrap(), None);
}

/// The first payment counts; an unknown checkout is not paid.
pub async fn is_paid_once(ledger: &impl Checkouts) {
    let opened = ledger.open(&record("cs_1", "c1", "ann")).await.unwrap();
    let at = Timestamp::from_seconds(1_700_000_000);
    let paid = ledger.mark_paid(&opened.id, at).await.unwrap().unwrap();
    assert_eq!(paid.paid_at, Some(at));
    let again = ledger.mark_paid(&opened.id, at.plus_days(1)).await.unwrap().unwrap();
    assert_eq!(again.paid_at, Some(at));
    assert_eq!(ledger.mark_paid(&CheckoutId::try_from("none").unwrap(), at).await.unwrap(), None);
}
