//! The contract of [`Invitations`](crate::Invitations).

#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a contract case fails by panicking"
)]

use std::time::Duration;

use tenantry_domain::{ConnectionId, EmailAddress, InvitationId, InvitationLifetime, LoginKind, Role, Roles};

use super::provider::{ProviderWorld, make, nowhere};
use crate::{Cursor, InvitationsError, NewInvitation, PageSize};

fn to(address: &str) -> NewInvitation {
    NewInvitation {
        email: EmailAddress::try_from(address).unwrap(),
        roles: Roles::from(Role::Employee),
        connection: None,
        inviter: "Ann Lee".to_owned(),
        lifetime: InvitationLifetime::default(),
    }
}

fn unknown() -> InvitationId {
    InvitationId::try_from("uinv_0000000000000000").unwrap()
}

/// What was made is what is found, and says what was asked for.
pub async fn an_invitation_is_found_as_it_was_made(world: &dyn ProviderWorld) {
    let acme = make(world, "acme").await;
    let lifetime = InvitationLifetime::try_from(Duration::from_hours(2)).unwrap();
    let roles = Roles::from_iter([Role::Administrator, Role::Employee]);
    let new = NewInvitation { lifetime, roles: roles.clone(), ..to("bo+1@example.com") };
    let made = world.invitations().create(&acme.id, &new).await.unwrap();
    assert_eq!((&made.email, &made.roles, &made.connection), (&new.email, &roles, &None));
    assert_eq!(made.inviter, "Ann Lee");
    assert_eq!(made.created_at.until(made.expires_at), Duration::from_hours(2));
    if let (Some(ticket), Some(link)) = (&made.ticket, &made.link) {
        assert!(link.as_str().contains(ticket.as_str()) && ticket.as_str().len() >= 22, "128 bits or more");
    }
    assert_eq!(world.invitations().find(&acme.id, &made.id).await.unwrap(), Some(made));
    assert_eq!(world.invitations().find(&acme.id, &unknown()).await.unwrap(), None);
    let nobodys = world.invitations().create(&nowhere(), &new).await;
    assert!(matches!(nobodys, Err(InvitationsError::UnknownTenant)), "{nobodys:?}");
}

/// Pages together hold every invitation of the tenant once, and no other; made-up cursors are refused.
pub async fn invitations_are_listed_the_latest_first(world: &dyn ProviderWorld) {
    let (acme, other) = (make(world, "acme").await, make(world, "other").await);
    let invitations = world.invitations();
    assert_eq!(invitations.page(&acme.id, None, PageSize::SCREEN).await.unwrap().items, []);
    let mut expected = Vec::new();
    for number in 0..7 {
        let made = invitations.create(&acme.id, &to(&format!("user{number}@example.com"))).await.unwrap();
        expected.push(made.id.to_string());
    }
    invitations.create(&other.id, &to("stranger@example.com")).await.unwrap();
    let (mut seen, mut from) = (Vec::new(), None::<Cursor>);
    loop {
        let page = invitations.page(&acme.id, from, PageSize::at_most(3)).await.unwrap();
        assert!(page.items.len() <= 3);
        seen.extend(page.items.iter().map(|invitation| invitation.id.to_string()));
        from = page.next;
        if from.is_none() {
            break;
        }
    }
    seen.sort();
    expected.sort();
    assert_eq!(seen, expected);
    let page = invitations.page(&nowhere(), None, PageSize::SCREEN).await;
    assert!(matches!(page, Err(InvitationsError::UnknownTenant)), "{page:?}");
    for text in ["", "-1", "%00", "99999999999", "🦀"] {
        let page = invitations.page(&acme.id, Some(Cursor::new(text)), PageSize::SCREEN).await;
        assert!(matches!(page, Err(InvitationsError::InvalidCursor)), "{text:?}: {page:?}");
    }
}

/// What was taken back is gone, and taking it back again is success.
pub async fn a_revoked_invitation_is_gone(world: &dyn ProviderWorld) {
    let acme = make(world, "acme").await;
    let invitations = world.invitations();
    let kept = invitations.create(&acme.id, &to("ann@example.com")).await.unwrap();
    let made = invitations.create(&acme.id, &to("bo@example.com")).await.unwrap();
    for _ in 0..2 {
        invitations.revoke(&acme.id, &made.id).await.unwrap();
        assert_eq!(invitations.find(&acme.id, &made.id).await.unwrap(), None);
    }
    let left = invitations.page(&acme.id, None, PageSize::SCREEN).await.unwrap().items;
    assert_eq!(left, [kept]);
    invitations.revoke(&nowhere(), &made.id).await.unwrap();
}

/// By another tenant an invitation is neither found nor taken back.
pub async fn another_tenants_invitation_is_not_there(world: &dyn ProviderWorld) {
    let (acme, other) = (make(world, "acme").await, make(world, "other").await);
    let invitations = world.invitations();
    let made = invitations.create(&acme.id, &to("bo@example.com")).await.unwrap();
    assert_eq!(invitations.find(&other.id, &made.id).await.unwrap(), None);
    assert_eq!(invitations.find(&nowhere(), &made.id).await.unwrap(), None);
    invitations.revoke(&other.id, &made.id).await.unwrap();
    assert_eq!(invitations.find(&acme.id, &made.id).await.unwrap(), Some(made));
}

/// An invitation may be bound to a connection of the tenant, and to no other.
pub async fn an_invitation_is_through_a_connection_of_the_tenant(world: &dyn ProviderWorld) {
    let acme = make(world, "acme").await;
    let invitations = world.invitations();
    let connections = invitations.connections(&acme.id).await.unwrap();
    let password = connections.iter().find(|connection| connection.kind == LoginKind::Password).unwrap();
    assert!(!password.label.is_empty());
    let new = NewInvitation { connection: Some(password.id.clone()), ..to("bo@example.com") };
    let made = invitations.create(&acme.id, &new).await.unwrap();
    assert_eq!(made.connection.as_ref(), Some(&password.id));
    let unknown = ConnectionId::try_from("con_0000000000000000").unwrap();
    let new = NewInvitation { connection: Some(unknown), ..to("cy@example.com") };
    let refused = invitations.create(&acme.id, &new).await;
    assert!(matches!(refused, Err(InvitationsError::UnknownConnection)), "{refused:?}");
    assert_eq!(invitations.page(&acme.id, None, PageSize::SCREEN).await.unwrap().items.len(), 1);
    assert_eq!(invitations.page(&acme.id, None, PageSize::SCREEN).await.unwrap().items[0], made);
    let nobodys = invitations.connections(&nowhere()).await;
    assert!(matches!(nobodys, Err(InvitationsError::UnknownTenant)), "{nobodys:?}");
}
