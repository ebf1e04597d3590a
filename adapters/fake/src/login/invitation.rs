//! An invitation that comes with a login: which one is meant, and its acceptance.

use serde_json::{Map, Value};

use super::callback::CallbackError;
use super::{Context, logs, membership};
use crate::document::Document;
use crate::login::settle::Login;
use crate::model::{Invitation, LogEntry, User};
use crate::store::State;

/// More roles of one member than this are not given (entity limits).
const ROLES_LIMIT: usize = 50;

/// The invitation that a link's ticket stands for in this organization.
pub(super) fn find<'a>(
    state: &'a State,
    context: &Context<'_>,
    ticket: &str,
    organization_id: &str,
) -> Result<&'a Invitation, CallbackError> {
    state
        .live_invitation(ticket, context.now)
        .filter(|invitation| invitation.organization_id == organization_id)
        .ok_or(CallbackError::InvitationNotFound)
}

/// Makes the invited person a member, with all that the invitation brings. It counts once: whoever comes with another
/// account has spent it as well.
pub(super) fn accept(
    state: &mut State,
    context: &Context<'_>,
    login: &Login<'_>,
    invitation_id: &str,
) -> Result<(), CallbackError> {
    let invitation =
        state.invitations.get(invitation_id).filter(|invitation| invitation.is_live(context.now));
    let invitation = invitation.cloned().ok_or(CallbackError::InvitationNotFound)?;
    let user = state.users.get(&login.who.user_id).cloned().ok_or(CallbackError::LoginRequired)?;
    state.invitations.remove(&invitation.id);
    let is_meant =
        user.email.as_deref().is_some_and(|email| email.eq_ignore_ascii_case(invitation.invitee()));
    let entry = |kind| LogEntry {
        organization_id: Some(invitation.organization_id.clone()),
        ..logs::entry(kind, context, &login.transaction.request, login.browser).about(&user)
    };
    if !is_meant {
        let error = CallbackError::InvitationForAnother;
        state.log(entry("fi").saying(error.to_string()));
        return Err(error);
    }
    state.log(entry("si"));
    membership::add(state, context, login, &invitation.organization_id);
    give_roles(state, &invitation, &user.id);
    state.users.put(with_metadata(user, &invitation, context));
    Ok(())
}

fn give_roles(state: &mut State, invitation: &Invitation, user_id: &str) {
    let Some(mut member) = state.member(&invitation.organization_id, user_id).cloned() else { return };
    for role in invitation.settings().texts("roles") {
        let is_new = !member.roles.iter().any(|given| given == role);
        if is_new && member.roles.len() < ROLES_LIMIT && state.roles.get(role).is_some() {
            member.roles.push(role.to_owned());
        }
    }
    state.members.put(member);
}

/// The link went to the address, so whoever used it has proved that the address is theirs.
fn with_metadata(mut user: User, invitation: &Invitation, context: &Context<'_>) -> User {
    let settings = invitation.settings();
    crate::document::replace(&mut user.app_metadata, settings.document("app_metadata"));
    if settings.has("user_metadata") {
        let merged: &mut Map<String, Value> = user.user_metadata.get_or_insert_default();
        crate::document::replace(merged, settings.document("user_metadata"));
    }
    user.email_verified = true;
    user.updated_at = context.now;
    user
}

/// Whom an invitation is for, and who sent it.
#[derive(Clone, Debug)]
pub(crate) struct Invited {
    /// In lower case.
    pub(crate) email: String,
    pub(crate) inviter: Option<String>,
}

/// What a login page says about the invitation that a login came with, while it is in force.
pub(crate) fn invited(state: &State, context: &Context<'_>, invitation_id: &str) -> Option<Invited> {
    let invitation = state.invitations.get(invitation_id).filter(|row| row.is_live(context.now))?;
    let inviter: Document<'_> = invitation.settings().document("inviter");
    Some(Invited {
        email: invitation.invitee().trim().to_ascii_lowercase(),
        inviter: inviter.text("name").map(str::to_owned),
    })
}
