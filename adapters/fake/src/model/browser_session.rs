//! A browser that is logged in at the provider.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tenantry_domain::Timestamp;

use super::TenantSettings;
use crate::store::{Row, State};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct BrowserSession {
    /// The hash of what the cookie holds.
    pub(crate) cookie_hash: String,
    /// The public id, in ID tokens as `sid`.
    pub(crate) sid: String,
    pub(crate) user_id: String,
    /// The name of the connection that was logged in through.
    pub(crate) connection: String,
    pub(crate) authenticated_at: Timestamp,
    pub(crate) last_interacted_at: Timestamp,
    /// The clients that were logged in to.
    pub(crate) clients: BTreeSet<String>,
}

const HOUR: Duration = Duration::from_hours(1);

impl BrowserSession {
    pub(crate) fn is_live(&self, settings: &TenantSettings, now: Timestamp) -> bool {
        now < self.authenticated_at + HOUR.saturating_mul(settings.session_lifetime)
            && now < self.last_interacted_at + HOUR.saturating_mul(settings.idle_session_lifetime)
    }
}

impl Row for BrowserSession {
    const TABLE: &'static str = "sessions";

    fn key(&self) -> String {
        self.cookie_hash.clone()
    }

    fn alternate_key(&self) -> Option<String> {
        Some(self.sid.clone())
    }
}

impl State {
    pub(crate) fn live_session(&self, cookie_hash: &str, now: Timestamp) -> Option<&BrowserSession> {
        self.sessions.get(cookie_hash).filter(|session| session.is_live(self.settings(), now))
    }

    pub(crate) fn end_session_by_sid(&mut self, sid: &str) {
        let key = self.sessions.by_alternate_key(sid).next().map(Row::key);
        if let Some(key) = key {
            self.sessions.remove(&key);
        }
    }

    pub(crate) fn end_sessions_of(&mut self, user_id: &str) {
        self.sessions.remove_where(|session| session.user_id == user_id);
    }
}
