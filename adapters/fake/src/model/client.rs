//! An application that logs people in, or calls APIs in its own name.

use serde::{Deserialize, Serialize};

use crate::config::{OrganizationRequireBehavior, OrganizationUsage};
use crate::secrets::Secret;
use crate::store::{Row, State};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Client {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) secret: Secret,
    pub(crate) app_type: AppType,
    pub(crate) callbacks: Vec<String>,
    pub(crate) allowed_logout_urls: Vec<String>,
    pub(crate) initiate_login_uri: Option<String>,
    pub(crate) organization_usage: OrganizationUsage,
    pub(crate) organization_require_behavior: OrganizationRequireBehavior,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AppType {
    RegularWeb,
    NonInteractive,
}

impl AppType {
    /// Whether a client of this type may use the grant.
    pub(crate) fn allows(self, grant_type: &str) -> bool {
        match self {
            Self::RegularWeb => matches!(grant_type, "authorization_code" | "refresh_token"),
            Self::NonInteractive => grant_type == "client_credentials",
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
}
