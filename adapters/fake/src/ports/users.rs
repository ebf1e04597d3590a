//! [`Users`] on the fake's state.

use async_trait::async_trait;
use tenantry_domain::{EmailAddress, Subscription, User, UserId};
use tenantry_ports::{Users, UsersError};

use super::{Failed, SUBSCRIPTION};
use crate::fake::Core;
use crate::model;
use crate::{Fake, StoreError, tokens};

/// Users of the fake, without HTTP.
#[derive(Clone, Debug)]
pub struct FakeUsers {
    fake: Fake,
}

impl FakeUsers {
    pub(super) fn new(fake: Fake) -> Self {
        Self { fake }
    }
}

#[async_trait]
impl Users for FakeUsers {
    async fn find(&self, user: &UserId) -> Result<Option<User>, UsersError> {
        let core = self.fake.core();
        Ok(core.store.read(|state| state.users.get(user.as_str()).and_then(|row| user_of(core, row)))?)
    }

    async fn find_by_email(&self, email: &EmailAddress) -> Result<Vec<User>, UsersError> {
        let core = self.fake.core();
        let found = core.store.read(|state| {
            state.users_by_email(email.as_str()).filter_map(|row| user_of(core, row)).collect()
        })?;
        Ok(found)
    }

    async fn set_subscription(&self, user: &UserId, subscription: Subscription) -> Result<(), UsersError> {
        let core = self.fake.core();
        let now = core.clock.now();
        core.store
            .write(|state| {
                let row = state.users.get(user.as_str()).ok_or(Failed::Port(UsersError::UnknownUser))?;
                let mut row = row.clone();
                row.app_metadata.insert(SUBSCRIPTION.to_owned(), subscription.to_string().into());
                row.updated_at = now;
                state.users.put(row);
                Ok::<_, Failed<UsersError>>(())
            })
            .await
            .map_err(UsersError::from)
    }
}

fn user_of(core: &Core, row: &model::User) -> Option<User> {
    Some(User {
        id: UserId::try_from(row.id.as_str()).ok()?,
        name: row.display_name().to_owned(),
        email: row.email.as_deref().and_then(|email| EmailAddress::try_from(email).ok()),
        picture: Some(tokens::picture_of(row, &core.config.issuer)),
        subscription: row
            .app_metadata
            .get(SUBSCRIPTION)
            .filter(|value| !value.is_null())
            // Anything that is not text comes as its JSON: it can't be read, and is not nothing.
            .map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned)),
    })
}

impl From<StoreError> for UsersError {
    fn from(error: StoreError) -> Self {
        Self::Unavailable(Box::new(error))
    }
}

impl From<Failed<Self>> for UsersError {
    fn from(failed: Failed<Self>) -> Self {
        match failed {
            Failed::Port(error) => error,
            Failed::Store(error) => error.into(),
        }
    }
}
