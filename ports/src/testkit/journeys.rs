//! The contract of [`Journeys`].

#![expect(clippy::missing_panics_doc, clippy::unwrap_used, reason = "a contract case fails by panicking")]

use tenantry_domain::{CheckoutId, Conversion, ConversionId, Payment, PlanId, Timestamp, UserId};

use crate::{Journeys, JourneysError};

fn user(id: &str) -> UserId {
    UserId::try_from(id).unwrap()
}

fn begun(id: &str, of: &str) -> Conversion {
    Conversion::begin(ConversionId::try_from(id).unwrap(), user(of), PlanId::Team, None).unwrap()
}

fn paid(id: &str, of: &str) -> Conversion {
    let checkout = CheckoutId::try_from("cs_1").unwrap();
    let paid_at = Timestamp::from_seconds(1_700_000_000);
    let opened = begun(id, of).checkout_opened(checkout.clone()).unwrap();
    opened.paid(Payment { checkout, plan: PlanId::Team, paid_at }).unwrap()
}

/// What is saved is found by its owner and by nobody else.
pub async fn is_found_by_its_owner(journeys: &impl Journeys) {
    assert_eq!(journeys.find(&user("ann")).await.unwrap(), None);
    let saved = journeys.save(&begun("c1", "ann"), None).await.unwrap();
    assert_eq!(saved.conversion, begun("c1", "ann"));
    assert_eq!(journeys.find(&user("ann")).await.unwrap(), Some(saved));
    assert_eq!(journeys.find(&user("bo")).await.unwrap(), None);
}

/// Of two that save over the same reading, one is told.
pub async fn two_writers_notice_each_other(journeys: &impl Journeys) {
    let first = journeys.save(&begun("c1", "ann"), None).await.unwrap();
    let second = journeys.save(&paid("c1", "ann"), Some(first.revision)).await.unwrap();
    assert_ne!(first.revision, second.revision);
    for seen in [None, Some(first.revision)] {
        let late = journeys.save(&begun("c2", "ann"), seen).await;
        assert!(matches!(late, Err(JourneysError::Conflict)), "{late:?}");
    }
    assert_eq!(journeys.find(&user("ann")).await.unwrap(), Some(second));
}

/// Saving over something that is not there is a conflict too.
pub async fn nothing_is_saved_over_nothing(journeys: &impl Journeys) {
    let first = journeys.save(&begun("c1", "ann"), None).await.unwrap();
    let other = journeys.save(&begun("c2", "bo"), Some(first.revision)).await;
    assert!(matches!(other, Err(JourneysError::Conflict)), "{other:?}");
    assert_eq!(journeys.find(&user("bo")).await.unwrap(), None);
}

/// The sweep sees what waits for the provider, and nothing that waits for a person.
pub async fn lists_what_waits_for_the_provider(journeys: &impl Journeys) {
    journeys.save(&begun("c1", "ann"), None).await.unwrap();
    let waiting = journeys.save(&paid("c2", "bo"), None).await.unwrap();
    let settled = journeys.save(&paid("c3", "cy"), None).await.unwrap();
    journeys.save(&settled.conversion.recorded().unwrap(), Some(settled.revision)).await.unwrap();
    assert_eq!(journeys.unattended(10).await.unwrap(), [waiting]);
    journeys.save(&paid("c4", "dee"), None).await.unwrap();
    assert_eq!(journeys.unattended(1).await.unwrap().len(), 1);
}
