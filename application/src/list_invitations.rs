//! Who is invited into the organization.

use tenantry_domain::{
    ConnectionId, EmailAddress, Invitation, InvitationId, InvitationMessage, Offer, Permission, Roles,
    TenantId, Timestamp,
};
use tenantry_ports::{Cursor, Page, PageSize, Session};

use crate::{Authorize, AuthorizeError, Outage, Pending, SeatCount};

/// Lists who is invited and has not come yet. An invitation that has expired stays in the list, as such, until it is taken
/// back or there is another one to the same address.
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
    /// Through which connection they have to come; any when `None`.
    pub connection: Option<ConnectionId>,
    /// What they are told besides, as far as it is known here.
    pub message: Option<InvitationMessage>,
    /// Since when.
    pub created_at: Timestamp,
    /// Until when it counts.
    pub expires_at: Timestamp,
    /// Whether that is over: then it holds no seat.
    pub has_expired: bool,
}

/// Why nobody is listed.
#[derive(Debug, thiserror::Error)]
pub enum ListInvitationsError {
    /// The page does not exist, or not any more.
    #[error("this page of invitations does not exist")]
    InvalidCursor,
    /// The actor may not see it.
    #[error(transparent)]
    NotAuthorized(#[from] AuthorizeError),
    /// Something outside is down.
    #[error(transparent)]
    Outage(#[from] Outage),
}

impl ListInvitations {
    /// One page of who is invited, the latest first.
    pub async fn run(
        &self,
        session: &Session,
        from: Option<Cursor>,
        size: PageSize,
    ) -> Result<Page<InvitationView>, ListInvitationsError> {
        let administrator = self.authorize.to_look(session, Permission::ViewMembers)?;
        let tenant = &administrator.tenant().id;
        let mut items = invited(&self.seats, tenant).await?;
        if let Some(from) = from {
            // What the page before ended with: of another organization's list it is nowhere.
            let last = items.iter().position(|invitation| place(invitation) == from);
            let last = last.ok_or(ListInvitationsError::InvalidCursor)?;
            items.drain(..=last);
        }
        let is_last = items.len() <= usize::from(size.get());
        items.truncate(size.get().into());
        let next = items.last().filter(|_| !is_last).map(place);
        for expired in items.iter_mut().filter(|invitation| invitation.has_expired) {
            let Some(id) = &expired.id else { continue };
            let kept = self.seats.offers.find(tenant, id).await.map_err(Outage::from)?;
            expired.message = kept.and_then(|kept| kept.message);
        }
        Ok(Page { items, next })
    }
}

impl InvitationView {
    /// An invitation that was just sent.
    pub fn sent(invitation: Invitation, message: Option<InvitationMessage>) -> Self {
        of_provider(invitation, message, false)
    }
}

/// Everybody who is invited, the latest first.
pub(crate) async fn invited(seats: &SeatCount, tenant: &TenantId) -> Result<Vec<InvitationView>, Outage> {
    let (pending, expired) = seats.known(tenant).await?;
    let pending = pending.into_values().filter_map(view);
    let expired = expired.into_iter().map(|invitation| of_provider(invitation, None, true));
    let mut listed: Vec<_> = pending.chain(expired).collect();
    listed.sort_by(|one, other| (other.created_at, &one.email).cmp(&(one.created_at, &other.email)));
    Ok(listed)
}

/// Where in the list an invitation is.
fn place(invitation: &InvitationView) -> Cursor {
    match &invitation.id {
        Some(id) => Cursor::new(id.as_str()),
        None => Cursor::new(invitation.created_at.as_millis().to_string()),
    }
}

fn view(pending: Pending) -> Option<InvitationView> {
    match (pending.invitation, pending.offer) {
        (Some(invitation), offer) => {
            Some(of_provider(invitation, offer.and_then(|offer| offer.message), false))
        }
        (None, Some(offer)) => Some(of_ours(offer)),
        (None, None) => None,
    }
}

fn of_provider(
    invitation: Invitation,
    message: Option<InvitationMessage>,
    has_expired: bool,
) -> InvitationView {
    InvitationView {
        id: Some(invitation.id),
        email: invitation.email,
        roles: invitation.roles,
        inviter: invitation.inviter,
        connection: invitation.connection,
        message,
        created_at: invitation.created_at,
        expires_at: invitation.expires_at,
        has_expired,
    }
}

fn of_ours(offer: Offer) -> InvitationView {
    InvitationView {
        id: offer.invitation,
        email: offer.email,
        roles: offer.roles,
        inviter: offer.inviter_name,
        connection: offer.connection,
        message: offer.message,
        created_at: offer.created_at,
        expires_at: offer.expires_at,
        has_expired: false,
    }
}
