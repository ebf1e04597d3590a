//! The contract of an identity provider's adapter: [`Users`], [`Tenants`] and [`Members`]; [`Invitations`] have a file of
//! their own.

#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a contract case fails by panicking"
)]

use async_trait::async_trait;
use tenantry_domain::{
    Branding, Colours, ConversionId, DisplayName, EmailAddress, LogoUrl, Role, Roles, Subscription, Tenant,
    TenantId, TenantName, TenantRef, UserId,
};

use crate::{
    Cursor, Customization, Invitations, Members, MembersError, NewTenant, PageSize, Tenants, TenantsError,
    Users, UsersError,
};

/// A provider with nothing in it, and the adapter under test.
#[async_trait]
pub trait ProviderWorld: Send + Sync {
    /// The adapter's users.
    fn users(&self) -> &dyn Users;
    /// The adapter's tenants.
    fn tenants(&self) -> &dyn Tenants;
    /// The adapter's members.
    fn members(&self) -> &dyn Members;
    /// The adapter's invitations.
    fn invitations(&self) -> &dyn Invitations;
    /// Makes an account at the provider, by other means than the adapter's, with something in its metadata besides
    /// any subscription: `{"theme": "dark"}`.
    async fn account(&self, email: &str) -> UserId;
    /// An account whose profile each login brings along from another provider, and which has no password.
    async fn account_elsewhere(&self) -> UserId;
    /// Reads `theme` from the account's metadata, by other means than the adapter's.
    async fn theme_of(&self, user: &UserId) -> Option<String>;
}

fn subscription(text: &str) -> Subscription {
    text.parse().unwrap()
}

pub(super) fn name(text: &str) -> TenantName {
    TenantName::try_from(text).unwrap()
}

pub(super) fn nobody() -> UserId {
    UserId::try_from("auth0|000000000000000000000000").unwrap()
}

pub(super) fn nowhere() -> TenantId {
    TenantId::try_from("org_0000000000000000").unwrap()
}

fn new_tenant(tenant: &str, by: &UserId, conversion: &str) -> NewTenant {
    NewTenant {
        name: name(tenant),
        display_name: "Acme & Sons".to_owned(),
        subscription: subscription("team;2030-01-01T00:00:00.000Z;active"),
        created_by: by.clone(),
        conversion: ConversionId::try_from(conversion).unwrap(),
    }
}

pub(super) async fn make(world: &dyn ProviderWorld, tenant: &str) -> TenantRef {
    let founder = world.account(&format!("founder-of-{tenant}@example.com")).await;
    world.tenants().create(&new_tenant(tenant, &founder, "c1")).await.unwrap().tenant
}

/// An account is found by its id, an unknown one is not.
pub async fn a_user_is_found(world: &dyn ProviderWorld) {
    let ann = world.account("ann@example.com").await;
    let found = world.users().find(&ann).await.unwrap().unwrap();
    assert_eq!(found.id, ann);
    assert_eq!(found.email, Some(EmailAddress::try_from("ann@example.com").unwrap()));
    assert_eq!(found.subscription, None);
    assert!(!found.name.is_empty());
    assert_eq!(world.users().find(&nobody()).await.unwrap(), None);
}

/// The accounts of an address are found, whatever its case, and nobody else's.
pub async fn a_user_is_found_by_address(world: &dyn ProviderWorld) {
    let ann = world.account("ann+news@example.com").await;
    world.account("ann@example.com").await;
    let address = |text: &str| EmailAddress::try_from(text).unwrap();
    let found = world.users().find_by_email(&address("Ann+News@Example.com")).await.unwrap();
    assert_eq!(found.iter().map(|user| &user.id).collect::<Vec<_>>(), [&ann]);
    assert_eq!(world.users().find_by_email(&address("bo@example.com")).await.unwrap(), []);
}

