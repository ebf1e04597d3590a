//! One person's account.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tenantry_domain::Timestamp;

use crate::passwords::PasswordHash;
use crate::store::{Row, State};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct User {
    /// `<provider>|<id at the provider>`, in enterprise connections `<strategy>|<connection>|<id>`.
    pub(crate) id: String,
    /// The connection's name.
    pub(crate) connection: String,
    /// The connection's strategy.
    pub(crate) provider: String,
    pub(crate) is_social: bool,
    /// Lower case.
    pub(crate) email: Option<String>,
    pub(crate) email_verified: bool,
    pub(crate) name: Option<String>,
    pub(crate) nickname: Option<String>,
    pub(crate) given_name: Option<String>,
    pub(crate) family_name: Option<String>,
    pub(crate) username: Option<String>,
    /// Where somebody chose a picture; else the provider draws one.
    pub(crate) picture: Option<String>,
    /// Absent until somebody set it either way.
    pub(crate) blocked: Option<bool>,
    pub(crate) password: Option<PasswordHash>,
    /// What the person may set themselves.
    #[expect(clippy::struct_field_names, reason = "the name that Auth0 gives it")]
    pub(crate) user_metadata: Option<Map<String, Value>>,
    pub(crate) app_metadata: Map<String, Value>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) last_login: Option<Timestamp>,
    pub(crate) last_password_reset: Option<Timestamp>,
    pub(crate) logins_count: u32,
}

impl User {
    /// An account without a profile yet.
    pub(crate) fn new(id: String, connection: &super::Connection, now: Timestamp) -> Self {
        Self {
            id,
            connection: connection.name.clone(),
            provider: connection.strategy.clone(),
            is_social: connection.is_social(),
            email: None,
            email_verified: false,
            name: None,
            nickname: None,
            given_name: None,
            family_name: None,
            username: None,
            picture: None,
            blocked: None,
            password: None,
            user_metadata: None,
            app_metadata: Map::new(),
            created_at: now,
            updated_at: now,
            last_login: None,
            last_password_reset: None,
            logins_count: 0,
        }
    }

    pub(crate) fn is_blocked(&self) -> bool {
        self.blocked == Some(true)
    }

    /// The name that pages and tokens show: the e-mail address when there is no other.
    pub(crate) fn display_name(&self) -> &str {
        self.name.as_deref().or(self.email.as_deref()).unwrap_or(&self.id)
    }

    /// The nickname: the local part of the e-mail address when there is no other.
    pub(crate) fn display_nickname(&self) -> &str {
        let local_part = || self.email.as_deref().and_then(|email| email.split('@').next());
        self.nickname.as_deref().or_else(local_part).unwrap_or(&self.id)
    }

    /// The id without the provider in front of it.
    pub(crate) fn id_at_provider(&self) -> &str {
        self.id.split_once('|').map_or(self.id.as_str(), |(_, id)| id)
    }
}

impl Row for User {
    const TABLE: &'static str = "users";

    fn key(&self) -> String {
        self.id.clone()
    }

    fn alternate_key(&self) -> Option<String> {
        self.email.clone()
    }
}

impl State {
    /// The accounts with this address, of every connection; the address in lower case.
    pub(crate) fn users_by_email(&self, email: &str) -> impl Iterator<Item = &User> {
        self.users.by_alternate_key(email)
    }

    pub(crate) fn user_in_connection(&self, connection: &str, email: &str) -> Option<&User> {
        self.users_by_email(email).find(|user| user.connection == connection)
    }

    /// Removes an account with everything that hangs on it but its refresh tokens: whoever brings one of those is told
    /// that the user is gone. `false` when there was none.
    pub(crate) fn delete_user(&mut self, user_id: &str) -> bool {
        self.end_sessions_of(user_id, super::SessionEnd::AccountDeleted);
        let memberships: Vec<String> = self.memberships_of(user_id).map(Row::key).collect();
        for key in memberships {
            self.members.remove(&key);
        }
        self.authorization_codes.remove_where(|code| code.user_id == user_id);
        self.users.remove(user_id)
    }
}
