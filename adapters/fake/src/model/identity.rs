//! One way in which a user logs in: an account of a connection.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::passwords::PasswordHash;

/// An account that was linked to another one, which it logs in to from then on.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Identity {
    /// The connection's name.
    pub(crate) connection: String,
    /// The connection's strategy.
    pub(crate) provider: String,
    /// The id at the provider, in enterprise connections with the connection's name in front.
    pub(crate) user_id: String,
    pub(crate) is_social: bool,
    /// Lower case.
    pub(crate) email: Option<String>,
    pub(crate) username: Option<String>,
    pub(crate) password: Option<PasswordHash>,
    /// The profile that it had as a user of its own: `name`, `picture` and so on.
    pub(crate) profile: Map<String, Value>,
}

impl Identity {
    /// The id that it has as a user of its own.
    pub(crate) fn own_id(&self) -> String {
        format!("{}|{}", self.provider, self.user_id)
    }

    /// As the Management API shows it.
    pub(crate) fn view(&self) -> Value {
        json!({
            "connection": self.connection,
            "user_id": self.user_id,
            "provider": self.provider,
            "isSocial": self.is_social,
            "profileData": self.profile,
        })
    }
}
