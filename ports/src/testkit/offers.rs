//! The contract of [`Offers`].

#![expect(clippy::missing_panics_doc, clippy::unwrap_used, reason = "a contract case fails by panicking")]

use std::time::Duration;

use tenantry_domain::{
    EmailAddress, Invitation, InvitationId, InvitationMessage, Offer, OfferState, Role, Roles, TenantId,
    Ticket, Timestamp, UserId,
};

use crate::Offers;

fn acme() -> TenantId {
    TenantId::try_from("org_acme").unwrap()
}

fn other() -> TenantId {
    TenantId::try_from("org_other").unwrap()
}

fn email(text: &str) -> EmailAddress {
    EmailAddress::try_from(text).unwrap()
}

fn ticket(text: &str) -> Ticket {
    Ticket::try_from(text).unwrap()
}

fn now() -> Timestamp {
    Timestamp::from_seconds(1_800_000_000)
}

fn offer(tenant: TenantId, address: &str) -> Offer {
    Offer {
        tenant,
        email: email(address),
        invitation: None,
        inviter: UserId::try_from("auth0|ann").unwrap(),
        inviter_name: "Ann Lee".to_owned(),
        roles: Roles::from_iter([Role::Administrator, Role::Employee]),
        message: Some(InvitationMessage::try_from("Hi Bo,\nwelcome").unwrap()),
        connection: None,
        state: OfferState::Sending,
        created_at: now(),
        expires_at: now() + Duration::from_hours(1),
    }
}

fn invitation(id: &str, address: &str) -> Invitation {
    Invitation {
        id: InvitationId::try_from(id).unwrap(),
        email: email(address),
        roles: Roles::from(Role::Employee),
        connection: None,
        inviter: "Ann Lee".to_owned(),
        created_at: now() + Duration::from_secs(1),
        expires_at: now() + Duration::from_hours(2),
        ticket: Some(ticket(&format!("ticket-of-{id}"))),
        link: None,
    }
}

/// An offer is found as it was begun, and open with what the provider made of it.
pub async fn is_found_as_it_was_begun_and_opened(offers: &impl Offers) {
    let begun = offer(acme(), "bo@example.com");
    assert!(offers.begin(&begun).await.unwrap());
    assert_eq!(offers.pending(&acme(), now()).await.unwrap(), std::slice::from_ref(&begun));
    let made = invitation("i1", "bo@example.com");
    assert!(offers.open(&acme(), &made).await.unwrap());
    let open = Offer {
        invitation: Some(made.id.clone()),
        state: OfferState::Open,
        created_at: made.created_at,
        expires_at: made.expires_at,
        ..begun
    };
    assert_eq!(offers.find(&acme(), &made.id).await.unwrap(), Some(open.clone()));
    assert_eq!(offers.find_by_ticket(&acme(), &ticket("ticket-of-i1")).await.unwrap(), Some(open.clone()));
    assert_eq!(offers.pending(&acme(), now()).await.unwrap(), [open]);
    assert_eq!(offers.pending(&acme(), made.expires_at).await.unwrap(), [], "it is over");
    assert!(!offers.open(&acme(), &invitation("i2", "cy@example.com")).await.unwrap(), "nobody began it");
}

/// There is one pending offer for each tenant and address, and another once that is over.
pub async fn i4_one_is_pending_for_each_address(offers: &impl Offers) {
    let first = offer(acme(), "bo@example.com");
    assert!(offers.begin(&first).await.unwrap());
    assert!(!offers.begin(&first).await.unwrap());
    assert!(offers.begin(&offer(other(), "bo@example.com")).await.unwrap());
    assert!(offers.begin(&offer(acme(), "cy@example.com")).await.unwrap());
    assert!(offers.open(&acme(), &invitation("i1", "bo@example.com")).await.unwrap());
    assert!(!offers.begin(&first).await.unwrap());
    let at = now() + Duration::from_hours(2);
    let later = Offer { created_at: at, expires_at: at + Duration::from_hours(1), ..first };
    assert!(offers.begin(&later).await.unwrap(), "the first has expired");
    assert_eq!(offers.pending(&acme(), at).await.unwrap(), [later]);
}

/// An offer ends once, and its ticket is still known.
pub async fn s14_ends_once(offers: &impl Offers) {
    offers.begin(&offer(acme(), "bo@example.com")).await.unwrap();
    let made = invitation("i1", "bo@example.com");
    offers.open(&acme(), &made).await.unwrap();
    assert!(!offers.end_invitation(&other(), &made.id, OfferState::Revoked).await.unwrap());
    assert!(offers.end_invitation(&acme(), &made.id, OfferState::Accepted).await.unwrap());
    assert!(!offers.end_invitation(&acme(), &made.id, OfferState::Accepted).await.unwrap());
    assert!(!offers.end_invitation(&acme(), &made.id, OfferState::Revoked).await.unwrap());
    assert!(!offers.end(&acme(), &made.email, OfferState::Revoked).await.unwrap());
    let over = offers.find_by_ticket(&acme(), &ticket("ticket-of-i1")).await.unwrap().unwrap();
    assert_eq!(over.state, OfferState::Accepted);
    assert_eq!(offers.pending(&acme(), now()).await.unwrap(), []);
    assert!(offers.begin(&offer(acme(), "bo@example.com")).await.unwrap());
    assert!(offers.end(&acme(), &made.email, OfferState::Revoked).await.unwrap());
}

/// One address may be invited by two tenants: what becomes of one offer is nothing to the other.
pub async fn one_address_has_an_offer_of_each_tenant(offers: &impl Offers) {
    let theirs = offer(other(), "bo@example.com");
    offers.begin(&theirs).await.unwrap();
    offers.begin(&offer(acme(), "bo@example.com")).await.unwrap();
    offers.open(&acme(), &invitation("i1", "bo@example.com")).await.unwrap();
    assert_eq!(offers.pending(&other(), now()).await.unwrap(), std::slice::from_ref(&theirs));
    let at = now() + Duration::from_hours(3);
    let later =
        Offer { created_at: at, expires_at: at + Duration::from_hours(1), ..offer(acme(), "bo@example.com") };
    assert!(offers.begin(&later).await.unwrap(), "acme's first has expired");
    assert_eq!(offers.pending(&other(), now()).await.unwrap(), [theirs]);
}

/// By another tenant nothing is found, and what is forgotten is gone there alone.
pub async fn belongs_to_one_tenant(offers: &impl Offers) {
    let made = invitation("i1", "bo@example.com");
    offers.begin(&offer(acme(), "bo@example.com")).await.unwrap();
    offers.open(&acme(), &made).await.unwrap();
    let theirs = ticket("ticket-of-i1");
    assert_eq!(offers.find(&other(), &made.id).await.unwrap(), None);
    assert_eq!(offers.find_by_ticket(&other(), &theirs).await.unwrap(), None);
    assert_eq!(offers.find_by_ticket(&acme(), &ticket("ticket-of-i2")).await.unwrap(), None);
    assert_eq!(offers.pending(&other(), now()).await.unwrap(), []);
    offers.forget(&other()).await.unwrap();
    assert!(offers.find(&acme(), &made.id).await.unwrap().is_some());
    offers.forget(&acme()).await.unwrap();
    assert_eq!(offers.find(&acme(), &made.id).await.unwrap(), None);
}
