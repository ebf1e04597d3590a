//! A logout that a client has to hear of (OpenID Connect Back-Channel Logout): it waits here until it is delivered.

use serde::{Deserialize, Serialize};

use super::{BrowserSession, Client, SessionEnd};
use crate::store::{Row, State};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LogoutNotice {
    pub(crate) client_id: String,
    /// Where it goes.
    pub(crate) url: String,
    pub(crate) user_id: String,
    pub(crate) sid: String,
    /// How often it was tried in vain.
    pub(crate) failures: u32,
}

impl Row for LogoutNotice {
    const TABLE: &'static str = "logout_notices";

    fn key(&self) -> String {
        format!("{}/{}", self.sid, self.client_id)
    }
}

impl SessionEnd {
    /// By the name that a client selects it with.
    fn initiator(self) -> &'static str {
        match self {
            Self::RpLogout => "rp-logout",
            Self::SessionRevoked => "session-revoked",
            Self::AccountDeleted => "account-deleted",
            Self::AccountDeactivated => "account-deactivated",
            Self::PasswordChanged => "password-changed",
            Self::SessionExpired => "session-expired",
        }
    }
}

impl Client {
    /// Where it wants to hear of a logout that came about like this, if it does.
    fn backchannel_logout_url(&self, end: SessionEnd) -> Option<&str> {
        let settings = self.settings().document("oidc_logout");
        let initiators = settings.document("backchannel_logout_initiators");
        let wanted = match initiators.text("mode") {
            Some("all") => true,
            Some("custom") => {
                let mut selected = initiators.texts("selected_initiators");
                selected.any(|initiator| initiator == end.initiator())
            }
            _ => end == SessionEnd::RpLogout,
        };
        settings.texts("backchannel_logout_urls").next().filter(|_| wanted)
    }
}

impl State {
    /// Puts a notice for every client of the session that wants one.
    pub(super) fn announce_logout(&mut self, session: &BrowserSession, end: SessionEnd) {
        for client in session.clients.iter().filter_map(|id| self.clients.get(id)) {
            let Some(url) = client.backchannel_logout_url(end) else { continue };
            self.logout_notices.put(LogoutNotice {
                client_id: client.id.clone(),
                url: url.to_owned(),
                user_id: session.user_id.clone(),
                sid: session.sid.clone(),
                failures: 0,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::secrets::Secret;

    #[test]
    fn a_client_hears_of_what_it_selected() {
        let client = |initiators: serde_json::Value| {
            let settings = json!({ "oidc_logout": {
                "backchannel_logout_urls": ["https://app.example/bye"],
                "backchannel_logout_initiators": initiators,
            }});
            let settings = settings.as_object().unwrap().clone();
            Client { id: "c".into(), name: "c".into(), secret: Secret::new("s"), settings }
        };
        let hears = |initiators, end| client(initiators).backchannel_logout_url(end).is_some();
        assert!(hears(json!(null), SessionEnd::RpLogout));
        assert!(!hears(json!(null), SessionEnd::SessionExpired));
        assert!(hears(json!({ "mode": "all" }), SessionEnd::SessionExpired));
        let custom = json!({ "mode": "custom", "selected_initiators": ["rp-logout", "password-changed"] });
        assert!(hears(custom.clone(), SessionEnd::PasswordChanged));
        assert!(!hears(custom, SessionEnd::AccountDeleted));
    }
}
