//! The contract of an identity provider's adapter where it is about one's own account: [`Users`](crate::Users).

#![expect(
    clippy::missing_panics_doc,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a contract case fails by panicking"
)]

use tenantry_domain::{PersonName, Role, Roles, User};
use url::Url;

use super::provider::{ProviderWorld, make, nobody};
use crate::{PageSize, PasswordChange, UsersError};

fn name(text: &str) -> PersonName {
    PersonName::try_from(text).unwrap()
}

fn back_here() -> Url {
    Url::parse("http://127.0.0.1:3000/home/account/password/result").unwrap()
}

/// A name is stored as it is, over an earlier one, and everything else about the account stays.
pub async fn a_person_is_renamed_beside_the_rest(world: &dyn ProviderWorld) {
    let (ann, bo) = (world.account("ann@example.com").await, world.account("bo@example.com").await);
    let before = world.users().find(&ann).await.unwrap().unwrap();
    let other = world.users().find(&bo).await.unwrap();
    for text in ["Ann Lee", "Ann Lee", "Änne “the” O’Neil & <b>Söhne</b> 株"] {
        world.users().rename(&ann, &name(text)).await.unwrap();
        let expected = User { name: text.to_owned(), ..before.clone() };
        let found = world.users().find(&ann).await.unwrap().unwrap();
        assert_eq!(User { picture: before.picture.clone(), ..found }, expected);
    }
    assert_eq!(world.theme_of(&ann).await.as_deref(), Some("dark"));
    assert_eq!(world.users().find(&bo).await.unwrap(), other);
    let unknown = world.users().rename(&nobody(), &name("Nobody")).await;
    assert!(matches!(unknown, Err(UsersError::UnknownUser)), "{unknown:?}");
}

/// Whose profile comes along with each login is not renamed, and has no password here.
pub async fn an_account_that_is_kept_elsewhere_is_left_alone(world: &dyn ProviderWorld) {
    let goldie = world.account_elsewhere().await;
    let before = world.users().find(&goldie).await.unwrap();
    assert!(before.is_some(), "the control");
    let renamed = world.users().rename(&goldie, &name("Goldie Locks")).await;
    assert!(matches!(renamed, Err(UsersError::ManagedElsewhere)), "{renamed:?}");
    let change = world.users().password_change(&goldie, &back_here()).await.unwrap();
    assert_eq!(change, PasswordChange::NoPassword);
    assert_eq!(world.users().find(&goldie).await.unwrap(), before);
}

/// Whoever has a password is given a page of the provider's to choose another, a new one each time.
pub async fn a_password_is_chosen_at_the_provider(world: &dyn ProviderWorld) {
    let ann = world.account("ann@example.com").await;
    let mut pages = Vec::new();
    for _ in 0..2 {
        match world.users().password_change(&ann, &back_here()).await.unwrap() {
            PasswordChange::At(page) => pages.push(page),
            PasswordChange::NoPassword => panic!("this account has a password"),
        }
    }
    assert!(pages.iter().all(|page| page.host().is_some()), "{pages:?}");
    assert_ne!(pages.first(), pages.last());
    let unknown = world.users().password_change(&nobody(), &back_here()).await;
    assert!(matches!(unknown, Err(UsersError::UnknownUser)), "{unknown:?}");
}

/// A deleted account is gone with its memberships; deleting it again is success, and nobody else notices.
pub async fn a_deleted_account_is_gone(world: &dyn ProviderWorld) {
    let acme = make(world, "acme").await;
    let (ann, bo) = (world.account("ann@example.com").await, world.account("bo@example.com").await);
    for user in [&ann, &bo] {
        world.members().add(&acme.id, user).await.unwrap();
        world.members().assign(&acme.id, user, Role::Administrator).await.unwrap();
    }
    for _ in 0..2 {
        world.users().delete(&ann).await.unwrap();
        assert_eq!(world.users().find(&ann).await.unwrap(), None);
        assert_eq!(world.tenants().of_user(&ann).await.unwrap(), []);
        assert_eq!(world.members().roles(&acme.id, &ann).await.unwrap(), Roles::default());
    }
    world.users().delete(&nobody()).await.unwrap();
    let left = world.members().page(&acme.id, None, PageSize::SCREEN).await.unwrap();
    assert_eq!(left.items.iter().map(|member| &member.user).collect::<Vec<_>>(), [&bo]);
    assert_eq!(world.members().roles(&acme.id, &bo).await.unwrap(), Roles::from(Role::Administrator));
    assert!(world.users().find(&bo).await.unwrap().is_some());
}
