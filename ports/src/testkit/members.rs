//! The contract of [`Members`](crate::Members) as far as it is about people who are members already: found, changed and
//! removed.

#![expect(clippy::missing_panics_doc, clippy::unwrap_used, reason = "a contract case fails by panicking")]

use tenantry_domain::{Member, MemberSearch, Role, Roles, TenantRef, UserId};

use super::provider::{ProviderWorld, make, nobody, nowhere};
use crate::{MembersError, PageSize};

async fn join(world: &dyn ProviderWorld, tenant: &TenantRef, email: &str, roles: &[Role]) -> UserId {
    let user = world.account(email).await;
    world.members().add(&tenant.id, &user).await.unwrap();
    for role in roles {
        world.members().assign(&tenant.id, &user, *role).await.unwrap();
    }
    user
}

async fn search(world: &dyn ProviderWorld, tenant: &TenantRef, text: &str) -> Vec<UserId> {
    let text = MemberSearch::try_from(text).unwrap();
    let found = world.members().search(&tenant.id, &text, PageSize::SCREEN).await.unwrap();
    let mut found: Vec<_> = found.into_iter().map(|member| member.user).collect();
    found.sort();
    found
}

/// A member is found with their roles here; who is another tenant's or nobody's is not.
pub async fn a_member_is_found_here_alone(world: &dyn ProviderWorld) {
    let (acme, other) = (make(world, "acme").await, make(world, "other").await);
    let ann = join(world, &acme, "ann@example.com", &[Role::Employee]).await;
    let bo = join(world, &other, "bo@example.com", &[Role::Administrator]).await;
    let both = join(world, &acme, "cy@example.com", &[Role::Administrator]).await;
    world.members().add(&other.id, &both).await.unwrap();
    let find = async |tenant: &TenantRef, user: &UserId| -> Option<Member> {
        world.members().find(&tenant.id, user).await.unwrap()
    };
    let found = find(&acme, &ann).await.unwrap();
    assert_eq!((&found.user, &found.roles), (&ann, &Roles::from(Role::Employee)));
    assert_eq!(found.email.unwrap().as_str(), "ann@example.com");
    assert!(!found.name.is_empty());
    assert_eq!(find(&acme, &both).await.unwrap().roles, Roles::from(Role::Administrator));
    assert_eq!(find(&other, &both).await.unwrap().roles, Roles::default());
    assert_eq!(find(&acme, &bo).await, None);
    assert_eq!(find(&acme, &nobody()).await, None);
    assert_eq!(world.members().find(&nowhere(), &ann).await.unwrap(), None);
}

/// A role is taken in one tenant alone, as often as one likes.
pub async fn taking_a_role_can_be_repeated(world: &dyn ProviderWorld) {
    let (acme, other) = (make(world, "acme").await, make(world, "other").await);
    let both = [Role::Administrator, Role::Employee];
    let ann = join(world, &acme, "ann@example.com", &both).await;
    world.members().add(&other.id, &ann).await.unwrap();
    world.members().assign(&other.id, &ann, Role::Administrator).await.unwrap();
    let members = world.members();
    for _ in 0..2 {
        members.unassign(&acme.id, &ann, Role::Administrator).await.unwrap();
        assert_eq!(members.roles(&acme.id, &ann).await.unwrap(), Roles::from(Role::Employee));
    }
    assert_eq!(members.roles(&other.id, &ann).await.unwrap(), Roles::from(Role::Administrator));
    let stranger = world.account("bo@example.com").await;
    for user in [&stranger, &nobody()] {
        members.unassign(&acme.id, user, Role::Employee).await.unwrap();
    }
    let unknown = members.unassign(&nowhere(), &ann, Role::Employee).await;
    assert!(matches!(unknown, Err(MembersError::UnknownTenant)), "{unknown:?}");
}

