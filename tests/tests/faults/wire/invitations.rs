//! Invitations at the other end of the line, and what the product keeps of them.

use async_trait::async_trait;
use tenantry_domain::{
    EmailAddress, Invitation, InvitationId, LoginConnection, Offer, OfferState, TenantId, Ticket, Timestamp,
};
use tenantry_ports::{
    Cursor, Invitations, InvitationsError, NewInvitation, Offers, OffersError, Page, PageSize,
};

use super::Wired;

#[async_trait]
impl Invitations for Wired<dyn Invitations> {
    async fn create(&self, tenant: &TenantId, new: &NewInvitation) -> Result<Invitation, InvitationsError> {
        self.wire.call(InvitationsError::Unavailable, self.port.create(tenant, new)).await
    }

    async fn page(
        &self,
        tenant: &TenantId,
        from: Option<Cursor>,
        size: PageSize,
    ) -> Result<Page<Invitation>, InvitationsError> {
        self.wire.call(InvitationsError::Unavailable, self.port.page(tenant, from, size)).await
    }

    async fn find(
        &self,
        tenant: &TenantId,
        invitation: &InvitationId,
    ) -> Result<Option<Invitation>, InvitationsError> {
        self.wire.call(InvitationsError::Unavailable, self.port.find(tenant, invitation)).await
    }

    async fn revoke(&self, tenant: &TenantId, invitation: &InvitationId) -> Result<(), InvitationsError> {
        self.wire.call(InvitationsError::Unavailable, self.port.revoke(tenant, invitation)).await
    }

    async fn connections(&self, tenant: &TenantId) -> Result<Vec<LoginConnection>, InvitationsError> {
        self.wire.call(InvitationsError::Unavailable, self.port.connections(tenant)).await
    }
}

#[async_trait]
impl Offers for Wired<dyn Offers> {
    async fn begin(&self, offer: &Offer) -> Result<bool, OffersError> {
        self.wire.call(OffersError::Unavailable, self.port.begin(offer)).await
    }

    async fn open(&self, tenant: &TenantId, invitation: &Invitation) -> Result<bool, OffersError> {
        self.wire.call(OffersError::Unavailable, self.port.open(tenant, invitation)).await
    }

    async fn end(
        &self,
        tenant: &TenantId,
        email: &EmailAddress,
        state: OfferState,
    ) -> Result<bool, OffersError> {
        self.wire.call(OffersError::Unavailable, self.port.end(tenant, email, state)).await
    }

    async fn end_invitation(
        &self,
        tenant: &TenantId,
        invitation: &InvitationId,
        state: OfferState,
    ) -> Result<bool, OffersError> {
        self.wire.call(OffersError::Unavailable, self.port.end_invitation(tenant, invitation, state)).await
    }

    async fn pending(&self, tenant: &TenantId, now: Timestamp) -> Result<Vec<Offer>, OffersError> {
        self.wire.call(OffersError::Unavailable, self.port.pending(tenant, now)).await
    }

    async fn find(&self, tenant: &TenantId, invitation: &InvitationId) -> Result<Option<Offer>, OffersError> {
        self.wire.call(OffersError::Unavailable, self.port.find(tenant, invitation)).await
    }

    async fn find_by_ticket(&self, tenant: &TenantId, ticket: &Ticket) -> Result<Option<Offer>, OffersError> {
        self.wire.call(OffersError::Unavailable, self.port.find_by_ticket(tenant, ticket)).await
    }

    async fn forget(&self, tenant: &TenantId) -> Result<(), OffersError> {
        self.wire.call(OffersError::Unavailable, self.port.forget(tenant)).await
    }
}
