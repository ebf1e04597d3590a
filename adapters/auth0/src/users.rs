//! [`Users`] at Auth0.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use tenantry_domain::{EmailAddress, PersonName, Subscription, User, UserId};
use tenantry_ports::{PasswordChange, Users, UsersError};
use url::Url;

use crate::ManagementError;
use crate::management::{Management, Operation};
use crate::wire::{
    Identities, NamePatch, NewPasswordChange, SUBSCRIPTION, TicketRecord, UserPatch, UserRecord,
};

/// Users at Auth0. A person's subscription is `app_metadata.subscription`, as in the guide.
#[derive(Clone, Debug)]
pub struct Auth0Users {
    management: Arc<Management>,
}

impl Auth0Users {
    pub(crate) fn new(management: Arc<Management>) -> Self {
        Self { management }
    }
}

/// How long the link to a new password is good for: it is followed at once, and nobody should find it later.
const LINK_SECONDS: u32 = 600;

/// How Auth0 begins to say that a login brings an attribute along.
const SYNCED: &str = "The following user attributes cannot be updated";

#[async_trait]
impl Users for Auth0Users {
    async fn find(&self, user: &UserId) -> Result<Option<User>, UsersError> {
        let found: Result<UserRecord, _> =
            self.management.call(&Operation::get(&["users", user.as_str()], &[])).await;
        match found {
            Ok(record) => Ok(Some(record.into())),
            Err(ManagementError::NotFound) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    async fn find_by_email(&self, email: &EmailAddress) -> Result<Vec<User>, UsersError> {
        let query = [("email", email.as_str())];
        let found: Vec<UserRecord> =
            self.management.call(&Operation::get(&["users-by-email"], &query)).await?;
        Ok(found.into_iter().map(User::from).collect())
    }

    async fn set_subscription(&self, user: &UserId, subscription: Subscription) -> Result<(), UsersError> {
        // Auth0 merges the first level of app_metadata, so this leaves every other key as it is.
        let text = subscription.to_string();
        let patch = UserPatch { app_metadata: BTreeMap::from([(SUBSCRIPTION, text.clone())]) };
        let stored: UserRecord =
            self.management.call(&Operation::patch(&["users", user.as_str()], &patch)).await?;
        if stored.subscription() == Some(text) { Ok(()) } else { Err(UsersError::NotStored) }
    }

    async fn rename(&self, user: &UserId, name: &PersonName) -> Result<(), UsersError> {
        let patch = NamePatch { name: name.as_str() };
        let stored: Result<UserRecord, _> =
            self.management.call(&Operation::patch(&["users", user.as_str()], &patch)).await;
        match stored {
            Ok(record) => {
                if User::from(record).name == name.as_str() {
                    Ok(())
                } else {
                    Err(UsersError::NotStored)
                }
            }
            Err(ManagementError::BadRequest { message }) if message.starts_with(SYNCED) => {
                Err(UsersError::ManagedElsewhere)
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn password_change(&self, user: &UserId, result_url: &Url) -> Result<PasswordChange, UsersError> {
        let ticket = NewPasswordChange {
            user_id: user.as_str(),
            result_url: result_url.as_str(),
            ttl_sec: LINK_SECONDS,
            mark_email_as_verified: false,
        };
        let budget = self.management.budget();
        // Another link is no harm: when the answer was lost, nobody knows the first one.
        let operation = Operation::post(&["tickets", "password-change"], &ticket).repeatable().within(budget);
        let made: Result<TicketRecord, _> = self.management.call(&operation).await;
        match made {
            Ok(made) => Ok(PasswordChange::At(made.ticket)),
            // Auth0's words for it are not documented: whether there is a password, the account tells.
            Err(error @ ManagementError::BadRequest { .. }) => {
                let path = ["users", user.as_str()];
                let account: Identities =
                    self.management.call(&Operation::get(&path, &[]).within(budget)).await?;
                if account.has_password() { Err(error.into()) } else { Ok(PasswordChange::NoPassword) }
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn delete(&self, user: &UserId) -> Result<(), UsersError> {
        match self.management.run(&Operation::delete(&["users", user.as_str()])).await {
            Ok(()) | Err(ManagementError::NotFound) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}
