//! Making single sign-on the only way in.

use std::collections::BTreeSet;
use std::sync::Arc;

use tenantry_domain::{AuditAction, Enforcement, Role, SsoRequest, SsoState, TenantId, UserId};
use tenantry_ports::{KeptSsoRequest, Members, Session, Sessions};

use super::{SsoError, SsoParts};
use crate::Outage;

/// Says who has to come in through a connection. Everybody's sessions under the organization end when it gets stricter, and
/// those under none of people with addresses in its domains: the old ways in are closed for those who are in, too.
pub struct EnforceSso {
    /// What it works with.
    pub parts: SsoParts,
    /// Who runs the organization.
    pub members: Arc<dyn Members>,
    /// Who is signed in.
    pub sessions: Arc<dyn Sessions>,
}

/// Why the rule stays as it is.
#[derive(Debug, thiserror::Error)]
pub enum EnforceSsoError {
    /// Nobody comes in through the connection yet.
    #[error("turn the connection on first")]
    NotOn,
    /// Nobody could come in if the connection failed.
    #[error("choose at least one Administrator who can still log in another way if the connection fails")]
    NobodyLeft,
    /// Somebody chosen for that is no Administrator.
    #[error("only an Administrator of the organization can be the one who still logs in another way")]
    NoAdministrator,
    /// Somebody chosen for that comes in through the organization's own connection alone.
    #[error("that account comes in through this connection itself: choose one with a password")]
    NoOtherWay,
    /// What may happen to every change.
    #[error(transparent)]
    Sso(#[from] SsoError),
}

impl EnforceSso {
    /// Changes the rule. Repeatable.
    pub async fn run(
        &self,
        session: &Session,
        request: &str,
        enforcement: Enforcement,
        break_glass: BTreeSet<UserId>,
    ) -> Result<KeptSsoRequest, EnforceSsoError> {
        let (_turn, administrator) = self.parts.in_turn(session).await?;
        let tenant = administrator.tenant();
        let mut kept = self.parts.find(&tenant.id, request).await?;
        self.may_be(&tenant.id, &kept.request, enforcement, &break_glass).await?;
        kept.request.enforcement = enforcement;
        kept.request.break_glass = break_glass;
        self.parts.save(&mut kept).await?;
        // Also when nothing is new: an interruption may have left sessions from before.
        if enforcement != Enforcement::Off {
            self.parts.end_sessions(&*self.sessions, session, &kept.request).await?;
        }
        let subject = format!("{}: {}", kept.request.display_name, enforcement.as_str());
        self.parts.record(session, tenant, AuditAction::SsoEnforced, subject).await;
        Ok(kept)
    }

    /// Fails unless the connection can be demanded like this, and these can break the glass.
    pub(super) async fn may_be(
        &self,
        tenant: &TenantId,
        request: &SsoRequest,
        enforcement: Enforcement,
        break_glass: &BTreeSet<UserId>,
    ) -> Result<(), EnforceSsoError> {
        if enforcement != Enforcement::Off {
            if request.state != SsoState::On {
                return Err(EnforceSsoError::NotOn);
            }
            if break_glass.is_empty() {
                return Err(EnforceSsoError::NobodyLeft);
            }
        }
        for user in break_glass {
            let roles = self.members.roles(tenant, user).await.map_err(Outage::from);
            if !roles.map_err(SsoError::from)?.contains(Role::Administrator) {
                return Err(EnforceSsoError::NoAdministrator);
            }
            // Where nothing is demanded, nobody needs another way.
            let depends = self.parts.requests.has_brought(tenant, user).await.map_err(SsoError::from)?;
            if depends && enforcement != Enforcement::Off {
                return Err(EnforceSsoError::NoOtherWay);
            }
        }
        Ok(())
    }
}
