//! The last step of a login: the session, and the code that stands for its tokens.

use std::collections::BTreeSet;

use serde_json::{Map, Value};
use tenantry_actions::{HolderChanges, RecordedMethod};
use tenantry_domain::Timestamp;

use super::callback::Callback;
use super::settle::Login;
use super::{Context, logs};
use crate::document::{self, Document};
use crate::model::{Admitted, AuthorizationCode, BrowserSession, SessionWishes};
use crate::secrets::sha256;
use crate::store::State;
use crate::tokens::{Grant, TokenWishes};

/// What the post-login steps want in the tokens.
#[derive(Clone, Debug, Default)]
pub(crate) struct Steps {
    pub(crate) id_token_claims: Map<String, Value>,
    pub(crate) access_token_claims: Map<String, Value>,
    pub(crate) added_scopes: Vec<String>,
    pub(crate) removed_scopes: Vec<String>,
    /// What becomes of the session.
    pub(crate) session: SessionChanges,
    /// What becomes of the refresh token.
    pub(crate) refresh_token: HolderChanges,
    /// What the Actions that ran wrote to the console, for the logs.
    pub(crate) details: Map<String, Value>,
}

/// What Actions want of the session.
#[derive(Clone, Debug, Default)]
pub(crate) struct SessionChanges {
    pub(crate) holder: HolderChanges,
    pub(crate) methods: Vec<RecordedMethod>,
}

impl SessionChanges {
    fn carry_out(&self, session: &mut BrowserSession) {
        let HolderChanges { evict_metadata, metadata, expires_at, idle_expires_at, cookie_mode, .. } =
            &self.holder;
        if *evict_metadata {
            session.session_metadata.clear();
        }
        document::replace(&mut session.session_metadata, Document::new(metadata));
        let wishes = &mut session.wishes;
        wishes.expires_at = expires_at.map(Timestamp::from_millis).or(wishes.expires_at);
        // A wish about idleness counts until the session is used again.
        wishes.idle_expires_at = idle_expires_at.map(Timestamp::from_millis);
        if let Some(mode) = cookie_mode {
            wishes.is_non_persistent = mode == "non-persistent";
        }
        wishes.methods.extend(self.methods.iter().cloned());
    }
}

impl Steps {
    /// What is granted of what was asked for.
    pub(crate) fn scope(&self, asked: &[String]) -> Vec<String> {
        let mut scope: Vec<String> =
            asked.iter().filter(|scope| !self.removed_scopes.contains(scope)).cloned().collect();
        for added in &self.added_scopes {
            if !scope.contains(added) {
                scope.push(added.clone());
            }
        }
        scope
    }
}

/// Begins or goes on with the session, and makes the code. Answers what goes to the client, and the cookie of a session
/// that began.
pub(super) fn conclude(
    state: &mut State,
    context: &Context<'_>,
    login: &Login<'_>,
    admitted: &Admitted,
    steps: Steps,
) -> (Callback, Option<String>) {
    let request = &login.transaction.request;
    let new_session = keep_session(state, context, login, admitted, &steps.session);
    let (who, organization) = (&admitted.who, admitted.organization.as_deref());
    let about = (request, login.browser);
    logs::succeeded(state, context, about, (&who.user_id, organization), steps.details.clone());
    let code = context.ids.secret();
    state.authorization_codes.put(AuthorizationCode {
        hash: sha256(&code),
        client_id: request.client_id.clone(),
        user_id: who.user_id.clone(),
        redirect_uri: request.redirect_uri_was_given.then(|| request.redirect_uri.clone()),
        challenge: request.challenge.clone(),
        nonce: request.nonce.clone(),
        grant: Grant {
            scope: steps.scope(&request.scope),
            sid: admitted.sid.clone(),
            organization: admitted.organization.clone(),
            auth_time: request.wants_auth_time().then_some(who.at),
            claims: steps.id_token_claims,
            access_token_claims: steps.access_token_claims,
            audience: request.audience.clone(),
            refresh_token: TokenWishes::default().with(&steps.refresh_token),
        },
        issued_at: context.now,
        is_spent: false,
    });
    (Callback::Code(code), new_session)
}

/// Goes on with the session that the person was known by, or begins one: with a new id, and in place of the browser's
/// earlier one. Answers the cookie of one that began.
pub(super) fn keep_session(
    state: &mut State,
    context: &Context<'_>,
    login: &Login<'_>,
    admitted: &Admitted,
    changes: &SessionChanges,
) -> Option<String> {
    let client_id = &login.transaction.request.client_id;
    let who = &admitted.who;
    let going_on = who.session.as_deref().and_then(|hash| state.live_session(hash, context.now)).cloned();
    if let Some(mut session) = going_on {
        session.last_interacted_at = context.now;
        session.updated_at = context.now;
        session.last_device = login.browser.device();
        session.clients.insert(client_id.clone());
        changes.carry_out(&mut session);
        state.sessions.put(session);
        return None;
    }
    if let Some(earlier) = &login.browser.session {
        state.sessions.remove(earlier);
    }
    let cookie = context.ids.secret();
    let mut session = BrowserSession {
        cookie_hash: sha256(&cookie),
        sid: admitted.sid.clone(),
        user_id: who.user_id.clone(),
        connection: who.connection.clone(),
        created_at: context.now,
        updated_at: context.now,
        authenticated_at: who.at,
        last_interacted_at: context.now,
        clients: BTreeSet::from([client_id.clone()]),
        initial_device: login.browser.device(),
        last_device: login.browser.device(),
        session_metadata: Map::new(),
        wishes: SessionWishes::default(),
    };
    changes.carry_out(&mut session);
    state.sessions.put(session);
    Some(cookie)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_added_once_and_taken_away() {
        let steps = Steps {
            added_scopes: vec!["read:a".to_owned(), "openid".to_owned()],
            removed_scopes: vec!["email".to_owned()],
            ..Steps::default()
        };
        let asked = ["openid".to_owned(), "email".to_owned()];
        assert_eq!(steps.scope(&asked), ["openid", "read:a"]);
    }
}
