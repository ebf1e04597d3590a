//! Whether somebody who has proved who they are may log in, and to which organization.

use super::callback::CallbackError;
use super::settle::Login;
use super::{Context, invitation, membership};
use crate::config::{OrganizationRequireBehavior, OrganizationUsage};
use crate::model::{Admitted, Authenticated, AuthorizationRequest, Connection, Organization};
use crate::store::State;

pub(super) enum Admission {
    Granted {
        admitted: Box<Admitted>,
        connection: Box<Connection>,
    },
    /// The person has to pick an organization first.
    Pick,
}

/// Lets the person in. Memberships that come about here stay, whatever the post-login steps say afterwards.
pub(super) fn admit(
    state: &mut State,
    context: &Context<'_>,
    login: &Login<'_>,
) -> Result<Admission, CallbackError> {
    let Login { transaction, who, .. } = *login;
    let request = &transaction.request;
    let user = state.users.get(&who.user_id).ok_or(CallbackError::LoginRequired)?;
    if user.is_blocked() {
        return Err(CallbackError::Blocked);
    }
    let connection =
        state.connection_by_name(&who.connection).cloned().ok_or(CallbackError::ConnectionNotFound)?;
    if let Some(invitation) = &request.invitation {
        invitation::accept(state, context, login, invitation)?;
    }
    let organization = match &request.organization {
        Some(organization) => {
            membership::ensure(state, context, login, organization)?;
            Some(organization.clone())
        }
        None if transaction.organization_is_settled => None,
        None => match pick(state, request, who, &connection)? {
            Picked::Ask => return Ok(Admission::Pick),
            Picked::Only(organization) => Some(organization),
            Picked::None => None,
        },
    };
    if organization.is_none() {
        membership::join_only_candidate(state, context, login, &connection);
    }
    count_login(state, context, login);
    let session = who.session.as_deref().and_then(|hash| state.live_session(hash, context.now));
    let sid = session.map_or_else(|| context.ids.session(), |session| session.sid.clone());
    let admitted = Box::new(Admitted { who: who.clone(), organization, sid });
    Ok(Admission::Granted { admitted, connection: Box::new(connection) })
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
pub(super) const PICKER_LIMIT: usize = 20;

/// The organizations that somebody who has logged in may pick.
pub(crate) fn pickable_organizations<'a>(state: &'a State, who: &Authenticated) -> Vec<&'a Organization> {
    let connection = state.connection_by_name(&who.connection);
    let organizations = connection.map(|connection| pickable(state, &who.user_id, connection));
    organizations.into_iter().flatten().take(PICKER_LIMIT).collect()
}

/// A login counts when the person has proved who they are, also if an Action then denies it.
fn count_login(state: &mut State, context: &Context<'_>, login: &Login<'_>) {
    let who = login.who;
    if who.session.is_none()
        && let Some(mut user) = state.users.get(&who.user_id).cloned()
    {
        user.logins_count += 1;
        user.last_login = Some(context.now);
        user.last_ip = Some(login.browser.ip.clone());
        user.updated_at = context.now;
        state.users.put(user);
    }
}
