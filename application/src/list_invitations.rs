//! Who is invited into the organization.

use tenantry_domain::{EmailAddress, InvitationId, Permission, Roles, Timestamp};
use tenantry_ports::Session;

use crate::{Authorize, AuthorizeError, Outage, Pending, SeatCount};

/// Lists who is invited and has not come yet.
pub struct ListInvitations {
    /// Who may see it.
    pub authorize: Authorize,
    /// Finds them, at the provider and in what it was asked for.
    pub seats: SeatCount,
}

/// Somebody who is invited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvitationView {
    /// Which invitation; `None` when it is not known to be sent.
    pub id: Option<InvitationId>,
    /// Whom.
    pub email: EmailAddress,
    /// With which roles they begin.
    pub roles: Roles,
    /// Who invited them.
    pub inviter: String,
    /// Since when.
    pub created_at: Timestamp,
    /// Until when it counts.
    pub expires_at: Timestamp,
}

/// Why nobody is listed.
#[derive(Debug, thiserror::Error)]
pub enum ListInvitationsError {
    /// The actor may not see it.
    #[error(transparent)]
    NotAuthorized(#[from] AuthorizeError),
    /// Something outside is down.
    #[error(transparent)]
    Outage(#[from] Outage),
}

impl ListInvitations {
    /// Everybody who is invited, the latest first. One list without pages: nobody has more open invitations than seats.
    pub async fn run(&self, session: &Session) -> Result<Vec<InvitationView>, ListInvitationsError> {
        let administrator = self.authorize.to_look(session, Permission::ViewMembers)?;
        let pending = self.seats.pending(&administrator.tenant().id).await?;
        let mut listed: Vec<_> = pending.into_values().filter_map(view).collect();
        listed.sort_by_key(|invitation| std::cmp::Reverse(invitation.created_at));
        Ok(listed)
    }
}

fn view(pending: Pending) -> Option<InvitationView> {
    let Pending { invitation, offer } = pending;
    match (invitation, offer) {
        (Some(invitation), _) => Some(InvitationView {
            id: Some(invitation.id),
            email: invitation.email,
            roles: invitation.roles,
            inviter: invitation.inviter,
            created_at: invitation.created_at,
            expires_at: invitation.expires_at,
        }),
        (None, Some(offer)) => Some(InvitationView {
            id: offer.invitation,
            email: offer.email,
            roles: offer.roles,
            inviter: offer.inviter_name,
            created_at: offer.created_at,
            expires_at: offer.expires_at,
        }),
        (None, None) => None,
    }
}
