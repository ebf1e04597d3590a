//! Ends a login once it is known who the person is: membership, session, post-login steps, code.

use std::collections::BTreeSet;

use super::callback::{Callback, CallbackError};
use super::{Context, membership, post_login_claims};
use crate::config::{OrganizationRequireBehavior, OrganizationUsage};
use crate::model::{
    Authenticated, AuthorizationCode, AuthorizationRequest, BrowserSession, Connection, Organization,
};
use crate::secrets::sha256;
use crate::store::State;
use crate::tokens::Grant;

/// How it ended.
#[derive(Debug)]
pub(crate) enum Settled {
    /// Back to the client, and the cookie of a session that began.
    Done { callback: Callback, new_session: Option<String> },
    /// The person has to pick an organization first.
    Pick,
}

/// Ends a login. `session` is the hash of the cookie that the browser came with.
///
/// `organization_is_settled` says that the person was asked for an organization, or chose to go without.
pub(crate) fn settle(
    state: &mut State,
    context: &Context<'_>,
    request: &AuthorizationRequest,
    who: &Authenticated,
    session: Option<&str>,
    organization_is_settled: bool,
) -> Settled {
    match try_settle(state, context, request, who, session, organization_is_settled) {
        Ok(settled) => settled,
        Err(error) => Settled::Done { callback: Callback::Error(error), new_session: None },
    }
}

fn try_settle(
    state: &mut State,
    context: &Context<'_>,
    request: &AuthorizationRequest,
    who: &Authenticated,
    session: Option<&str>,
    organization_is_settled: bool,
) -> Result<Settled, CallbackError> {
    let user = state.users.get(&who.user_id).ok_or(CallbackError::LoginRequired)?;
    if user.is_blocked() {
        return Err(CallbackError::Blocked);
    }
    let connection =
        state.connection_by_name(&who.connection).cloned().ok_or(CallbackError::ConnectionNotFound)?;
    let organization = match &request.organization {
        Some(organization) => {
            membership::ensure(state, organization, &who.user_id, &who.connection)?;
            Some(organization.clone())
        }
        None if organization_is_settled => None,
        None => match pick(state, request, who, &connection)? {
            Picked::Ask => return Ok(Settled::Pick),
            Picked::Only(organization) => Some(organization),
            Picked::None => None,
        },
    };
    if organization.is_none() {
        membership::join_only_candidate(state, &who.user_id, &connection);
    }
    let (sid, new_session) = keep_session(state, context, request, who, session);
    count_login(state, context, who);
    let claims = post_login_claims(state, context, &who.user_id, &connection, organization.as_deref());
    let code = context.ids.secret();
    state.authorization_codes.put(AuthorizationCode {
        hash: sha256(&code),
        client_id: request.client_id.clone(),
        user_id: who.user_id.clone(),
        redirect_uri: request.redirect_uri_was_given.then(|| request.redirect_uri.clone()),
        challenge: request.challenge.clone(),
        nonce: request.nonce.clone(),
        grant: Grant {
            scope: request.scope.clone(),
            sid,
            organization,
            auth_time: request.wants_auth_time().then_some(who.at),
            claims,
        },
        issued_at: context.now,
    });
    Ok(Settled::Done { callback: Callback::Code(code), new_session })
}

enum Picked {
    None,
    Only(String),
    Ask,
}

fn pick(
    state: &State,
    request: &AuthorizationRequest,
    who: &Authenticated,
    connection: &Connection,
) -> Result<Picked, CallbackError> {
    let Some(client) = state.clients.get(&request.client_id) else { return Ok(Picked::None) };
    if client.organization_require_behavior() != OrganizationRequireBehavior::PostLoginPrompt {
        return Ok(Picked::None);
    }
    let mut candidates = pickable(state, &who.user_id, connection);
    match (client.organization_usage(), candidates.next(), candidates.next()) {
        (OrganizationUsage::Deny, ..) | (OrganizationUsage::Allow, None, _) => Ok(Picked::None),
        (OrganizationUsage::Require, None, _) => Err(CallbackError::NoOrganization),
        (OrganizationUsage::Require, Some(only), None) => Ok(Picked::Only(only.id.clone())),
        (OrganizationUsage::Allow | OrganizationUsage::Require, Some(_), _) => Ok(Picked::Ask),
    }
}

/// The user's organizations that take the connection which they came through.
pub(super) fn pickable<'a>(
    state: &'a State,
    user_id: &str,
    connection: &Connection,
) -> impl Iterator<Item = &'a Organization> {
    state
        .organizations_of(user_id)
        .filter(move |organization| organization.enabled_connection(&connection.id).is_some())
}

/// How many organizations the picker shows (entity limits).
const PICKER_LIMIT: usize = 20;

/// The organizations that somebody who has logged in may pick.
pub(crate) fn pickable_organizations<'a>(state: &'a State, who: &Authenticated) -> Vec<&'a Organization> {
    let connection = state.connection_by_name(&who.connection);
    let organizations = connection.map(|connection| pickable(state, &who.user_id, connection));
    organizations.into_iter().flatten().take(PICKER_LIMIT).collect()
}

/// Goes on with the session that the person was known by, or begins one: with a new id, and in place of the browser's
/// earlier one.
fn keep_session(
    state: &mut State,
    context: &Context<'_>,
    request: &AuthorizationRequest,
    who: &Authenticated,
    cookie_hash: Option<&str>,
) -> (String, Option<String>) {
    let going_on = who.session.as_deref().and_then(|hash| state.live_session(hash, context.now)).cloned();
    if let Some(mut session) = going_on {
        session.last_interacted_at = context.now;
        session.clients.insert(request.client_id.clone());
        let sid = session.sid.clone();
        state.sessions.put(session);
        return (sid, None);
    }
    if let Some(earlier) = cookie_hash {
        state.sessions.remove(earlier);
    }
    let (cookie, sid) = (context.ids.secret(), context.ids.session());
    state.sessions.put(BrowserSession {
        cookie_hash: sha256(&cookie),
        sid: sid.clone(),
        user_id: who.user_id.clone(),
        connection: who.connection.clone(),
        authenticated_at: who.at,
        last_interacted_at: context.now,
        clients: BTreeSet::from([request.client_id.clone()]),
    });
    (sid, Some(cookie))
}

fn count_login(state: &mut State, context: &Context<'_>, who: &Authenticated) {
    if who.session.is_none()
        && let Some(mut user) = state.users.get(&who.user_id).cloned()
    {
        user.logins_count += 1;
        user.last_login = Some(context.now);
        user.updated_at = context.now;
        state.users.put(user);
    }
}
