//! The contract of [`Members`](crate::Members) as far as it is about people who are members already: found, changed and
//! removed.

#![expect(clippy::missing_panics_doc, clippy::unwrap_used, reason = "a contract case fails by panicking")]

use tenantry_domain::{Member, MemberOrder, MemberSearch, PersonName, Role, Roles, TenantRef, UserId};

use super::provider::{ProviderWorld, make, nobody, nowhere};
use crate::{Cursor, MemberQuery, MembersError, PageSize};

async fn join(world: &dyn ProviderWorld, tenant: &TenantRef, email: &str, roles: &[Role]) -> UserId {
    let user = world.account(email).await;
    world.members().add(&tenant.id, &user).await.unwrap();
    for role in roles {
        world.members().assign(&tenant.id, &user, *role).await.unwrap();
    }
    user
}

async fn search(world: &dyn ProviderWorld, tenant: &TenantRef, text: &str) -> Vec<UserId> {
    let query = MemberQuery { text: MemberSearch::try_from(text).ok(), ..MemberQuery::default() };
    let found = world.members().search(&tenant.id, &query).await.unwrap();
    let mut users: Vec<_> = found.items.into_iter().map(|member| member.user).collect();
    users.sort();
    assert_eq!((usize::try_from(found.total).unwrap(), found.start), (users.len(), 0));
    users
}

/// Who is on each page, in pages of this size, and how many are said to be on all of them.
async fn pages(world: &dyn ProviderWorld, tenant: &TenantRef, query: MemberQuery) -> Vec<(Vec<UserId>, u32)> {
    let (mut query, mut pages) = (query, Vec::new());
    loop {
        let page = world.members().search(&tenant.id, &query).await.unwrap();
        pages.push((page.items.into_iter().map(|member| member.user).collect(), page.total));
        assert!(pages.len() < 10, "the pages have no end");
        query.from = page.next;
        if query.from.is_none() {
            return pages;
        }
    }
}

fn in_order(text: &str) -> MemberQuery {
    MemberQuery { order: MemberOrder::try_from(text).unwrap(), ..MemberQuery::default() }
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

/// Members are found by a part of their address, in this tenant alone, whatever is typed.
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
    assert_eq!(search(world, &acme, "example").await, both);
    assert_eq!(search(world, &acme, "lee+1@").await, search(world, &acme, "ann.l").await);
    let text = MemberSearch::try_from("ann").ok();
    let query = MemberQuery { text, size: PageSize::at_most(1), ..MemberQuery::default() };
    let shown = pages(world, &acme, query.clone()).await;
    assert_eq!(
        shown.iter().map(|(_, total)| *total).collect::<Vec<_>>(),
        [2, 2],
        "two are found, one a page"
    );
    let mut found: Vec<_> = shown.into_iter().flat_map(|(found, _)| found).collect();
    found.sort();
    assert_eq!(found, both);
    let found = world.members().search(&nowhere(), &query).await.unwrap();
    assert_eq!((found.items, found.total, found.next), (Vec::new(), 0, None));
}

/// A surname finds whoever has it, and so does the middle of a name.
pub async fn members_are_found_by_any_part_of_their_name(world: &dyn ProviderWorld) {
    let acme = make(world, "acme").await;
    let anna = join(world, &acme, "anna@example.com", &[]).await;
    join(world, &acme, "bo@example.com", &[]).await;
    world.users().rename(&anna, &PersonName::try_from("Anna Leeson").unwrap()).await.unwrap();
    for text in ["leeson", "Anna Lee", "a l", "EESO", "nna@ex"] {
        assert_eq!(search(world, &acme, text).await, std::slice::from_ref(&anna), "{text:?}");
    }
    for text in ["leesons", "lee anna", "anna  leeson", "l*n"] {
        assert_eq!(search(world, &acme, text).await, [] as [UserId; 0], "{text:?}");
    }
}

/// Everybody is on one page of an order, from either end, whatever the sizes of the pages; a cursor is good in its own
/// order alone.
pub async fn members_come_in_the_order_that_is_wanted(world: &dyn ProviderWorld) {
    let acme = make(world, "acme").await;
    let mut people = Vec::new();
    for (email, name) in [("c@example.com", "Bo"), ("a@example.com", "Cy"), ("b@example.com", "anna")] {
        let user = join(world, &acme, email, &[Role::Employee]).await;
        world.users().rename(&user, &PersonName::try_from(name).unwrap()).await.unwrap();
        people.push(user);
    }
    let [bo, cy, anna] = people.try_into().unwrap();
    let order = async |text: &str, size: u8| -> Vec<UserId> {
        let query = MemberQuery { size: PageSize::at_most(size), ..in_order(text) };
        let pages = pages(world, &acme, query).await;
        assert!(pages.iter().all(|(users, total)| *total == 3 && users.len() <= size.into()), "{pages:?}");
        pages.into_iter().flat_map(|(users, _)| users).collect()
    };
    for size in [1, 2, 3, 50] {
        assert_eq!(order("name", size).await, [anna.clone(), bo.clone(), cy.clone()]);
        assert_eq!(order("-name", size).await, [cy.clone(), bo.clone(), anna.clone()]);
        assert_eq!(order("email", size).await, [cy.clone(), anna.clone(), bo.clone()]);
        assert_eq!(order("-email", size).await, [bo.clone(), anna.clone(), cy.clone()]);
        for text in ["last_login", "-last_login"] {
            let mut everybody = order(text, size).await;
            everybody.sort();
            everybody.dedup();
            assert_eq!(everybody.len(), 3, "who never logged in is listed too");
        }
    }
    let first = MemberQuery { size: PageSize::at_most(2), ..in_order("name") };
    let from = world.members().search(&acme.id, &first).await.unwrap().next;
    let rest = MemberQuery { from: from.clone(), size: PageSize::at_most(50), ..in_order("name") };
    let rest = world.members().search(&acme.id, &rest).await.unwrap();
    assert_eq!(rest.items.into_iter().map(|member| member.user).collect::<Vec<_>>(), [cy]);
    for from in [from, Some(Cursor::new("")), Some(Cursor::new("25"))] {
        let refused = world.members().search(&acme.id, &MemberQuery { from, ..in_order("-name") }).await;
        assert!(matches!(refused, Err(MembersError::InvalidCursor)), "{refused:?}");
    }
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
