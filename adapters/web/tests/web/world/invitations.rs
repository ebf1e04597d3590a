//! Who is invited: at the provider, and in what the product keeps of it.

use async_trait::async_trait;
use tenantry_domain::{
    ConnectionId, EmailAddress, Invitation, InvitationId, LoginConnection, LoginKind, Offer, OfferState,
    TenantId, Ticket, Timestamp,
};
use tenantry_ports::{
    Cursor, Invitations, InvitationsError, NewInvitation, Offers, OffersError, Page, PageSize,
};

use super::World;

#[async_trait]
impl Invitations for World {
    async fn create(&self, tenant: &TenantId, new: &NewInvitation) -> Result<Invitation, InvitationsError> {
        if let Some(source) = self.outage() {
            return Err(InvitationsError::Unavailable(source));
        }
        let now = self.clock_now();
        let mut state = self.lock();
        let number = state.invitations_made;
        state.invitations_made += 1;
        let made = Invitation {
            id: InvitationId::try_from(format!("uinv_{number}").as_str()).unwrap(),
            email: new.email.clone(),
            roles: new.roles.clone(),
            connection: new.connection.clone(),
            inviter: new.inviter.clone(),
            created_at: now,
            expires_at: now + new.lifetime.get(),
            ticket: Some(Ticket::try_from(format!("ticket-{number}").as_str()).unwrap()),
            link: None,
        };
        state.invitations.push((tenant.clone(), made.clone()));
        Ok(made)
    }

    async fn page(
        &self,
        tenant: &TenantId,
        _: Option<Cursor>,
        _: PageSize,
    ) -> Result<Page<Invitation>, InvitationsError> {
        if let Some(source) = self.outage() {
            return Err(InvitationsError::Unavailable(source));
        }
        let state = self.lock();
        let items = state.invitations.iter().filter(|(of, _)| of == tenant).map(|(_, made)| made.clone());
        Ok(Page { items: items.collect(), next: None })
    }

    async fn find(
        &self,
        tenant: &TenantId,
        invitation: &InvitationId,
    ) -> Result<Option<Invitation>, InvitationsError> {
        let state = self.lock();
        let found = state.invitations.iter().find(|(of, made)| of == tenant && made.id == *invitation);
        Ok(found.map(|(_, made)| made.clone()))
    }

    async fn revoke(&self, tenant: &TenantId, invitation: &InvitationId) -> Result<(), InvitationsError> {
        self.lock().invitations.retain(|(of, made)| of != tenant || made.id != *invitation);
        Ok(())
    }

    async fn connections(&self, _: &TenantId) -> Result<Vec<LoginConnection>, InvitationsError> {
        let id = ConnectionId::try_from("con_1").unwrap();
        Ok(vec![LoginConnection { id, label: "Passwords".to_owned(), kind: LoginKind::Password }])
    }
}

#[async_trait]
impl Offers for World {
    async fn begin(&self, offer: &Offer) -> Result<bool, OffersError> {
        let mut state = self.lock();
        let is_taken = state.offers.iter().any(|(kept, _)| {
            kept.tenant == offer.tenant && kept.email == offer.email && kept.is_pending(offer.created_at)
        });
        if !is_taken {
            state.offers.push((offer.clone(), None));
        }
        Ok(!is_taken)
    }

    async fn open(&self, tenant: &TenantId, made: &Invitation) -> Result<bool, OffersError> {
        let mut state = self.lock();
        let found = state
            .offers
            .iter_mut()
            .find(|(kept, _)| kept.tenant == *tenant && kept.email == made.email && kept.state.is_pending());
        let Some((offer, ticket)) = found else { return Ok(false) };
        offer.state = OfferState::Open;
        offer.invitation = Some(made.id.clone());
        (offer.created_at, offer.expires_at) = (made.created_at, made.expires_at);
        ticket.clone_from(&made.ticket);
        Ok(true)
    }

    async fn end(
        &self,
        tenant: &TenantId,
        email: &EmailAddress,
        state: OfferState,
    ) -> Result<bool, OffersError> {
        Ok(self.end_first(state, |offer| offer.tenant == *tenant && offer.email == *email))
    }

    async fn end_invitation(
        &self,
        tenant: &TenantId,
        invitation: &InvitationId,
        state: OfferState,
    ) -> Result<bool, OffersError> {
        Ok(self.end_first(state, |offer| {
            offer.tenant == *tenant && offer.invitation.as_ref() == Some(invitation)
        }))
    }

    async fn pending(&self, tenant: &TenantId, now: Timestamp) -> Result<Vec<Offer>, OffersError> {
        let state = self.lock();
        let pending = state.offers.iter().map(|(offer, _)| offer.clone());
        Ok(pending.filter(|offer| offer.tenant == *tenant && offer.is_pending(now)).collect())
    }

    async fn find(&self, tenant: &TenantId, invitation: &InvitationId) -> Result<Option<Offer>, OffersError> {
        let state = self.lock();
        let mut offers = state.offers.iter().map(|(offer, _)| offer.clone());
        Ok(offers.find(|offer| offer.tenant == *tenant && offer.invitation.as_ref() == Some(invitation)))
    }

    async fn find_by_ticket(&self, tenant: &TenantId, ticket: &Ticket) -> Result<Option<Offer>, OffersError> {
        let state = self.lock();
        let mut offers = state.offers.iter();
        let found = offers.find(|(offer, kept)| offer.tenant == *tenant && kept.as_ref() == Some(ticket));
        Ok(found.map(|(offer, _)| offer.clone()))
    }

    async fn forget(&self, tenant: &TenantId) -> Result<(), OffersError> {
        self.lock().offers.retain(|(offer, _)| offer.tenant != *tenant);
        Ok(())
    }
}

impl World {
    fn clock_now(&self) -> Timestamp {
        tenantry_ports::Clock::now(&*self.clock)
    }

    fn end_first(&self, state: OfferState, is_meant: impl Fn(&Offer) -> bool) -> bool {
        let mut all = self.lock();
        let found = all.offers.iter_mut().find(|(offer, _)| offer.state.is_pending() && is_meant(offer));
        let Some((offer, _)) = found else { return false };
        offer.state = state;
        true
    }
}
