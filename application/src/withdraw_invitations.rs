//! Taking back what somebody has sent who may invite nobody any more.

use std::sync::Arc;

use tenantry_domain::{
    AuditAction, AuditEntry, Invitation, InvitationId, Offer, OfferState, TenantId, UserId,
};
use tenantry_ports::{AuditLog, Session};

use crate::{Outage, SeatCount, audit};

/// Takes back every open invitation of one inviter, at the provider too: a link of theirs leads nowhere then, however it
/// is used. To act on it, hold the tenant's turn.
#[derive(Clone)]
pub struct WithdrawInvitations {
    /// Knows who is invited, at the provider and in what it was asked for.
    pub seats: SeatCount,
    /// Remembers each.
    pub audit_log: Arc<dyn AuditLog>,
}

impl WithdrawInvitations {
    /// Takes back what `inviter` has sent, because the person of this session ends their right to invite. To be done before that right ends:
    /// then whoever repeats what a failure has interrupted comes by here again, and takes back what is left.
    pub(crate) async fn run(
        &self,
        session: &Session,
        tenant: &TenantId,
        inviter: &UserId,
    ) -> Result<(), Outage> {
        let now = self.seats.clock.now();
        let pending = self.seats.offers.pending(tenant, now).await?;
        let sent: Vec<Offer> = pending.into_iter().filter(|offer| offer.inviter == *inviter).collect();
        // Of one whose answer was lost the provider alone may know the id.
        let is_one_unknown = sent.iter().any(|offer| offer.invitation.is_none());
        let listed = if is_one_unknown { self.seats.listed(tenant).await? } else { Vec::new() };
        for offer in sent {
            for invitation in known(&offer, &listed) {
                self.seats.invitations.revoke(tenant, invitation).await?;
            }
            if self.seats.offers.end(tenant, &offer.email, OfferState::Revoked).await? {
                let entry = AuditEntry {
                    at: now,
                    actor: session.user.clone(),
                    actor_name: Some(session.name.clone()),
                    tenant: Some(tenant.clone()),
                    action: AuditAction::InvitationRevoked,
                    subject: offer.email.to_string(),
                };
                audit::record(&*self.audit_log, &entry).await;
            }
        }
        Ok(())
    }
}

fn known<'a>(offer: &'a Offer, listed: &'a [Invitation]) -> impl Iterator<Item = &'a InvitationId> {
    let meant = listed.iter().filter(|found| offer.invitation.is_none() && found.email == offer.email);
    offer.invitation.iter().chain(meant.map(|found| &found.id))
}
