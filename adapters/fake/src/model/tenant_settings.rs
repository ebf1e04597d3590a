//! The settings of the whole identity provider (Auth0: tenant settings, prompts and branding).

use std::sync::LazyLock;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use url::Url;

use crate::document::Document;
use crate::secrets::shown_by;
use crate::store::{Row, State};

/// There is one row of these.
#[derive(Clone, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct TenantSettings {
    /// The issuer at the last start; what names it is rewritten when it changes.
    pub(crate) issuer: Option<Url>,
    /// As `/tenants/settings` takes and returns them.
    pub(crate) tenant: Map<String, Value>,
    /// As `/prompts` takes and returns them.
    pub(crate) prompts: Map<String, Value>,
    /// As `/branding` takes and returns it.
    pub(crate) branding: Map<String, Value>,
    /// As `/emails/provider` takes it, with its credentials.
    pub(crate) email_provider: Option<Map<String, Value>>,
}

shown_by!(TenantSettings: issuer);

const ONLY: &str = "settings";
const DEFAULT_SESSION_LIFETIME: f64 = 168.0;
const DEFAULT_IDLE_SESSION_LIFETIME: f64 = 72.0;

impl Default for TenantSettings {
    fn default() -> Self {
        let object = |value: Value| value.as_object().cloned().unwrap_or_default();
        Self {
            issuer: None,
            tenant: object(json!({
                "allowed_logout_urls": [],
                "change_password": { "enabled": false },
                "default_audience": "",
                "default_directory": "",
                "enabled_locales": ["en"],
                "flags": {
                    "allow_changing_enable_sso": false,
                    "disable_clickjack_protection_headers": false,
                    "disable_impersonation": true,
                    "enable_public_signup_user_exists_error": true,
                    "enable_sso": true,
                    "no_disclose_enterprise_connections": false,
                    "revoke_refresh_token_grant": false,
                    "universal_login": true,
                },
                "friendly_name": "Development",
                "guardian_mfa_page": { "enabled": false },
                "session_lifetime": 168,
                "idle_session_lifetime": 72,
                "oidc_logout": { "rp_logout_end_session_endpoint_discovery": true },
                "allow_organization_name_in_authentication_api": false,
                "sandbox_version": "22",
                "resource_parameter_profile": "audience",
            })),
            prompts: object(json!({
                "universal_login_experience": "new",
                "identifier_first": false,
                "webauthn_platform_first_factor": false,
            })),
            branding: Map::new(),
            email_provider: None,
        }
    }
}

impl TenantSettings {
    pub(crate) fn tenant(&self) -> Document<'_> {
        Document::new(&self.tenant)
    }

    /// The person's address is asked for on a page of its own.
    pub(crate) fn identifier_first(&self) -> bool {
        Document::new(&self.prompts).flag("identifier_first").unwrap_or(false)
    }

    pub(crate) fn allow_organization_name_in_authentication_api(&self) -> bool {
        self.tenant().flag("allow_organization_name_in_authentication_api").unwrap_or(false)
    }

    /// The name of the password database that people log in to when nothing says which.
    pub(crate) fn default_directory(&self) -> Option<&str> {
        self.tenant().text("default_directory").filter(|name| !name.is_empty())
    }

    /// Where people are told what went wrong when no client can be told.
    pub(crate) fn error_page(&self) -> Option<&str> {
        self.tenant().document("error_page").text("url").filter(|url| !url.is_empty())
    }

    pub(crate) fn allowed_logout_urls(&self) -> impl Iterator<Item = &str> {
        self.tenant().texts("allowed_logout_urls")
    }

    /// How long a browser session lasts in all.
    pub(crate) fn session_lifetime(&self) -> Duration {
        self.hours("session_lifetime", DEFAULT_SESSION_LIFETIME)
    }

    /// How long a browser session lasts unused.
    pub(crate) fn idle_session_lifetime(&self) -> Duration {
        self.hours("idle_session_lifetime", DEFAULT_IDLE_SESSION_LIFETIME)
    }

    /// Lifetimes are decimal hours, or whole minutes under a name of their own.
    fn hours(&self, name: &str, default: f64) -> Duration {
        const HOUR: f64 = 3600.0;
        let number = |name: &str| self.tenant().get(name).and_then(Value::as_f64);
        let minutes = number(&format!("{name}_in_minutes")).map(|minutes| minutes / 60.0);
        let hours = number(name).or(minutes).unwrap_or(default);
        Duration::try_from_secs_f64(hours * HOUR).unwrap_or(Duration::from_hours(168))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lifetimes_are_decimal_hours() {
        let mut settings = TenantSettings::default();
        assert_eq!(settings.session_lifetime(), Duration::from_hours(168));
        settings.tenant.insert("idle_session_lifetime".to_owned(), json!(0.5));
        assert_eq!(settings.idle_session_lifetime(), Duration::from_mins(30));
        settings.tenant.remove("session_lifetime");
        settings.tenant.insert("session_lifetime_in_minutes".to_owned(), json!(90));
        assert_eq!(settings.session_lifetime(), Duration::from_mins(90));
    }
}