/// A user's subscription is stored byte for byte, over an earlier one, and beside what others wrote.
pub async fn a_users_subscription_is_stored_beside_the_rest(world: &dyn ProviderWorld) {
    let ann = world.account("ann@example.com").await;
    for text in ["trial;2024-09-17T23:58:28.392Z;active", "team;2030-01-01T00:00:00.000Z;activation"] {
        world.users().set_subscription(&ann, subscription(text)).await.unwrap();
        world.users().set_subscription(&ann, subscription(text)).await.unwrap();
        assert_eq!(world.users().find(&ann).await.unwrap().unwrap().subscription.as_deref(), Some(text));
    }
    assert_eq!(world.theme_of(&ann).await.as_deref(), Some("dark"));
}

/// Nothing is stored for an account that does not exist.
pub async fn an_unknown_user_has_no_subscription(world: &dyn ProviderWorld) {
    let text = "trial;2024-09-17T23:58:28.392Z;active";
    let stored = world.users().set_subscription(&nobody(), subscription(text)).await;
    assert!(matches!(stored, Err(UsersError::UnknownUser)), "{stored:?}");
}

/// A tenant that was made is found by id and by name, with its subscription.
pub async fn a_tenant_is_found_by_id_and_by_name(world: &dyn ProviderWorld) {
    let ann = world.account("ann@example.com").await;
    let made = world.tenants().create(&new_tenant("acme", &ann, "c1")).await.unwrap();
    let expected = Tenant {
        tenant: made.tenant.clone(),
        display_name: "Acme & Sons".to_owned(),
        branding: Branding::default(),
        subscription: Some("team;2030-01-01T00:00:00.000Z;active".to_owned()),
        made_in: Some(ConversionId::try_from("c1").unwrap()),
    };
    assert_eq!(made, expected);
    assert_eq!(made.tenant.name, name("acme"));
    assert_eq!(world.tenants().find(&made.tenant.id).await.unwrap(), Some(expected.clone()));
    assert_eq!(world.tenants().find_by_name(&name("acme")).await.unwrap(), Some(expected));
    assert_eq!(world.tenants().find(&nowhere()).await.unwrap(), None);
    assert_eq!(world.tenants().find_by_name(&name("acm")).await.unwrap(), None);
}

/// Making a tenant again in the same conversion answers the first; anybody else's name is taken.
pub async fn making_a_tenant_can_be_repeated(world: &dyn ProviderWorld) {
    let (ann, bo) = (world.account("ann@example.com").await, world.account("bo@example.com").await);
    let made = world.tenants().create(&new_tenant("acme", &ann, "c1")).await.unwrap();
    assert_eq!(world.tenants().create(&new_tenant("acme", &ann, "c1")).await.unwrap(), made);
    for other in [new_tenant("acme", &ann, "c2"), new_tenant("acme", &bo, "c1")] {
        let taken = world.tenants().create(&other).await;
        assert!(matches!(taken, Err(TenantsError::NameTaken)), "{taken:?}");
    }
    assert_eq!(world.tenants().find_by_name(&name("acme")).await.unwrap(), Some(made));
}

/// A tenant's subscription is stored over an earlier one, and everything else about the tenant stays.
pub async fn a_tenants_subscription_is_stored_beside_the_rest(world: &dyn ProviderWorld) {
    let (acme, other) = (make(world, "acme").await, make(world, "other").await);
    let before = world.tenants().find(&acme.id).await.unwrap().unwrap();
    let text = "enterprise;2031-01-01T00:00:00.000Z;active";
    for written in [text, text, "team;2030-06-01T00:00:00.000Z;active"] {
        let stored = world.tenants().set_subscription(&acme.id, subscription(written)).await.unwrap();
        assert_eq!(stored, subscription(text), "what ends later stays");
    }
    let after = world.tenants().find(&acme.id).await.unwrap().unwrap();
    assert_eq!(after, Tenant { subscription: Some(text.to_owned()), ..before });
    let untouched = world.tenants().find(&other.id).await.unwrap().unwrap();
    assert_ne!(untouched.subscription.as_deref(), Some(text));
    let unknown = world.tenants().set_subscription(&nowhere(), subscription(text)).await;
    assert!(matches!(unknown, Err(TenantsError::UnknownTenant)), "{unknown:?}");
}

