//! What an invitation's link leads to, before anything is accepted.

use std::sync::Arc;

use serde_json::Value;
use tenantry_domain::{
    Catalogue, EmailAddress, Feature, InvitationId, InvitationMessage, Offer, OfferState, Permission, Roles,
    Seats, Standing, Subscription, Tenant, TenantId, TenantRef, Ticket, Timestamp,
};
use tenantry_ports::{Clock, Invitations, Members, Offers, PageSize, Session, Sessions, Tenants};

use crate::{Demanded, FindWaysIn, Outage, SeatCount};

/// Shows what somebody is invited to. It spends nothing: programs that look into mail open links too.
pub struct OpenInvitation {
    /// Into what.
    pub tenants: Arc<dyn Tenants>,
    /// Whether the inviter may still invite.
    pub members: Arc<dyn Members>,
    /// Whether there is room.
    pub seats: SeatCount,
    /// Whether the provider still has it.
    pub invitations: Arc<dyn Invitations>,
    /// By which ways people have to come.
    pub ways: FindWaysIn,
    /// What we keep of it.
    pub offers: Arc<dyn Offers>,
    /// Whether the address of whoever is signed in is proved to be theirs.
    pub sessions: Arc<dyn Sessions>,
    /// How many seats a plan has.
    pub catalogue: Arc<Catalogue>,
    /// Whether it has expired.
    pub clock: Arc<dyn Clock>,
}

/// What somebody is invited to. The invited address is not in it.
#[derive(Clone, Debug)]
pub struct OpenedInvitation {
    /// Which invitation.
    pub id: InvitationId,
    /// Into which organization.
    pub tenant: TenantRef,
    /// What people call it.
    pub organization: String,
    /// Who invites.
    pub inviter: String,
    /// With which roles one begins.
    pub roles: Roles,
    /// What the inviter says.
    pub message: Option<InvitationMessage>,
    /// Until when it counts.
    pub expires_at: Timestamp,
    /// What the organization demands of whoever is invited; `None` when they come as they like.
    pub demanded: Option<Demanded>,
    /// Who has opened it.
    pub reader: Reader,
}

/// Who has opened an invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// Nobody is signed in here.
    Stranger,
    /// The account that is signed in here is the one that is invited, and its address is proved.
    Invited,
    /// Another account is signed in here. Accepting with it would spend the invitation.
    Other,
}

/// Why there is nothing to accept.
#[derive(Debug, thiserror::Error)]
pub enum OpenInvitationError {
    /// No invitation of this organization has such a link.
    #[error("there is no such invitation")]
    Unknown,
    /// The organization that the link names is none, or none any more: then nothing is kept of its invitations.
    #[error("there is no such invitation, and no such organization")]
    UnknownOrganization,
    /// It counts no more.
    #[error("the invitation has expired")]
    Expired,
    /// It was taken back, or sent anew with another link.
    #[error("the invitation was taken back")]
    Revoked,
    /// It was accepted before.
    #[error("the invitation was accepted before")]
    Used,
    /// Whoever sent it may invite nobody any more.
    #[error("whoever sent the invitation may not invite people any more")]
    InviterLeft,
    /// The organization is gone.
    #[error("the organization does not exist any more")]
    OrganizationGone,
    /// Its plan is over.
    #[error("the organization's plan has ended")]
    PlanEnded,
    /// Every seat is taken by members.
    #[error("the organization has no free seat")]
    NoSeat,
    /// Something outside is down.
    #[error(transparent)]
    Outage(#[from] Outage),
}

impl OpenInvitation {
    /// Finds out whether the invitation can be accepted now.
    pub async fn run(
        &self,
        tenant: &TenantId,
        ticket: &Ticket,
        session: Option<&Session>,
    ) -> Result<OpenedInvitation, OpenInvitationError> {
        let now = self.clock.now();
        let offer = match self.offer(tenant, ticket, now).await {
            Err(OpenInvitationError::Unknown)
                if self.tenants.find(tenant).await.map_err(Outage::from)?.is_none() =>
            {
                return Err(OpenInvitationError::UnknownOrganization);
            }
            found => found?,
        };
        let organization = self.tenants.find(tenant).await.map_err(Outage::from)?;
        let organization = organization.ok_or(OpenInvitationError::OrganizationGone)?;
        let id = in_force(&offer, now)?;
        if self.invitations.find(tenant, &id).await.map_err(Outage::from)?.is_none() {
            return Err(OpenInvitationError::Revoked);
        }
        let inviter = self.members.roles(tenant, &offer.inviter).await.map_err(Outage::from)?;
        if !inviter.permit(Permission::InviteMembers) {
            return Err(OpenInvitationError::InviterLeft);
        }
        self.has_room(&organization, now).await?;
        let demanded = self.ways.demanded_of(&offer).await?;
        Ok(OpenedInvitation {
            id,
            tenant: organization.tenant,
            organization: organization.display_name,
            inviter: offer.inviter_name,
            roles: offer.roles,
            message: offer.message,
            expires_at: offer.expires_at,
            demanded,
            reader: self.reader(session, &offer.email).await?,
        })
    }

