//! The contract of [`AccessRequests`].

#![expect(clippy::missing_panics_doc, clippy::unwrap_used, reason = "a contract case fails by panicking")]

use tenantry_domain::{AccessRequest, EmailAddress, Role, TenantId, Timestamp, UserId};

use super::sso_requests::{id, request};
use crate::{AccessRequests, SsoRequests};

fn tenant(name: &str) -> TenantId {
    TenantId::try_from(name).unwrap()
}

fn user(name: &str) -> UserId {
    UserId::try_from(name).unwrap()
}

fn asks(who: &str, of: &str, through: &str, second: i64) -> AccessRequest {
    AccessRequest {
        tenant: tenant(of),
        request: id(through),
        user: user(who),
        name: who.to_owned(),
        email: EmailAddress::try_from(format!("{who}@acme.example").as_str()).unwrap(),
        role: Role::Employee,
        asked_at: Timestamp::from_seconds(1_700_000_000 + second),
    }
}

/// Who asks is found by the tenant, in the order in which they asked; asking again changes nothing, and once it is
/// settled nobody asks.
pub async fn is_kept_until_it_is_settled((requests, access): &(impl SsoRequests, impl AccessRequests)) {
    requests.begin(&request("r1", "acme", 0)).await.unwrap();
    let (bo, cy) = (asks("bo", "acme", "r1", 2), asks("cy", "acme", "r1", 1));
    assert!(access.ask(&bo).await.unwrap());
    assert!(access.ask(&cy).await.unwrap());
    assert!(
        !access
            .ask(&AccessRequest { role: Role::Administrator, ..asks("bo", "acme", "r1", 9) })
            .await
            .unwrap()
    );
    assert_eq!(access.of_tenant(&tenant("acme")).await.unwrap(), [cy.clone(), bo.clone()]);
    assert_eq!(access.find(&tenant("acme"), &user("bo")).await.unwrap(), Some(bo));
    access.settle(&tenant("acme"), &user("bo")).await.unwrap();
    access.settle(&tenant("acme"), &user("bo")).await.unwrap();
    assert_eq!(access.find(&tenant("acme"), &user("bo")).await.unwrap(), None);
    assert_eq!(access.of_tenant(&tenant("acme")).await.unwrap(), [cy]);
}

/// Nothing that one tenant is asked is another's, and through another's connection nothing can be asked.
pub async fn is_one_tenants_alone((requests, access): &(impl SsoRequests, impl AccessRequests)) {
    requests.begin(&request("r1", "acme", 0)).await.unwrap();
    requests.begin(&request("r2", "globex", 0)).await.unwrap();
    assert!(access.ask(&asks("bo", "acme", "r1", 1)).await.unwrap());
    assert!(!access.ask(&asks("di", "globex", "r1", 1)).await.unwrap());
    assert!(!access.ask(&asks("bo", "globex", "r9", 1)).await.unwrap());
    assert_eq!(access.of_tenant(&tenant("globex")).await.unwrap(), []);
    assert_eq!(access.find(&tenant("globex"), &user("bo")).await.unwrap(), None);
    access.settle(&tenant("globex"), &user("bo")).await.unwrap();
    assert_eq!(access.of_tenant(&tenant("acme")).await.unwrap().len(), 1);
}

/// What was asked through a connection goes with it, and with everything of its tenant.
pub async fn goes_with_the_connection((requests, access): &(impl SsoRequests, impl AccessRequests)) {
    requests.begin(&request("r1", "acme", 0)).await.unwrap();
    requests.begin(&request("r2", "acme", 1)).await.unwrap();
    access.ask(&asks("bo", "acme", "r1", 1)).await.unwrap();
    access.ask(&asks("cy", "acme", "r2", 2)).await.unwrap();
    requests.delete(&tenant("acme"), &id("r1")).await.unwrap();
    assert_eq!(access.find(&tenant("acme"), &user("bo")).await.unwrap(), None);
    requests.forget(&tenant("acme")).await.unwrap();
    assert_eq!(access.of_tenant(&tenant("acme")).await.unwrap(), []);
}
