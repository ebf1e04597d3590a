//! Who may log in under an organization (Auth0: membership and auto-membership).

use super::callback::CallbackError;
use super::{Context, logs};
use crate::login::settle::Login;
use crate::model::{Connection, LogEntry};
use crate::store::State;

/// Makes sure that the user belongs to the organization: as a member, or by becoming one through a connection that
/// the organization has enabled with auto-membership.
pub(super) fn ensure(
    state: &mut State,
    context: &Context<'_>,
    login: &Login<'_>,
    organization_id: &str,
) -> Result<(), CallbackError> {
    let who = login.who;
    let enabled = state
        .connection_by_name(&who.connection)
        .and_then(|connection| state.organizations.get(organization_id)?.enabled_connection(&connection.id));
    let is_member = state.member(organization_id, &who.user_id).is_some();
    match enabled {
        Some(_) if is_member => Ok(()),
        Some(enabled) if enabled.assign_membership_on_login => {
            add(state, context, login, organization_id);
            Ok(())
        }
        _ => Err(CallbackError::NotAMember {
            user: who.user_id.clone(),
            organization: organization_id.to_owned(),
        }),
    }
}

/// Without an organization in the request, auto-membership applies when exactly one organization could mean it.
pub(super) fn join_only_candidate(
    state: &mut State,
    context: &Context<'_>,
    login: &Login<'_>,
    connection: &Connection,
) {
    let mut candidates = state.organizations.iter().filter(|organization| {
        let enabled = organization.enabled_connection(&connection.id);
        enabled.is_some_and(|enabled| enabled.assign_membership_on_login)
    });
    if let (Some(only), None) = (candidates.next().map(|only| only.id.clone()), candidates.next()) {
        drop(candidates);
        add(state, context, login, &only);
    }
}

/// Makes the user a member, and says so in the logs; who is one already stays as they are.
pub(super) fn add(state: &mut State, context: &Context<'_>, login: &Login<'_>, organization_id: &str) {
    if state.member(organization_id, &login.who.user_id).is_some() {
        return;
    }
    state.add_member(organization_id, &login.who.user_id);
    let entry = logs::entry("organization_member_added", context, &login.transaction.request, login.browser);
    let entry = LogEntry { organization_id: Some(organization_id.to_owned()), ..entry };
    if let Some(user) = state.users.get(&login.who.user_id) {
        let entry = entry.about(user);
        state.log(entry);
    }
}
