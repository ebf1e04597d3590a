//! [`Users`] on the fake's state.

use async_trait::async_trait;
use tenantry_domain::{EmailAddress, PersonName, Subscription, User, UserId};
use tenantry_ports::{PasswordChange, Users, UsersError};
use url::Url;

use super::{Failed, SUBSCRIPTION};
use crate::fake::Core;
use crate::login::{self, TICKET_LIFETIME};
use crate::model::{self, MailKind, Ticket};
use crate::store::State;
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
                let mut row = row(state, user)?;
                row.app_metadata.insert(SUBSCRIPTION.to_owned(), subscription.to_string().into());
                row.updated_at = now;
                state.users.put(row);
                Ok::<_, Failed<UsersError>>(())
            })
            .await
            .map_err(UsersError::from)
    }

    async fn rename(&self, user: &UserId, name: &PersonName) -> Result<(), UsersError> {
        let core = self.fake.core();
        let now = core.clock.now();
        core.store
            .write(|state| {
                let mut row = row(state, user)?;
                let connection = state.connection_by_name(&row.connection);
                if connection.is_some_and(model::Connection::syncs_profile_at_each_login) {
                    return Err(Failed::Port(UsersError::ManagedElsewhere));
                }
                row.name = Some(name.to_string());
                row.updated_at = now;
                state.users.put(row);
                Ok(())
            })
            .await
            .map_err(UsersError::from)
    }

    async fn password_change(&self, user: &UserId, result_url: &Url) -> Result<PasswordChange, UsersError> {
        let core = self.fake.core();
        let context = core.context();
        let link = core
            .store
            .write(|state| {
                let row = row(state, user)?;
                if !row.has_password() {
                    return Ok(None);
                }
                let ticket = Ticket {
                    hash: String::new(),
                    kind: MailKind::PasswordChange,
                    user_id: row.id,
                    client_id: None,
                    organization_id: None,
                    result_url: Some(result_url.to_string()),
                    marks_email_as_verified: false,
                    includes_email_in_redirect: false,
                    is_used: false,
                    expires_at: context.now + TICKET_LIFETIME,
                };
                Ok::<_, Failed<UsersError>>(Some(login::issue_ticket(state, &context, ticket)))
            })
            .await
            .map_err(UsersError::from)?;
        let Some(link) = link else { return Ok(PasswordChange::NoPassword) };
        let url = Url::parse(&link).map_err(|error| UsersError::Unavailable(Box::new(error)))?;
        Ok(PasswordChange::At(url))
    }

    async fn delete(&self, user: &UserId) -> Result<(), UsersError> {
        let write = |state: &mut State| {
            state.delete_user(user.as_str());
            Ok::<_, StoreError>(())
        };
        Ok(self.fake.core().store.write(write).await?)
    }
}

fn row(state: &State, user: &UserId) -> Result<model::User, Failed<UsersError>> {
    state.users.get(user.as_str()).cloned().ok_or(Failed::Port(UsersError::UnknownUser))
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
