//! One person's account.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tenantry_domain::Timestamp;

use super::{Identity, Permission};
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
    /// In the form of E.164: `+` and digits.
    pub(crate) phone_number: Option<String>,
    /// Absent until somebody set it either way.
    pub(crate) phone_verified: Option<bool>,
    /// Where somebody chose a picture; else the provider draws one.
    pub(crate) picture: Option<String>,
    /// Absent until somebody set it either way.
    pub(crate) blocked: Option<bool>,
    pub(crate) password: Option<PasswordHash>,
    /// What the person may set themselves.
    #[expect(clippy::struct_field_names, reason = "the name that Auth0 gives it")]
    pub(crate) user_metadata: Option<Map<String, Value>>,
    pub(crate) app_metadata: Map<String, Value>,
    /// What else an enterprise's own issuer says of the person: `groups`, `department` and so on.
    #[serde(default)]
    pub(crate) attributes: Map<String, Value>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) last_login: Option<Timestamp>,
    pub(crate) last_password_reset: Option<Timestamp>,
    pub(crate) last_ip: Option<String>,
    pub(crate) logins_count: u32,
    /// Other accounts that log in to this one.
    #[serde(default)]
    pub(crate) linked: Vec<Identity>,
    /// Ids of the roles outside of any organization.
    #[serde(default)]
    pub(crate) roles: Vec<String>,
    /// What the user may do besides what roles permit.
    #[serde(default)]
    pub(crate) permissions: Vec<Permission>,
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
            phone_number: None,
            phone_verified: None,
            picture: None,
            blocked: None,
            password: None,
            user_metadata: None,
            app_metadata: Map::new(),
            attributes: Map::new(),
            created_at: now,
            updated_at: now,
            last_login: None,
            last_password_reset: None,
            last_ip: None,
            logins_count: 0,
            linked: Vec::new(),
            roles: Vec::new(),
            permissions: Vec::new(),
        }
    }

    pub(crate) fn is_blocked(&self) -> bool {
        self.blocked == Some(true)
    }

    /// Whether any of the identities is logged in to by a password that is kept here.
    pub(crate) fn has_password(&self) -> bool {
        self.password.is_some() || self.linked.iter().any(|identity| identity.password.is_some())
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

    /// Whether one of the identities is of the connection.
    pub(crate) fn is_in_connection(&self, connection: &str) -> bool {
        self.connection == connection || self.linked.iter().any(|identity| identity.connection == connection)
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

    fn alternate_keys(&self) -> Vec<String> {
        let linked = self.linked.iter().flat_map(|identity| {
            let address = identity.email.as_deref().map(|email| format!("{LINKED_ADDRESS}{email}"));
            let name = identity.username.as_deref().map(key_of_username);
            [Some(format!("{IDENTITY}{}", identity.own_id())), address, name]
        });
        let roles = self.roles.iter().map(|role| Some(format!("{ROLE}{role}")));
        let own = [self.email.clone(), self.username.as_deref().map(key_of_username)];
        own.into_iter().chain(linked).chain(roles).flatten().collect()
    }
}

// What users are found by besides their address.
const IDENTITY: &str = "identity ";
const LINKED_ADDRESS: &str = "linked address ";
const USERNAME: &str = "username ";
const ROLE: &str = "role ";

fn key_of_username(username: &str) -> String {
    format!("{USERNAME}{}", username.to_lowercase())
}

impl State {
    /// The accounts with this address, of every connection; the address in lower case.
    pub(crate) fn users_by_email(&self, email: &str) -> impl Iterator<Item = &User> {
        self.users.by_alternate_key(email)
    }

    /// Who logs in through the connection with this address, be it with an account that was linked to theirs; the
    /// address in lower case.
    pub(crate) fn user_in_connection(&self, connection: &str, email: &str) -> Option<&User> {
        let own = self.users_by_email(email).find(|user| user.connection == connection);
        own.or_else(|| {
            self.users.by_alternate_key(&format!("{LINKED_ADDRESS}{email}")).find(|user| {
                let mut linked = user.linked.iter().filter(|identity| identity.connection == connection);
                linked.any(|identity| identity.email.as_deref() == Some(email))
            })
        })
    }

    /// Who logs in through the connection with this name, in whatever case.
    pub(crate) fn user_by_username(&self, connection: &str, username: &str) -> Option<&User> {
        let wanted = Some(username.to_lowercase());
        let is = |name: &Option<String>| name.as_deref().map(str::to_lowercase) == wanted;
        self.users.by_alternate_key(&key_of_username(username)).find(|user| {
            (user.connection == connection && is(&user.username))
                || user
                    .linked
                    .iter()
                    .any(|identity| identity.connection == connection && is(&identity.username))
        })
    }

    /// The user whose id this is, or to whom the account with this id is linked.
    pub(crate) fn user_by_identity(&self, own_id: &str) -> Option<&User> {
        self.users.get(own_id).or_else(|| self.users.by_alternate_key(&format!("{IDENTITY}{own_id}")).next())
    }

    /// The password that lets this address or username in, and whom.
    pub(crate) fn password_in_connection(
        &self,
        connection: &str,
        identifier: &str,
    ) -> Option<(&User, &PasswordHash)> {
        let user = self
            .user_in_connection(connection, identifier)
            .or_else(|| self.user_by_username(connection, identifier))?;
        let is = |email: &Option<String>, username: &Option<String>| {
            email.as_deref() == Some(identifier)
                || username.as_deref().is_some_and(|name| name.to_lowercase() == identifier.to_lowercase())
        };
        let password = if user.connection == connection && is(&user.email, &user.username) {
            user.password.as_ref()
        } else {
            let mut linked = user.linked.iter().filter(|identity| identity.connection == connection);
            linked.find(|identity| is(&identity.email, &identity.username))?.password.as_ref()
        };
        Some((user, password?))
    }

    /// Those who have the role outside of any organization.
    pub(crate) fn users_with_role(&self, role: &str) -> impl Iterator<Item = &User> {
        self.users.by_alternate_key(&format!("{ROLE}{role}"))
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
        self.tickets.remove_where(|ticket| ticket.user_id == user_id);
        self.access_tokens.remove_where(|token| token.user_id == user_id);
        self.users.remove(user_id)
    }

    /// Removes the accounts of a connection. Who has others as well keeps those.
    pub(crate) fn delete_accounts_of_connection(&mut self, connection: &str) {
        let users: Vec<User> =
            self.users.iter().filter(|user| user.is_in_connection(connection)).cloned().collect();
        for mut user in users {
            if user.connection == connection {
                self.delete_user(&user.id);
            } else {
                user.linked.retain(|identity| identity.connection != connection);
                self.users.put(user);
            }
        }
    }
}
