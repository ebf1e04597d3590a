//! Who may log in under an organization (Auth0: membership and auto-membership).

use super::callback::CallbackError;
use crate::model::Connection;
use crate::store::State;

/// Makes sure that the user belongs to the organization: as a member, or by becoming one through a connection that
/// the organization has enabled with auto-membership.
pub(super) fn ensure(
    state: &mut State,
    organization_id: &str,
    user_id: &str,
    connection: &str,
) -> Result<(), CallbackError> {
    let enabled = state
        .connection_by_name(connection)
        .and_then(|connection| state.organizations.get(organization_id)?.enabled_connection(&connection.id));
    let is_member = state.member(organization_id, user_id).is_some();
    match enabled {
        Some(_) if is_member => Ok(()),
        Some(enabled) if enabled.assign_membership_on_login => {
            state.add_member(organization_id, user_id);
            Ok(())
        }
        _ => Err(CallbackError::NotAMember {
            user: user_id.to_owned(),
            organization: organization_id.to_owned(),
        }),
    }
}

/// Without an organization in the request, auto-membership applies when exactly one organization could mean it.
pub(super) fn join_only_candidate(state: &mut State, user_id: &str, connection: &Connection) {
    let mut candidates = state.organizations.iter().filter(|organization| {
        let enabled = organization.enabled_connection(&connection.id);
        enabled.is_some_and(|enabled| enabled.assign_membership_on_login)
    });
    if let (Some(only), None) = (candidates.next().map(|only| only.id.clone()), candidates.next()) {
        drop(candidates);
        state.add_member(&only, user_id);
    }
}