/// Who is removed is gone here alone, keeps the account, and comes back without any role.
pub async fn removing_a_member_can_be_repeated(world: &dyn ProviderWorld) {
    let (acme, other) = (make(world, "acme").await, make(world, "other").await);
    let ann = join(world, &acme, "ann@example.com", &[Role::Administrator]).await;
    let bo = join(world, &acme, "bo@example.com", &[Role::Employee]).await;
    world.members().add(&other.id, &ann).await.unwrap();
    world.members().assign(&other.id, &ann, Role::Employee).await.unwrap();
    let members = world.members();
    for _ in 0..2 {
        members.remove(&acme.id, &ann).await.unwrap();
        assert_eq!(members.find(&acme.id, &ann).await.unwrap(), None);
        assert_eq!(members.roles(&acme.id, &ann).await.unwrap(), Roles::default());
        assert_eq!(members.count(&acme.id).await.unwrap(), 1);
    }
    assert_eq!(members.find(&other.id, &ann).await.unwrap().unwrap().roles, Roles::from(Role::Employee));
    assert!(world.users().find(&ann).await.unwrap().is_some());
    assert!(members.find(&acme.id, &bo).await.unwrap().is_some());
    members.add(&acme.id, &ann).await.unwrap();
    assert_eq!(members.roles(&acme.id, &ann).await.unwrap(), Roles::default(), "the old role came back");
    members.remove(&acme.id, &nobody()).await.unwrap();
    let unknown = members.remove(&nowhere(), &ann).await;
    assert!(matches!(unknown, Err(MembersError::UnknownTenant)), "{unknown:?}");
}

/// Members are found by the beginning of their address, in this tenant alone, whatever is typed.
pub async fn members_are_searched_here_alone(world: &dyn ProviderWorld) {
    let (acme, other) = (make(world, "acme").await, make(world, "other").await);
    let ann = join(world, &acme, "ann.lee+1@example.com", &[]).await;
    let anna = join(world, &acme, "anna@example.com", &[]).await;
    let stranger = join(world, &other, "anne@example.com", &[]).await;
    let mut both = vec![ann.clone(), anna.clone()];
    both.sort();
    assert_eq!(search(world, &acme, "ann").await, both);
    assert_eq!(search(world, &acme, "ANN").await, both);
    assert_eq!(search(world, &acme, "ann.lee+1@ex").await, [ann]);
    assert_eq!(search(world, &acme, "anna@example.com").await, [anna]);
    assert_eq!(search(world, &other, "ann").await, [stranger]);
    for text in [
        "nobody",
        "*ann",
        "ann*",
        "ann OR x",
        "ann) OR (email:a",
        "\"ann\"",
        "ann\\",
        "a/b/c",
        "[a TO z]",
        "email:ann",
        "ann lee",
        "über",
    ] {
        assert_eq!(search(world, &acme, text).await, [] as [UserId; 0], "{text:?}");
    }
    let text = MemberSearch::try_from("ann").unwrap();
    let found = world.members().search(&acme.id, &text, PageSize::at_most(1)).await.unwrap();
    assert_eq!(found.len(), 1);
    let found = world.members().search(&nowhere(), &text, PageSize::SCREEN).await.unwrap();
    assert_eq!(found, []);
}

/// Whoever runs a tenant is named, and nobody else.
pub async fn administrators_are_named(world: &dyn ProviderWorld) {
    let (acme, other) = (make(world, "acme").await, make(world, "other").await);
    let ann = join(world, &acme, "ann@example.com", &[Role::Administrator]).await;
    let bo = join(world, &acme, "bo@example.com", &[Role::Administrator, Role::Employee]).await;
    join(world, &acme, "cy@example.com", &[Role::Employee]).await;
    join(world, &other, "di@example.com", &[Role::Administrator]).await;
    let mut found = world.members().administrators(&acme.id).await.unwrap();
    found.sort();
    let mut expected = vec![ann.clone(), bo.clone()];
    expected.sort();
    assert_eq!(found, expected);
    world.members().unassign(&acme.id, &bo, Role::Administrator).await.unwrap();
    assert_eq!(world.members().administrators(&acme.id).await.unwrap(), std::slice::from_ref(&ann));
    world.members().remove(&acme.id, &ann).await.unwrap();
    assert_eq!(world.members().administrators(&acme.id).await.unwrap(), []);
    assert_eq!(world.members().administrators(&nowhere()).await.unwrap(), []);
}
