//! The contract of [`Journeys`].

#![expect(clippy::missing_panics_doc, clippy::unwrap_used, reason = "a contract case fails by panicking")]

use tenantry_domain::{
    CheckoutId, Conversion, ConversionId, Holder, Payment, PlanId, TenantId, TenantName, TenantRef,
    Timestamp, UserId,
};

use crate::{Journeys, JourneysError};

fn at(second: i64) -> Timestamp {
    Timestamp::from_seconds(1_700_000_000 + second)
}

fn user(id: &str) -> UserId {
    UserId::try_from(id).unwrap()
}

fn person(id: &str) -> Holder {
    Holder::Person(user(id))
}

fn begun(id: &str, of: &str) -> Conversion {
    Conversion::begin(ConversionId::try_from(id).unwrap(), user(of), PlanId::Team, None).unwrap()
}

fn paid(id: &str, of: &str) -> Conversion {
    let checkout = CheckoutId::try_from("cs_1").unwrap();
    let opened = begun(id, of).checkout_opened(checkout.clone()).unwrap();
    opened.paid(Payment { checkout, plan: PlanId::Team, paid_at: at(0) }).unwrap()
}

/// What is saved is found for its holder and for nobody else.
pub async fn is_found_for_its_holder(journeys: &impl Journeys) {
    assert_eq!(journeys.find(&person("ann")).await.unwrap(), None);
    let saved = journeys.save(&begun("c1", "ann"), None, at(0)).await.unwrap();
    assert_eq!(saved.conversion, begun("c1", "ann"));
    assert_eq!(journeys.find(&person("ann")).await.unwrap(), Some(saved));
    assert_eq!(journeys.find(&person("bo")).await.unwrap(), None);
}

/// A tenant's purchase is one, whoever makes it, and another than any of theirs; a person and a tenant of the same id
/// are two.
pub async fn a_tenant_has_a_purchase_of_its_own(journeys: &impl Journeys) {
    let acme =
        TenantRef { id: TenantId::try_from("ann").unwrap(), name: TenantName::try_from("acme").unwrap() };
    let holder = Holder::Tenant(acme.id.clone());
    let for_acme = |id: &str, by: &str| {
        let id = ConversionId::try_from(id).unwrap();
        Conversion::begin(id, user(by), PlanId::Team, Some(acme.clone())).unwrap()
    };
    let own = journeys.save(&begun("c1", "ann"), None, at(0)).await.unwrap();
    let first = journeys.save(&for_acme("c2", "ann"), None, at(0)).await.unwrap();
    let second = journeys.save(&for_acme("c3", "bo"), None, at(0)).await;
    assert!(matches!(second, Err(JourneysError::Conflict)), "{second:?}");
    assert_eq!(journeys.find(&holder).await.unwrap(), Some(first));
    assert_eq!(journeys.find(&person("ann")).await.unwrap(), Some(own));
}

/// Of two that save over the same reading, one is told.
pub async fn two_writers_notice_each_other(journeys: &impl Journeys) {
    let first = journeys.save(&begun("c1", "ann"), None, at(0)).await.unwrap();
    let second = journeys.save(&paid("c1", "ann"), Some(first.revision), at(1)).await.unwrap();
    assert_ne!(first.revision, second.revision);
    for seen in [None, Some(first.revision)] {
        let late = journeys.save(&begun("c2", "ann"), seen, at(2)).await;
        assert!(matches!(late, Err(JourneysError::Conflict)), "{late:?}");
    }
    assert_eq!(journeys.find(&person("ann")).await.unwrap(), Some(second));
}

/// Saving over something that is not there is a conflict too.
pub async fn nothing_is_saved_over_nothing(journeys: &impl Journeys) {
    let first = journeys.save(&begun("c1", "ann"), None, at(0)).await.unwrap();
    let other = journeys.save(&begun("c2", "bo"), Some(first.revision), at(1)).await;
    assert!(matches!(other, Err(JourneysError::Conflict)), "{other:?}");
    assert_eq!(journeys.find(&person("bo")).await.unwrap(), None);
}

/// The sweep sees what has waited for the provider for a while, and nothing that waits for a person.
pub async fn lists_what_waits_for_the_provider(journeys: &impl Journeys) {
    journeys.save(&begun("c1", "ann"), None, at(0)).await.unwrap();
    let waiting = journeys.save(&paid("c2", "bo"), None, at(0)).await.unwrap();
    let settled = journeys.save(&paid("c3", "cy"), None, at(0)).await.unwrap();
    journeys.save(&settled.conversion.recorded().unwrap(), Some(settled.revision), at(0)).await.unwrap();
    assert_eq!(journeys.unattended(10, at(0)).await.unwrap(), []);
    assert_eq!(journeys.unattended(10, at(1)).await.unwrap(), std::slice::from_ref(&waiting));

    let later = journeys.save(&paid("c4", "dee"), None, at(1)).await.unwrap();
    assert_eq!(journeys.unattended(1, at(9)).await.unwrap(), std::slice::from_ref(&waiting));
    let again = journeys.save(&waiting.conversion, Some(waiting.revision), at(2)).await.unwrap();
    assert_eq!(journeys.unattended(10, at(9)).await.unwrap(), [later, again]);
}