/// How a tenant is shown is stored as a whole, over an earlier customization, and everything else stays.
pub async fn a_tenant_is_customized_beside_the_rest(world: &dyn ProviderWorld) {
    let (acme, other) = (make(world, "acme").await, make(world, "other").await);
    let before = world.tenants().find(&acme.id).await.unwrap().unwrap();
    let untouched = world.tenants().find(&other.id).await.unwrap();
    let colours = Colours { primary: "#Ff00fF".parse().unwrap(), background: "#00ff00".parse().unwrap() };
    let logo = LogoUrl::try_from("https://learn.example/logos/0123456789abcdef.png").unwrap();
    for (display_name, branding) in [
        ("Ácme – 株式会社", Branding { logo: Some(logo.clone()), colours: Some(colours) }),
        ("Acme", Branding { logo: Some(logo), colours: None }),
        ("Acme", Branding { logo: None, colours: Some(colours) }),
        ("Acme", Branding::default()),
    ] {
        let display_name = DisplayName::try_from(display_name).unwrap();
        let customization =
            Customization { display_name: Some(display_name.clone()), branding: branding.clone() };
        let expected = Tenant { display_name: display_name.to_string(), branding, ..before.clone() };
        for _ in 0..2 {
            let customized = world.tenants().customize(&acme.id, &customization).await.unwrap();
            assert_eq!(customized, expected);
        }
        assert_eq!(world.tenants().find(&acme.id).await.unwrap(), Some(expected));
        let unknown = world.tenants().customize(&nowhere(), &customization).await;
        assert!(matches!(unknown, Err(TenantsError::UnknownTenant)), "{unknown:?}");
    }
    let customization =
        Customization { display_name: None, branding: Branding { logo: None, colours: Some(colours) } };
    let customized = world.tenants().customize(&acme.id, &customization).await.unwrap();
    assert_eq!(
        customized,
        Tenant { display_name: "Acme".to_owned(), branding: customization.branding, ..before }
    );
    assert_eq!(world.tenants().find(&other.id).await.unwrap(), untouched);
}

/// A person's tenants are theirs alone, all of them, in the order of their names.
pub async fn a_persons_tenants_are_all_listed(world: &dyn ProviderWorld) {
    let (ann, bo) = (world.account("ann@example.com").await, world.account("bo@example.com").await);
    assert_eq!(world.tenants().of_user(&ann).await.unwrap(), []);
    assert_eq!(world.tenants().of_user(&nobody()).await.unwrap(), []);
    let mut expected = Vec::new();
    for number in 0..101 {
        let made =
            world.tenants().create(&new_tenant(&format!("acme-{number:03}"), &ann, "c1")).await.unwrap();
        let member = if number == 7 { &bo } else { &ann };
        world.members().add(&made.tenant.id, member).await.unwrap();
        if number == 7 {
            assert_eq!(world.tenants().of_user(&bo).await.unwrap(), [made]);
        } else {
            expected.push(made);
        }
    }
    let other = make(world, "aaa").await;
    world.members().add(&other.id, &ann).await.unwrap();
    expected.insert(0, world.tenants().find(&other.id).await.unwrap().unwrap());
    assert_eq!(expected.len(), 101, "more than one page of Auth0's");
    assert_eq!(world.tenants().of_user(&ann).await.unwrap(), expected);
}

