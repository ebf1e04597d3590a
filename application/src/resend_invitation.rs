//! Sending an invitation anew.

use std::sync::Arc;
use std::time::Duration;

use tenantry_domain::{
    AuditAction, AuditEntry, InvitationId, InvitationLifetime, Offer, OfferState, Permission,
};
use tenantry_ports::{AuditLog, Clock, Invitations, Offers, Session, Turns};

use crate::invite_members::{as_asked_for, inviter_name, is_refusal};
use crate::{Authorize, AuthorizeError, FindWaysIn, InvitationMails, InvitationView, NoWayIn, Outage, audit};

/// Sends an invitation anew: with another link, from whoever does it, for as long as before, and by the way by which
/// whoever is invited has to come now. The old link is dead.
pub struct ResendInvitation {
    /// Who may.
    pub authorize: Authorize,
    /// One change at a time.
    pub turns: Arc<dyn Turns>,
    /// Which way they have to come.
    pub ways: FindWaysIn,
    /// Where it is.
    pub invitations: Arc<dyn Invitations>,
    /// What we keep of it.
    pub offers: Arc<dyn Offers>,
    /// How many mails an address gets.
    pub mails: Arc<InvitationMails>,
    /// Remembers who did it.
    pub audit_log: Arc<dyn AuditLog>,
    /// When.
    pub clock: Arc<dyn Clock>,
}

/// Why it is not sent.
#[derive(Debug, thiserror::Error)]
pub enum ResendInvitationError {
    /// The organization has none like this: it never had, it was taken back, or it was accepted.
    #[error("there is no such invitation")]
    UnknownInvitation,
    /// It has expired: its seat is free, and somebody else may have it.
    #[error("this invitation has expired: invite them anew")]
    Expired,
    /// Whoever is invited could not come in any more.
    #[error("whoever is invited could not come in")]
    NoWayIn(NoWayIn),
    /// Its address was sent several in a short time.
    #[error("this address was sent several invitations in a short time: wait before you send another one")]
    TooOften {
        /// For how long.
        retry_after: Duration,
    },
    /// The actor may not do it.
    #[error(transparent)]
    NotAuthorized(#[from] AuthorizeError),
    /// Something outside is down.
    #[error(transparent)]
    Outage(#[from] Outage),
}

impl ResendInvitation {
    /// Sends it anew; answers the new one. Whatever breaks on the way, at most one link is alive, and inviting the same
    /// address again completes it.
    pub async fn run(
        &self,
        session: &Session,
        invitation: &InvitationId,
    ) -> Result<InvitationView, ResendInvitationError> {
        let in_turn = self.authorize.in_turn(&*self.turns, session, Permission::InviteMembers);
        let (_turn, administrator) = in_turn.await?;
        let tenant = &administrator.tenant().id;
        let found = self.invitations.find(tenant, invitation).await.map_err(Outage::from)?;
        let old = found.ok_or(ResendInvitationError::UnknownInvitation)?;
        let now = self.clock.now();
        if old.has_expired(now) {
            return Err(ResendInvitationError::Expired);
        }
        let chosen = old.connection.as_ref();
        let ways = self.ways.to_invite(tenant, chosen).await?;
        let connection = ways.of(&old.email, chosen).map_err(ResendInvitationError::NoWayIn)?;
        let admitted = self.mails.admit(tenant, &old.email, now);
        let mut mail = admitted.map_err(|retry_after| ResendInvitationError::TooOften { retry_after })?;
        let kept = self.offers.find(tenant, invitation).await.map_err(Outage::from)?;
        let lifetime = InvitationLifetime::near(old.created_at.until(old.expires_at));
        // First its seat: the new offer takes the place of the old one before the old link dies.
        self.offers.end(tenant, &old.email, OfferState::Revoked).await.map_err(Outage::from)?;
        let offer = Offer {
            tenant: tenant.clone(),
            email: old.email.clone(),
            invitation: None,
            inviter: session.user.clone(),
            inviter_name: inviter_name(session),
            roles: old.roles,
            message: kept.and_then(|kept| kept.message),
            connection,
            state: OfferState::Sending,
            created_at: now,
            expires_at: now + lifetime.get(),
        };
        self.offers.begin(&offer).await.map_err(Outage::from)?;
        self.invitations.revoke(tenant, invitation).await.map_err(Outage::from)?;
        mail.goes_out();
        let sent = match self.invitations.create(tenant, &as_asked_for(&offer)).await {
            Ok(sent) => sent,
            Err(error) => {
                if is_refusal(&error) {
                    tracing::warn!(%error, "an invitation was taken back and not sent anew");
                }
                return Err(Outage::from(error).into());
            }
        };
        self.offers.open(tenant, &sent).await.map_err(Outage::from)?;
        let entry = AuditEntry {
            at: self.clock.now(),
            actor: session.user.clone(),
            actor_name: Some(session.name.clone()),
            tenant: Some(tenant.clone()),
            action: AuditAction::InvitationResent,
            subject: sent.email.to_string(),
        };
        audit::record(&*self.audit_log, &entry).await;
        Ok(InvitationView::sent(sent, offer.message))
    }
}
