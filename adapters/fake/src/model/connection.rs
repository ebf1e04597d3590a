//! A source of users: the password database, a social provider, or an enterprise's own identity provider.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::Organization;
use crate::document::Document;
use crate::secrets::shown_by;
use crate::store::{Row, State};

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Connection {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) strategy: String,
    /// The strategy's own settings, as the Management API takes and returns them.
    pub(crate) options: Map<String, Value>,
    pub(crate) enabled_clients: BTreeSet<String>,
    /// The rest, as the Management API takes and returns it: `display_name`, `realms` and so on.
    #[serde(flatten)]
    pub(crate) settings: Map<String, Value>,
}

shown_by!(Connection: id, name, strategy);

/// What people call a social provider; strategies that are not here are enterprise connections.
const SOCIAL: [(&str, &str); 4] =
    [("google-oauth2", "Google"), ("github", "GitHub"), ("windowslive", "Microsoft"), ("apple", "Apple")];

impl Connection {
    pub(crate) fn options(&self) -> Document<'_> {
        Document::new(&self.options)
    }

    pub(crate) fn settings(&self) -> Document<'_> {
        Document::new(&self.settings)
    }

    pub(crate) fn is_database(&self) -> bool {
        self.strategy == "auth0"
    }

    pub(crate) fn is_social(&self) -> bool {
        SOCIAL.iter().any(|(strategy, _)| *strategy == self.strategy)
    }

    /// Whether people log in with a code that is sent to them.
    pub(crate) fn is_passwordless(&self) -> bool {
        matches!(self.strategy.as_str(), "email" | "sms")
    }

    /// Whether it is an enterprise's own identity provider.
    pub(crate) fn is_enterprise(&self) -> bool {
        !self.is_database() && !self.is_social() && !self.is_passwordless()
    }

    /// Whether each account has a name besides its address.
    pub(crate) fn requires_username(&self) -> bool {
        self.options().flag("requires_username").unwrap_or(false) || self.takes("username")
    }

    /// Whether accounts may have a telephone number.
    pub(crate) fn takes_phone_number(&self) -> bool {
        self.strategy == "sms" || self.takes("phone_number")
    }

    /// Whether the attribute is one that people log in by.
    fn takes(&self, attribute: &str) -> bool {
        let attribute = self.options().document("attributes").document(attribute);
        attribute.document("identifier").flag("active").unwrap_or(false)
    }

    /// Whether a login brings the profile up to date, so that it can't be changed here.
    pub(crate) fn syncs_profile_at_each_login(&self) -> bool {
        let setting = self.options().text("set_user_root_attributes");
        !self.is_database()
            && !self.is_passwordless()
            && setting.unwrap_or("on_each_login") == "on_each_login"
    }

    /// Whether people can't make an account of their own here.
    pub(crate) fn sign_up_is_disabled(&self) -> bool {
        self.options().flag("disable_signup").unwrap_or(false)
    }

    /// The options of a new connection that says nothing of its own.
    pub(crate) fn default_options(strategy: &str) -> Map<String, Value> {
        let options = match strategy {
            "auth0" => json!({
                "mfa": { "active": true, "return_enroll_settings": true },
                "passwordPolicy": "good",
                "strategy_version": 2,
                "authentication_methods": { "password": { "enabled": true }, "passkey": { "enabled": false } },
                "brute_force_protection": true,
            }),
            "google-oauth2" => json!({ "email": true, "profile": true, "scope": ["email", "profile"] }),
            "oidc" => json!({
                "type": "front_channel",
                "scope": "openid profile email",
                "attribute_map": { "mapping_mode": "bind_all" },
                "connection_settings": { "pkce": "auto" },
            }),
            "okta" => json!({
                "type": "back_channel",
                "scope": "openid profile email",
                "attribute_map": { "mapping_mode": "basic_profile" },
                "connection_settings": { "pkce": "auto" },
            }),
            _ => json!({}),
        };
        options.as_object().cloned().unwrap_or_default()
    }

    /// What the button says after "Continue with".
    pub(crate) fn label(&self) -> &str {
        let social =
            || SOCIAL.iter().find(|(strategy, _)| *strategy == self.strategy).map(|(_, label)| *label);
        self.settings().text("display_name").or_else(social).unwrap_or(&self.name)
    }
}

impl Row for Connection {
    const TABLE: &'static str = "connections";

    fn key(&self) -> String {
        self.id.clone()
    }

    fn alternate_key(&self) -> Option<String> {
        Some(self.name.clone())
    }
}

impl State {
    pub(crate) fn connection_by_name(&self, name: &str) -> Option<&Connection> {
        self.connections.by_alternate_key(name).next()
    }

    /// Removes a connection with its accounts, and from the organizations that take logins from it; `false` when there
    /// was none.
    pub(crate) fn delete_connection(&mut self, id: &str) -> bool {
        let Some(connection) = self.connections.get(id).cloned() else { return false };
        self.delete_accounts_of_connection(&connection.name);
        let organizations: Vec<Organization> = self
            .organizations
            .iter()
            .filter(|organization| organization.connection(id).is_some())
            .cloned()
            .collect();
        for mut organization in organizations {
            organization.remove_connection(id);
            self.organizations.put(organization);
        }
        self.delete_scim(id);
        self.connections.remove(id)
    }

    /// Removes the SCIM configuration of a connection with its tokens.
    pub(crate) fn delete_scim(&mut self, connection_id: &str) {
        let tokens: Vec<String> = self.scim_tokens.by_alternate_key(connection_id).map(Row::key).collect();
        for token in tokens {
            self.scim_tokens.remove(&token);
        }
        self.scim_configurations.remove(connection_id);
    }
}
