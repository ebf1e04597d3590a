//! Taking an invitation back.

use std::sync::Arc;

use tenantry_domain::{AuditAction, AuditEntry, EmailAddress, InvitationId, OfferState, Permission};
use tenantry_ports::{AuditLog, Clock, Invitations, Offers, Session, Turns};

use crate::{Authorize, AuthorizeError, Outage, audit};

/// Takes an invitation back: its link leads nowhere then, and its seat is free.
pub struct RevokeInvitation {
    /// Who may.
    pub authorize: Authorize,
    /// One change at a time.
    pub turns: Arc<dyn Turns>,
    /// Where it is.
    pub invitations: Arc<dyn Invitations>,
    /// What we keep of it.
    pub offers: Arc<dyn Offers>,
    /// Remembers who did it.
    pub audit_log: Arc<dyn AuditLog>,
    /// When.
    pub clock: Arc<dyn Clock>,
}

/// Why it is not taken back.
#[derive(Debug, thiserror::Error)]
pub enum RevokeInvitationError {
    /// The organization has none like this: it never had, or it was accepted.
    #[error("there is no such invitation")]
    UnknownInvitation,
    /// The actor may not do it.
    #[error(transparent)]
    NotAuthorized(#[from] AuthorizeError),
    /// Something outside is down.
    #[error(transparent)]
    Outage(#[from] Outage),
}

impl RevokeInvitation {
    /// Takes it back; answers whose it was. One that was taken back before is success.
    pub async fn run(
        &self,
        session: &Session,
        invitation: &InvitationId,
    ) -> Result<EmailAddress, RevokeInvitationError> {
        let in_turn = self.authorize.in_turn(&*self.turns, session, Permission::InviteMembers);
        let (_turn, administrator) = in_turn.await?;
        let tenant = &administrator.tenant().id;
        let found = self.invitations.find(tenant, invitation).await.map_err(Outage::from)?;
        let offer = self.offers.find(tenant, invitation).await.map_err(Outage::from)?;
        let Some(found) = found else {
            let over = offer.filter(|offer| offer.state != OfferState::Accepted);
            let email = over.map(|offer| offer.email).ok_or(RevokeInvitationError::UnknownInvitation)?;
            let ended = self.offers.end_invitation(tenant, invitation, OfferState::Revoked).await;
            ended.map_err(Outage::from)?;
            return Ok(email);
        };
        self.invitations.revoke(tenant, invitation).await.map_err(Outage::from)?;
        let ended = self.offers.end_invitation(tenant, invitation, OfferState::Revoked).await;
        ended.map_err(Outage::from)?;
        let entry = AuditEntry {
            at: self.clock.now(),
            actor: session.user.clone(),
            actor_name: Some(session.name.clone()),
            tenant: Some(tenant.clone()),
            action: AuditAction::InvitationRevoked,
            subject: found.email.to_string(),
        };
        audit::record(&*self.audit_log, &entry).await;
        Ok(found.email)
    }
}
