//! [`Users`] at Auth0.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use tenantry_domain::{EmailAddress, Subscription, User, UserId};
use tenantry_ports::{Users, UsersError};

use crate::ManagementError;
use crate::management::{Management, Operation};
use crate::wire::{SUBSCRIPTION, UserPatch, UserRecord};

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
}
