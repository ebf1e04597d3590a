//! The settings of the whole identity provider (Auth0: tenant settings and prompts).

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::store::{Row, State};

/// There is one row of these.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct TenantSettings {
    /// What the login pages call the provider when they know no client.
    pub(crate) friendly_name: String,
    /// The issuer at the last start; what names it is rewritten when it changes.
    pub(crate) issuer: Option<Url>,
    pub(crate) identifier_first: bool,
    pub(crate) allow_organization_name_in_authentication_api: bool,
    pub(crate) allowed_logout_urls: Vec<String>,
    /// How long a browser session lasts in all, in hours.
    pub(crate) session_lifetime: u32,
    /// How long a browser session lasts unused, in hours.
    pub(crate) idle_session_lifetime: u32,
}

const ONLY: &str = "settings";

impl Default for TenantSettings {
    fn default() -> Self {
        Self {
            friendly_name: "Development".to_owned(),
            issuer: None,
            identifier_first: false,
            allow_organization_name_in_authentication_api: false,
            allowed_logout_urls: Vec::new(),
            session_lifetime: 168,
            idle_session_lifetime: 72,
        }
    }
}

impl TenantSettings {
    pub(crate) fn tenant(&self) -> crate::document::Document<'_> {
        crate::document::Document::default()
    }
}

impl Row for TenantSettings {
    const TABLE: &'static str = "settings";

    fn key(&self) -> String {
        ONLY.to_owned()
    }
}

impl State {
    /// The one row of settings.
    pub(crate) fn settings(&self) -> &TenantSettings {
        static DEFAULT: LazyLock<TenantSettings> = LazyLock::new(TenantSettings::default);
        self.settings.get(ONLY).unwrap_or(&DEFAULT)
    }
}
