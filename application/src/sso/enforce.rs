//! Making single sign-on the only way in.

use std::collections::BTreeSet;
use std::pin::pin;
use std::sync::Arc;

use futures::{Stream, StreamExt, stream};
use tenantry_domain::{AuditAction, Enforcement, Role, SsoRequest, SsoState, TenantId, UserId};
use tenantry_ports::{KeptSsoRequest, Members, Offers, Session};

use super::{SsoError, SsoParts};
use crate::Outage;

/// Says who has to come in through a connection. Wherever somebody has to, everybody else's sessions under the organization
/// end, and those under none of people with addresses in its domains: the old ways in are closed for those who are in, too.
pub struct EnforceSso {
    /// What it works with.
    pub parts: SsoParts,
    /// Who runs the organization.
    pub members: Arc<dyn Members>,
    /// Who is invited to it.
    pub offers: Arc<dyn Offers>,
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
    /// More are chosen for that than can be.
    #[error("choose at most {MOST_GLASS_HOLDERS} Administrators who can still log in another way")]
    TooMany,
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

/// So many Administrators can be chosen to come in another way.
pub const MOST_GLASS_HOLDERS: usize = 20;

/// So many people are asked for at the provider at once.
pub(super) const AT_ONCE: usize = 5;

impl EnforceSso {
    /// Changes the rule. Repeatable. Where nobody says who can still come in another way, it is whoever was chosen and
    /// still can, or whoever asks when none of those can; where nothing is demanded, the choice stays as it is.
    pub async fn run(
        &self,
        session: &Session,
        request: &str,
        enforcement: Enforcement,
        break_glass: Option<&BTreeSet<UserId>>,
    ) -> Result<KeptSsoRequest, EnforceSsoError> {
        let (_turn, administrator) = self.parts.in_turn(session).await?;
        let tenant = administrator.tenant();
        let mut kept = self.parts.find(&tenant.id, request).await?;
        kept.request = self.ruled(session, &kept.request, enforcement, break_glass).await?;
        self.parts.save(&mut kept).await?;
        // Also when nothing is new: an interruption may have left sessions from before.
        if enforcement != Enforcement::Off {
            self.parts.end_sessions(session, &kept.request).await.map_err(SsoError::from)?;
        }
        let subject = format!("{}: {}", kept.request.display_name, enforcement.as_str());
        self.parts.record(session, tenant, AuditAction::SsoEnforced, subject).await;
        Ok(kept)
    }

    /// The request with the rule, if it can be.
    pub(super) async fn ruled(
        &self,
        session: &Session,
        request: &SsoRequest,
        enforcement: Enforcement,
        break_glass: Option<&BTreeSet<UserId>>,
    ) -> Result<SsoRequest, EnforceSsoError> {
        let is_demanded = enforcement != Enforcement::Off;
        if is_demanded && request.state != SsoState::On {
            return Err(EnforceSsoError::NotOn);
        }
        let tenant = &request.tenant.id;
        let break_glass = match break_glass {
            Some(nobody) if nobody.is_empty() && is_demanded => return Err(EnforceSsoError::NobodyLeft),
            Some(named) if named.len() > MOST_GLASS_HOLDERS => return Err(EnforceSsoError::TooMany),
            Some(named) => {
                let mut judged = pin!(self.judge(tenant, named, is_demanded));
                while let Some((_, may)) = judged.next().await {
                    may?;
                }
                named.clone()
            }
            None if is_demanded => self.standing(session, request).await?,
            None => request.break_glass.clone(),
        };
        Ok(SsoRequest { enforcement, break_glass, ..request.clone() })
    }

    /// Who of those chosen before can still come in another way; whoever asks when none can.
    async fn standing(
        &self,
        session: &Session,
        request: &SsoRequest,
    ) -> Result<BTreeSet<UserId>, EnforceSsoError> {
        let tenant = &request.tenant.id;
        let mut standing = BTreeSet::new();
        let mut judged = pin!(self.judge(tenant, &request.break_glass, true));
        while let Some((user, may)) = judged.next().await {
            match may {
                Ok(()) => drop(standing.insert(user)),
                Err(EnforceSsoError::NoAdministrator | EnforceSsoError::NoOtherWay) => {}
                Err(error) => return Err(error),
            }
        }
        if standing.is_empty() {
            self.may(tenant, &session.user, true).await?;
            standing.insert(session.user.clone());
        }
        Ok(standing)
    }

    /// Which of these may still come in another way.
    fn judge<'a>(
        &'a self,
        tenant: &'a TenantId,
        users: &'a BTreeSet<UserId>,
        is_demanded: bool,
    ) -> impl Stream<Item = (UserId, Result<(), EnforceSsoError>)> + 'a {
        let judged = move |user: UserId| async move {
            let may = self.may(tenant, &user, is_demanded).await;
            (user, may)
        };
        stream::iter(users.iter().cloned()).map(judged).buffered(AT_ONCE)
    }

    /// Fails unless this is an Administrator who has another way. Where nothing is demanded, nobody needs one.
    async fn may(&self, tenant: &TenantId, user: &UserId, is_demanded: bool) -> Result<(), EnforceSsoError> {
        let roles = self.members.roles(tenant, user).await.map_err(Outage::from);
        if !roles.map_err(SsoError::from)?.contains(Role::Administrator) {
            return Err(EnforceSsoError::NoAdministrator);
        }
        let depends = self.parts.requests.has_brought(tenant, user).await.map_err(SsoError::from)?;
        if depends && is_demanded { Err(EnforceSsoError::NoOtherWay) } else { Ok(()) }
    }
}