/// A deleted tenant is gone with everything in it, and its name is free; accounts and other tenants stay.
pub async fn a_deleted_tenant_is_gone_for_everybody(world: &dyn ProviderWorld) {
    let (acme, other) = (make(world, "acme").await, make(world, "other").await);
    let ann = world.account("ann@example.com").await;
    for tenant in [&acme, &other] {
        world.members().add(&tenant.id, &ann).await.unwrap();
        world.members().assign(&tenant.id, &ann, Role::Administrator).await.unwrap();
    }
    for _ in 0..2 {
        world.tenants().delete(&acme.id).await.unwrap();
        assert_eq!(world.tenants().find(&acme.id).await.unwrap(), None);
        assert_eq!(world.tenants().find_by_name(&acme.name).await.unwrap(), None);
        assert_eq!(world.members().roles(&acme.id, &ann).await.unwrap(), Roles::default());
    }
    world.tenants().delete(&nowhere()).await.unwrap();
    let left = world.tenants().of_user(&ann).await.unwrap();
    assert_eq!(left.into_iter().map(|left| left.tenant).collect::<Vec<_>>(), std::slice::from_ref(&other));
    assert_eq!(world.members().roles(&other.id, &ann).await.unwrap(), Roles::from(Role::Administrator));
    assert!(world.users().find(&ann).await.unwrap().is_some(), "people keep their accounts");
    let again = world.tenants().create(&new_tenant("acme", &ann, "c2")).await.unwrap();
    assert_ne!(again.tenant.id, acme.id);
    assert_eq!(world.members().count(&again.tenant.id).await.unwrap(), 0);
}

/// Who is added is a member, once, and has no role that was not given.
pub async fn adding_a_member_can_be_repeated(world: &dyn ProviderWorld) {
    let acme = make(world, "acme").await;
    let ann = world.account("ann@example.com").await;
    assert_eq!(world.members().count(&acme.id).await.unwrap(), 0);
    world.members().add(&acme.id, &ann).await.unwrap();
    world.members().add(&acme.id, &ann).await.unwrap();
    assert_eq!(world.members().count(&acme.id).await.unwrap(), 1);
    let page = world.members().page(&acme.id, None, PageSize::SCREEN).await.unwrap();
    assert_eq!((page.items.len(), page.next), (1, None));
    assert_eq!((&page.items[0].user, &page.items[0].roles), (&ann, &Roles::default()));
}

/// A role is given once however often, inside this tenant alone.
pub async fn a_role_belongs_to_one_tenant(world: &dyn ProviderWorld) {
    let (acme, other) = (make(world, "acme").await, make(world, "other").await);
    let ann = world.account("ann@example.com").await;
    for tenant in [&acme, &other] {
        world.members().add(&tenant.id, &ann).await.unwrap();
    }
    world.members().assign(&acme.id, &ann, Role::Administrator).await.unwrap();
    world.members().assign(&acme.id, &ann, Role::Administrator).await.unwrap();
    assert_eq!(world.members().roles(&acme.id, &ann).await.unwrap(), Roles::from(Role::Administrator));
    assert_eq!(world.members().roles(&other.id, &ann).await.unwrap(), Roles::default());
    world.members().add(&acme.id, &ann).await.unwrap();
    let page = world.members().page(&acme.id, None, PageSize::SCREEN).await.unwrap();
    assert_eq!(page.items[0].roles, Roles::from(Role::Administrator));
    let page = world.members().page(&other.id, None, PageSize::SCREEN).await.unwrap();
    assert_eq!(page.items[0].roles, Roles::default());
}

/// Unknown tenants and users are said to be unknown, and nobody has a role there.
pub async fn unknown_tenants_and_users_are_said_to_be(world: &dyn ProviderWorld) {
    let acme = make(world, "acme").await;
    let (ann, stranger) = (world.account("ann@example.com").await, world.account("bo@example.com").await);
    let members = world.members();
    let added = members.add(&nowhere(), &ann).await;
    assert!(matches!(added, Err(MembersError::UnknownTenant)), "{added:?}");
    let added = members.add(&acme.id, &nobody()).await;
    assert!(matches!(added, Err(MembersError::UnknownUser)), "{added:?}");
    for user in [&stranger, &nobody()] {
        let assigned = members.assign(&acme.id, user, Role::Employee).await;
        assert!(matches!(assigned, Err(MembersError::UnknownUser)), "{assigned:?}");
        assert_eq!(members.roles(&acme.id, user).await.unwrap(), Roles::default());
    }
    let assigned = members.assign(&nowhere(), &ann, Role::Employee).await;
    assert!(matches!(assigned, Err(MembersError::UnknownTenant)), "{assigned:?}");
    assert_eq!(members.roles(&nowhere(), &ann).await.unwrap(), Roles::default());
    let page = members.page(&nowhere(), None, PageSize::SCREEN).await;
    assert!(matches!(page, Err(MembersError::UnknownTenant)), "{page:?}");
    let count = members.count(&nowhere()).await;
    assert!(matches!(count, Err(MembersError::UnknownTenant)), "{count:?}");
}

