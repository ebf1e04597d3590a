//! An application that logs people in, or calls APIs in its own name.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Connection;
use crate::config::{OrganizationRequireBehavior, OrganizationUsage};
use crate::document::Document;
use crate::secrets::{Secret, shown_by};
use crate::store::{Row, State};

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Client {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) secret: Secret,
    /// The rest, as the Management API takes and returns it: `callbacks`, `organization_usage` and so on.
    #[serde(flatten)]
    pub(crate) settings: Map<String, Value>,
}

shown_by!(Client: id, name);

/// Auth0's default of `jwt_configuration.lifetime_in_seconds`.
pub(crate) const ID_TOKEN_LIFETIME: i64 = 36_000;

impl Client {
    pub(crate) fn settings(&self) -> Document<'_> {
        Document::new(&self.settings)
    }

    /// Where a login may end.
    pub(crate) fn callbacks(&self) -> impl Iterator<Item = &str> {
        self.settings().texts("callbacks")
    }

    /// Where a logout may end.
    pub(crate) fn allowed_logout_urls(&self) -> impl Iterator<Item = &str> {
        self.settings().texts("allowed_logout_urls")
    }

    pub(crate) fn initiate_login_uri(&self) -> Option<&str> {
        self.settings().text("initiate_login_uri")
    }

    /// `regular_web`, `spa`, `native`, `non_interactive` and others; none when it was made without one.
    pub(crate) fn app_type(&self) -> Option<&str> {
        self.settings().text("app_type")
    }

    /// Whether it is the tenant's own, and not somebody else's.
    pub(crate) fn is_first_party(&self) -> bool {
        self.settings().flag("is_first_party").unwrap_or(true)
    }

    /// Whether it logs people in.
    pub(crate) fn is_interactive(&self) -> bool {
        self.app_type() != Some("non_interactive")
    }

    /// Whether it may use the grant: one of its own list, else of the usual ones of its type.
    pub(crate) fn allows_grant(&self, grant_type: &str) -> bool {
        if self.settings().has("grant_types") {
            return self.settings().texts("grant_types").any(|allowed| allowed == grant_type);
        }
        if self.is_interactive() {
            matches!(grant_type, "authorization_code" | "refresh_token")
        } else {
            grant_type == "client_credentials"
        }
    }

    /// How it proves itself at the token endpoint; `none` for a public client.
    pub(crate) fn token_endpoint_auth_method(&self) -> &str {
        self.settings().text("token_endpoint_auth_method").unwrap_or("client_secret_post")
    }

    /// Whether it can't keep a secret.
    pub(crate) fn is_public(&self) -> bool {
        self.token_endpoint_auth_method() == "none"
    }

    /// How long its ID tokens last, in seconds.
    pub(crate) fn id_token_lifetime(&self) -> i64 {
        let lifetime = self.settings().document("jwt_configuration").integer("lifetime_in_seconds");
        lifetime.unwrap_or(ID_TOKEN_LIFETIME)
    }

    /// What signs its ID tokens when it is not the provider's key: its own secret.
    pub(crate) fn id_token_secret(&self) -> Option<&str> {
        let is_symmetric = self.settings().document("jwt_configuration").text("alg") == Some("HS256");
        Some(self.secret.expose()).filter(|secret| is_symmetric && !secret.is_empty())
    }

    pub(crate) fn organization_usage(&self) -> OrganizationUsage {
        match self.settings().text("organization_usage") {
            Some("allow") => OrganizationUsage::Allow,
            Some("require") => OrganizationUsage::Require,
            _ => OrganizationUsage::Deny,
        }
    }

    pub(crate) fn organization_require_behavior(&self) -> OrganizationRequireBehavior {
        match self.settings().text("organization_require_behavior") {
            Some("pre_login_prompt") => OrganizationRequireBehavior::PreLoginPrompt,
            Some("post_login_prompt") => OrganizationRequireBehavior::PostLoginPrompt,
            _ => OrganizationRequireBehavior::NoPrompt,
        }
    }
}

impl Row for Client {
    const TABLE: &'static str = "clients";

    fn key(&self) -> String {
        self.id.clone()
    }

    fn alternate_key(&self) -> Option<String> {
        Some(self.name.clone())
    }
}

impl State {
    pub(crate) fn client_by_name(&self, name: &str) -> Option<&Client> {
        self.clients.by_alternate_key(name).next()
    }

    /// Removes a client with its credentials, grants, codes, tokens and invitations; `false` when there was none. Connections forget
    /// it.
    pub(crate) fn delete_client(&mut self, id: &str) -> bool {
        let grants: Vec<String> = self.client_grants.by_alternate_key(id).map(Row::key).collect();
        for grant in grants {
            self.delete_client_grant(&grant);
        }
        self.client_credentials.remove_where(|credential| credential.client_id == id);
        self.authorization_codes.remove_where(|code| code.client_id == id);
        self.refresh_tokens.remove_where(|token| token.client_id == id);
        self.invitations.remove_where(|invitation| invitation.client_id == id);
        let connections: Vec<Connection> =
            self.connections.iter().filter(|row| row.enabled_clients.contains(id)).cloned().collect();
        for mut connection in connections {
            connection.enabled_clients.remove(id);
            self.connections.put(connection);
        }
        self.clients.remove(id)
    }
}
