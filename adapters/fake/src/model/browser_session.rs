//! A browser that is logged in at the provider.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tenantry_actions::RecordedMethod;
use tenantry_domain::Timestamp;

use super::{Device, TenantSettings};
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
    #[serde(default)]
    pub(crate) created_at: Timestamp,
    #[serde(default)]
    pub(crate) updated_at: Timestamp,
    pub(crate) authenticated_at: Timestamp,
    pub(crate) last_interacted_at: Timestamp,
    /// The clients that were logged in to.
    pub(crate) clients: BTreeSet<String>,
    /// The browser as it was at the login.
    #[serde(default)]
    pub(crate) initial_device: Device,
    /// The browser as it was last.
    #[serde(default)]
    pub(crate) last_device: Device,
    /// What Actions and the Management API have noted.
    #[serde(default)]
    pub(crate) session_metadata: Map<String, Value>,
    /// What Actions want of it besides.
    #[serde(default)]
    pub(crate) wishes: SessionWishes,
}

/// What Actions want of a session.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct SessionWishes {
    /// When it ends at the latest.
    pub(crate) expires_at: Option<Timestamp>,
    /// When it ends if it is not used until then.
    pub(crate) idle_expires_at: Option<Timestamp>,
    /// Whether its cookie goes with the browser's window.
    pub(crate) is_non_persistent: bool,
    /// Authentication methods of the team's own that were completed.
    pub(crate) methods: Vec<RecordedMethod>,
}

/// Why a session ends: what a client may ask to be told of (Auth0: back-channel logout initiators).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum SessionEnd {
    RpLogout,
    SessionRevoked,
    AccountDeleted,
    AccountDeactivated,
    PasswordChanged,
    SessionExpired,
}

impl BrowserSession {
    /// When it ends however much it is used.
    pub(crate) fn expires_at(&self, settings: &TenantSettings) -> Timestamp {
        let latest = self.authenticated_at + settings.session_lifetime();
        self.wishes.expires_at.map_or(latest, |wanted| wanted.min(latest))
    }

    /// When it ends if it is not used until then.
    pub(crate) fn idle_expires_at(&self, settings: &TenantSettings) -> Timestamp {
        let latest = self.last_interacted_at + settings.idle_session_lifetime();
        self.wishes.idle_expires_at.map_or(latest, |wanted| wanted.min(latest))
    }

    pub(crate) fn is_live(&self, settings: &TenantSettings, now: Timestamp) -> bool {
        now < self.expires_at(settings) && now < self.idle_expires_at(settings)
    }
}

impl Row for BrowserSession {
    const TABLE: &'static str = "sessions";

    fn key(&self) -> String {
        self.cookie_hash.clone()
    }

    fn alternate_keys(&self) -> Vec<String> {
        vec![self.sid.clone(), key_of_user(&self.user_id)]
    }
}

/// What the sessions of one user are found by; a `sid` has no slash.
fn key_of_user(user_id: &str) -> String {
    format!("user/{user_id}")
}

impl State {
    pub(crate) fn live_session(&self, cookie_hash: &str, now: Timestamp) -> Option<&BrowserSession> {
        self.sessions.get(cookie_hash).filter(|session| session.is_live(self.settings(), now))
    }

    pub(crate) fn session_by_sid(&self, sid: &str) -> Option<&BrowserSession> {
        self.sessions.by_alternate_key(sid).find(|session| session.sid == sid)
    }

    pub(crate) fn sessions_of<'a>(
        &'a self,
        user_id: &str,
    ) -> impl Iterator<Item = &'a BrowserSession> + use<'a> {
        self.sessions.by_alternate_key(&key_of_user(user_id))
    }

    /// Ends the session of this cookie; `false` when there was none. Every end of a session comes through here.
    pub(crate) fn end_session(&mut self, cookie_hash: &str, end: SessionEnd) -> bool {
        let Some(session) = self.sessions.get(cookie_hash).cloned() else { return false };
        self.announce_logout(&session, end);
        self.sessions.remove(cookie_hash)
    }

    pub(crate) fn end_session_by_sid(&mut self, sid: &str, end: SessionEnd) -> bool {
        let key = self.session_by_sid(sid).map(Row::key);
        key.is_some_and(|key| self.end_session(&key, end))
    }

    pub(crate) fn end_sessions_of(&mut self, user_id: &str, end: SessionEnd) {
        let keys: Vec<String> = self.sessions_of(user_id).map(Row::key).collect();
        for key in keys {
            self.end_session(&key, end);
        }
    }

    /// Ends the sessions that are over.
    pub(crate) fn end_expired_sessions(&mut self, now: Timestamp) {
        let settings = self.settings();
        let over = self.sessions.iter().filter(|session| !session.is_live(settings, now));
        let keys: Vec<String> = over.map(Row::key).collect();
        for key in keys {
            self.end_session(&key, SessionEnd::SessionExpired);
        }
    }
}