/// Pages together hold every member exactly once, and lead nowhere else.
pub async fn pages_hold_every_member_once(world: &dyn ProviderWorld) {
    let (acme, other) = (make(world, "acme").await, make(world, "other").await);
    let mut expected = Vec::new();
    for number in 0..7 {
        let user = world.account(&format!("user{number}@example.com")).await;
        world.members().add(&acme.id, &user).await.unwrap();
        expected.push(user);
    }
    let stranger = world.account("stranger@example.com").await;
    world.members().add(&other.id, &stranger).await.unwrap();

    let mut seen = Vec::new();
    let mut from: Option<Cursor> = None;
    loop {
        let page = world.members().page(&acme.id, from, PageSize::at_most(3)).await.unwrap();
        assert!(page.items.len() <= 3);
        seen.extend(page.items.into_iter().map(|member| member.user));
        from = page.next;
        if from.is_none() {
            break;
        }
    }
    seen.sort();
    expected.sort();
    assert_eq!(seen, expected);
    assert_eq!(world.members().count(&acme.id).await.unwrap(), 7);
}

/// A cursor from nowhere is refused.
pub async fn a_made_up_cursor_is_refused(world: &dyn ProviderWorld) {
    let acme = make(world, "acme").await;
    for text in ["", "%00", "../../etc", "org_0000000000000000", "🦀"] {
        let cursor = Cursor::new(text);
        let page = world.members().page(&acme.id, Some(cursor), PageSize::SCREEN).await;
        assert!(matches!(page, Err(MembersError::InvalidCursor)), "{text:?}: {page:?}");
    }
}

/// Makes one test of each case of this contract: `provider_contract!(world().await)`.
#[macro_export]
macro_rules! provider_contract {
    ($world:expr) => {
        $crate::contract_tests!(
            $crate::testkit::provider,
            $world,
            [
                a_user_is_found,
                a_user_is_found_by_address,
                a_users_subscription_is_stored_beside_the_rest,
                an_unknown_user_has_no_subscription,
                a_tenant_is_found_by_id_and_by_name,
                making_a_tenant_can_be_repeated,
                a_tenants_subscription_is_stored_beside_the_rest,
                a_tenant_is_customized_beside_the_rest,
                a_persons_tenants_are_all_listed,
                a_deleted_tenant_is_gone_for_everybody,
                adding_a_member_can_be_repeated,
                a_role_belongs_to_one_tenant,
                unknown_tenants_and_users_are_said_to_be,
                pages_hold_every_member_once,
                a_made_up_cursor_is_refused,
            ]
        );
        $crate::contract_tests!(
            $crate::testkit::members,
            $world,
            [
                a_member_is_found_here_alone,
                taking_a_role_can_be_repeated,
                removing_a_member_can_be_repeated,
                members_are_searched_here_alone,
                members_are_found_by_any_part_of_their_name,
                members_come_in_the_order_that_is_wanted,
                administrators_are_named,
            ]
        );
        $crate::contract_tests!(
            $crate::testkit::invitations,
            $world,
            [
                an_invitation_is_found_as_it_was_made,
                invitations_are_listed_the_latest_first,
                a_revoked_invitation_is_gone,
                another_tenants_invitation_is_not_there,
                an_invitation_is_through_a_connection_of_the_tenant,
            ]
        );
        $crate::contract_tests!(
            $crate::testkit::accounts,
            $world,
            [
                a_person_is_renamed_beside_the_rest,
                an_account_that_is_kept_elsewhere_is_left_alone,
                a_password_is_chosen_at_the_provider,
                a_deleted_account_is_gone,
            ]
        );
    };
}