    /// What we know of the ticket. One that was made and whose answer did not arrive is found in the provider's list.
    async fn offer(
        &self,
        tenant: &TenantId,
        ticket: &Ticket,
        now: Timestamp,
    ) -> Result<Offer, OpenInvitationError> {
        if let Some(offer) = self.offers.find_by_ticket(tenant, ticket).await.map_err(Outage::from)? {
            return Ok(offer);
        }
        let pending = self.offers.pending(tenant, now).await.map_err(Outage::from)?;
        if !pending.iter().any(|offer| offer.state == OfferState::Sending) {
            return Err(OpenInvitationError::Unknown);
        }
        let size = PageSize::at_most(100);
        let listed = self.invitations.page(tenant, None, size).await.map_err(Outage::from)?;
        let meant = listed.items.into_iter().find(|listed| listed.ticket.as_ref() == Some(ticket));
        let meant = meant.ok_or(OpenInvitationError::Unknown)?;
        self.offers.open(tenant, &meant).await.map_err(Outage::from)?;
        let found = self.offers.find_by_ticket(tenant, ticket).await.map_err(Outage::from)?;
        found.ok_or(OpenInvitationError::Unknown)
    }

    async fn has_room(&self, organization: &Tenant, now: Timestamp) -> Result<(), OpenInvitationError> {
        let held: Option<Subscription> =
            organization.subscription.as_ref().and_then(|text| text.parse().ok());
        let everybody = Roles::from(tenantry_domain::Role::Administrator);
        if !Standing::in_tenant(held, &everybody, now).opens(Feature::Administration) {
            return Err(OpenInvitationError::PlanEnded);
        }
        let plan = held.and_then(|held| self.catalogue.plan(held.plan()));
        let seats = plan.map_or(Seats::UpTo(0), |plan| plan.seats);
        // The invitation holds a seat of its own: only members can have taken it, when the plan has become smaller.
        let members = self.seats.with_a_role(&organization.tenant.id, seats, None).await?;
        if seats.admit_one_more(members) { Ok(()) } else { Err(OpenInvitationError::NoSeat) }
    }

    async fn reader(&self, session: Option<&Session>, invited: &EmailAddress) -> Result<Reader, Outage> {
        let Some(session) = session else { return Ok(Reader::Stranger) };
        if session.email.as_ref() != Some(invited) {
            return Ok(Reader::Other);
        }
        let claims = self.sessions.claims(&session.id).await?;
        let is_verified =
            claims.is_some_and(|claims| claims.get("email_verified") == Some(&Value::Bool(true)));
        Ok(if is_verified { Reader::Invited } else { Reader::Other })
    }
}

/// The provider's invitation behind an offer, unless it is over.
fn in_force(offer: &Offer, now: Timestamp) -> Result<InvitationId, OpenInvitationError> {
    match offer.state {
        OfferState::Accepted => Err(OpenInvitationError::Used),
        _ if offer.expires_at <= now => Err(OpenInvitationError::Expired),
        OfferState::Revoked => Err(OpenInvitationError::Revoked),
        OfferState::Sending | OfferState::Open => {
            offer.invitation.clone().ok_or(OpenInvitationError::Unknown)
        }
    }
}
