//! What we know of invitations and the provider does not.

use async_trait::async_trait;
use tenantry_domain::{
    EmailAddress, Invitation, InvitationId, Offer, OfferState, TenantId, Ticket, Timestamp,
};

use crate::Source;

/// Keeps offers: at most one that is pending for each tenant and address. Once acknowledged they survive a crash.
///
/// Of a ticket it keeps a hash alone.
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait Offers: Send + Sync {
    /// Keeps an offer that begins, before the provider is asked. `false`, and nothing is kept, when one to the same
    /// address in the same tenant is pending when this one is made.
    async fn begin(&self, offer: &Offer) -> Result<bool, OffersError>;

    /// Notes that the provider has made this invitation for the pending offer to its address: the offer is open, with
    /// its id, ticket and times. `false` when no offer to that address is pending.
    async fn open(&self, tenant: &TenantId, invitation: &Invitation) -> Result<bool, OffersError>;

    /// Ends the pending offer to this address. `true` for the first caller alone.
    async fn end(
        &self,
        tenant: &TenantId,
        email: &EmailAddress,
        state: OfferState,
    ) -> Result<bool, OffersError>;

    /// Ends the pending offer of this invitation. `true` for the first caller alone.
    async fn end_invitation(
        &self,
        tenant: &TenantId,
        invitation: &InvitationId,
        state: OfferState,
    ) -> Result<bool, OffersError>;

    /// The tenant's offers that are pending at `now`, the latest first.
    async fn pending(&self, tenant: &TenantId, now: Timestamp) -> Result<Vec<Offer>, OffersError>;

    /// The tenant's offer of this invitation, pending or over; `Ok(None)` when there is none or it is another tenant's.
    async fn find(&self, tenant: &TenantId, invitation: &InvitationId) -> Result<Option<Offer>, OffersError>;

    /// The tenant's offer whose link carries this ticket, pending or over; `Ok(None)` when there is none or it is
    /// another tenant's.
    async fn find_by_ticket(&self, tenant: &TenantId, ticket: &Ticket) -> Result<Option<Offer>, OffersError>;

    /// Forgets everything of a tenant; none is success.
    async fn forget(&self, tenant: &TenantId) -> Result<(), OffersError>;
}

/// Offers can't be read or written.
#[derive(Debug, thiserror::Error)]
pub enum OffersError {
    /// The store can't be reached, or holds something that it should not. Trying again later may help.
    #[error("the store can't be reached")]
    Unavailable(#[source] Source),
}
