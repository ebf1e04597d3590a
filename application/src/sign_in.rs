//! Completing a login: the browser is back from the provider.

mod newcomers;

use std::sync::Arc;
use std::time::Duration;

use tenantry_domain::post_login::{SubscriptionStep, manage_subscription};
use tenantry_domain::{
    AuditAction, AuditEntry, Catalogue, Device, Offer, OfferState, Roles, SessionId, SsoFault, Subscription,
    TenantId, Timestamp,
};
use tenantry_ports::{
    AuditLog, Callback, Clock, IdentityProviderError, Login, LoginAttempt, Members, Offers, Session,
    Sessions, SessionsError, Source, SsoPurpose, Tenants, Turns, UpstreamFault, Users,
};

use crate::redeem::Redeem;
use crate::sso::Passed;
use crate::{Conversions, Outage, SeatCount, SsoGate, SsoRefusal, audit};

/// How long a browser may take at the provider.
pub(crate) const ATTEMPT_LIFETIME: Duration = Duration::from_mins(10);

/// How much longer than an attempt may last the end of sessions is remembered: the callback's own request, and some.
const MARGIN: Duration = Duration::from_mins(5);

/// Until when it is remembered that sessions were ended at `now`: by then no login that was under way can complete.
pub(crate) fn remembered_until(now: Timestamp) -> Timestamp {
    now + ATTEMPT_LIFETIME + MARGIN
}

/// Completes a login and begins the session.
///
/// It runs the guide's two post-login steps, unless the provider has run them and the token carries the result: then
/// it makes no call beyond the exchange of the code.
pub struct SignIn {
    /// Verifies what comes back.
    pub redeem: Redeem,
    /// Who may pass through an organization's own connection, and besides it.
    pub sso: SsoGate,
    /// Where a person's subscription is.
    pub users: Arc<dyn Users>,
    /// Where a tenant's subscription is.
    pub tenants: Arc<dyn Tenants>,
    /// Where roles are.
    pub members: Arc<dyn Members>,
    /// Where the session is kept.
    pub sessions: Arc<dyn Sessions>,
    /// Finishes what the person has paid for and a crash has interrupted.
    pub conversions: Arc<Conversions>,
    /// What we keep of invitations.
    pub offers: Arc<dyn Offers>,
    /// One change at a time.
    pub turns: Arc<dyn Turns>,
    /// Counts the seats that are taken.
    pub seats: SeatCount,
    /// Remembers who has accepted an invitation.
    pub audit_log: Arc<dyn AuditLog>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// How long a newcomer may try, and how many seats a plan has.
    pub catalogue: Arc<Catalogue>,
    /// How long sessions last.
    pub limits: SessionLimits,
}

/// How long sessions last.
#[derive(Clone, Copy, Debug)]
pub struct SessionLimits {
    /// Without being used.
    pub idle: Duration,
    /// In any case.
    pub absolute: Duration,
}

impl Default for SessionLimits {
    /// Auth0's own defaults: three days idle, seven in all.
    fn default() -> Self {
        Self { idle: Duration::from_hours(72), absolute: Duration::from_hours(168) }
    }
}

/// A browser that is back from the provider.
#[derive(Debug)]
pub struct Arrival {
    /// What it brought back. Its `state` has been found to be this attempt's.
    pub callback: Callback,
    /// The attempt that this browser began.
    pub attempt: LoginAttempt,
    /// The id for the new session, made from a fresh secret.
    pub session: SessionId,
    /// The session that this browser had before: it ends.
    pub previous: Option<SessionId>,
    /// What the browser is, and where.
    pub device: Device,
}

/// A login that is complete.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The new session.
    pub session: Session,
    /// Where in the product to go.
    pub return_to: String,
    /// Whether the organization has no seat left for this newcomer: they are signed in, and without a role.
    pub lacks_seat: bool,
}

/// Why nobody is signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// The browser took longer than ten minutes.
    #[error("the login took too long")]
    Expired,
    /// This attempt was answered before.
    #[error("the login was completed before")]
    AlreadyUsed,
    /// The attempt was made at another provider than the one that is asked now.
    #[error("the login was begun at another identity provider")]
    OtherProvider,
    /// The provider has logged the person out before the login was complete.
    #[error("the person was logged out meanwhile")]
    LoggedOut,
    /// The person does not belong to the tenant.
    #[error("the person is not a member of the organization")]
    NotAMember,
    /// The invitation that the login came with is for another account, or for an address that is not proved.
    #[error("the invitation is for another account")]
    InvitedOther,
    /// The invitation that the login came with was accepted, has expired or was taken back.
    #[error("the invitation is good for nothing any more")]
    InvitationSpent,
    /// The provider said no, by a code of RFC 6749.
    #[error("the identity provider refused the login ({error})")]
    Denied {
        /// The code.
        error: String,
        /// The provider's words, for the log.
        description: Option<String>,
    },
    /// The login failed at the organization's own identity provider, or on the way there.
    #[error("the organization's own identity provider ended the login: {fault}")]
    Upstream {
        /// What has to be set right.
        fault: UpstreamFault,
        /// The provider's code.
        error: String,
        /// The words of whoever failed, for the log and for the organization's Administrators.
        description: Option<String>,
    },
    /// What came back proves nothing.
    #[error("what the identity provider sent back was not accepted")]
    Rejected(#[source] Source),
    /// What the organization has said of its own provider does not let the login pass.
    #[error(transparent)]
    Sso(SsoRefusal),
    /// Something outside is down.
    #[error(transparent)]
    Outage(#[from] Outage),
}

impl From<IdentityProviderError> for SignInError {
    fn from(error: IdentityProviderError) -> Self {
        match error {
            IdentityProviderError::NotAMember => Self::NotAMember,
            IdentityProviderError::InvitedOther => Self::InvitedOther,
            IdentityProviderError::InvitationSpent => Self::InvitationSpent,
            IdentityProviderError::Denied { error, description } => Self::Denied { error, description },
            IdentityProviderError::Upstream { fault, error, description } => {
                Self::Upstream { fault, error, description }
            }
            IdentityProviderError::Rejected(source) => Self::Rejected(source),
            outage => Self::Outage(outage.into()),
        }
    }
}

impl SignInError {
    /// Whether the organization's own provider, or what it says of somebody, ended the login.
    pub(crate) fn is_theirs(&self) -> bool {
        matches!(self, Self::Upstream { .. } | Self::NotAMember | Self::Denied { .. })
    }

    /// What it means for a login through an organization's own connection.
    pub(crate) fn sso_fault(&self) -> SsoFault {
        match self {
            Self::Upstream { fault, .. } => upstream(*fault),
            Self::NotAMember => SsoFault::NotAMember,
            Self::Denied { error, .. } if error == "access_denied" => SsoFault::Cancelled,
            _ => SsoFault::Other,
        }
    }
}

/// What went wrong at the organization's own provider, as its administrator reads it.
fn upstream(fault: UpstreamFault) -> SsoFault {
    match fault {
        UpstreamFault::Cancelled => SsoFault::Cancelled,
        UpstreamFault::WrongClient => SsoFault::WrongClient,
        UpstreamFault::WrongRedirect => SsoFault::WrongRedirect,
        UpstreamFault::Certificate => SsoFault::Certificate,
        UpstreamFault::Unreachable => SsoFault::Unreachable,
        UpstreamFault::NotAnswered => SsoFault::NotUnderstood,
        UpstreamFault::Other => SsoFault::Other,
    }
}

impl SignIn {
    /// Verifies what came back, runs the post-login steps and begins the session.
    pub async fn run(&self, arrival: Arrival) -> Result<SignedIn, SignInError> {
        let now = self.clock.now();
        if arrival.attempt.sso.as_ref().is_some_and(|sso| sso.purpose != SsoPurpose::SignIn) {
            // What is tried or asked is for another use case, and signs nobody in.
            return Err(SignInError::AlreadyUsed);
        }
        let login = match self.redeem.run(&arrival.callback, &arrival.attempt, now).await {
            Err(SignInError::InvitedOther) => return self.spent_by_another(&arrival.attempt).await,
            Err(error) => return Err(self.failed(&arrival.attempt, error, now).await),
            Ok(login) => login,
        };
        if let Some(refusal) = self.answers_for_another(&arrival.attempt, &login, now).await {
            if let Some(offer) = self.offer(&arrival.attempt, &login).await? {
                self.uninvite(&login, Some(offer), now).await;
            }
            return Err(SignInError::Sso(refusal));
        }
        let (subscription, roles) = tokio::join!(self.subscription(&login, now), self.roles(&login));
        let owed = self.conversions.take_up(&login.user).await.unwrap_or_else(|outage| {
            // The login does not wait for it: the next sweep finishes the purchase and tells the session.
            tracing::warn!(user = %login.user, %outage, "an interrupted purchase is not finished yet");
            None
        });
        let subscription = match owed {
            Some(owed) if login.tenant.is_none() => Some(owed),
            _ => subscription?,
        };
        let offer = self.offer(&arrival.attempt, &login).await?;
        let refused = refused(&arrival.attempt, offer.as_ref(), &login);
        let is_invited = offer.is_some() && refused.is_none();
        let standing = self.standing(&login, is_invited, roles?, now).await?;
        if let Some(error) = refused {
            // The provider has let them through, and made a member of them.
            match offer {
                Some(offer) => self.uninvite(&login, Some(offer), now).await,
                None => self.keep_out(&login, &standing).await,
            }
            return Err(error);
        }
        let passed = match self.sso.pass(&login, &standing, subscription, now).await? {
            Ok(passed) => passed,
            Err(refusal) => {
                if let SsoRefusal::Required { .. } = refusal {
                    self.uninvite(&login, offer, now).await;
                }
                self.keep_out(&login, &standing).await;
                return Err(SignInError::Sso(refusal));
            }
        };
        if let Some(offer) = offer
            && !self.accept(&login, &offer, now).await?
        {
            self.uninvite(&login, Some(offer), now).await;
            return Err(SignInError::InvitationSpent);
        }
        let (roles, lacks_seat) = self.admit(&login, standing, &passed, subscription, now).await?;
        let session = self.session(arrival.session, &login, passed, subscription, roles, now);
        let begun = self.sessions.begin(&session, &login.claims, arrival.attempt.started_at).await;
        match begun {
            Ok(()) => {}
            Err(SessionsError::LoggedOut) => {
                self.let_go(&login).await?;
                return Err(SignInError::LoggedOut);
            }
            Err(outage @ SessionsError::Unavailable(_)) => return Err(Outage::from(outage).into()),
        }
        if let Some(previous) = arrival.previous {
            self.sessions.end(&previous).await.map_err(Outage::from)?;
        }
        if let Err(error) = self.sessions.note_device(&session.id, &arrival.device, now).await {
            // The session is good all the same; its use is noted again in a few minutes.
            tracing::warn!(%error, "the device of a session can't be noted");
        }
        Ok(SignedIn { session, return_to: arrival.attempt.return_to, lacks_seat })
    }

    /// Their membership may be what has ended meanwhile: then nobody has let them in for good. Whose has not is let in by
    /// the next login.
    async fn let_go(&self, login: &Login) -> Result<(), Outage> {
        if let Some(tenant) = &login.tenant {
            self.sso.requests.dismiss(&tenant.id, &login.user).await?;
        }
        Ok(())
    }

    /// The guide's first step.
    async fn subscription(&self, login: &Login, now: Timestamp) -> Result<Option<Subscription>, Outage> {
        let stored = match (&login.subscription, &login.tenant) {
            (Some(claim), _) => Some(claim.clone()),
            (None, Some(tenant)) => self.tenants.find(&tenant.id).await?.and_then(|found| found.subscription),
            (None, None) => self.users.find(&login.user).await?.and_then(|found| found.subscription),
        };
        let step =
            manage_subscription(stored.as_deref(), login.tenant.is_some(), now, self.catalogue.trial_days());
        match &step {
            SubscriptionStep::StartTrial(trial) => self.users.set_subscription(&login.user, *trial).await?,
            SubscriptionStep::Unreadable(why) => {
                tracing::warn!(user = %login.user, %why, "a stored subscription can't be read");
            }
            SubscriptionStep::Keep(_) | SubscriptionStep::Nothing => {}
        }
        Ok(step.subscription())
    }

    async fn roles(&self, login: &Login) -> Result<Roles, Outage> {
        match (&login.tenant, &login.roles) {
            (None, _) => Ok(Roles::default()),
            (Some(_), Some(roles)) => Ok(roles.clone()),
            (Some(tenant), None) => Ok(self.members.roles(&tenant.id, &login.user).await?),
        }
    }

    /// A login that began at an organization's connection ends with an account of that connection, or with none: the
    /// provider was asked by way of the browser, which may have asked for something else.
    async fn answers_for_another(
        &self,
        attempt: &LoginAttempt,
        login: &Login,
        now: Timestamp,
    ) -> Option<SsoRefusal> {
        let (Some(sso), Some(tenant)) = (&attempt.sso, &attempt.tenant) else { return None };
        if login.connection == attempt.connection {
            return None;
        }
        Some(self.sso.failed(&tenant.id, &sso.request, SsoFault::Other, now).await)
    }

    /// What the login was begun with: what was offered by its invitation.
    async fn offer(&self, attempt: &LoginAttempt, login: &Login) -> Result<Option<Offer>, Outage> {
        let (Some(invitation), Some(tenant)) = (&attempt.invitation, &login.tenant) else { return Ok(None) };
        Ok(self.offers.find(&tenant.id, invitation).await?)
    }

    /// Notes that this is accepted; `false` when it was taken back meanwhile. First that whoever it was for is let in:
    /// should anything break after that, the invitation counts no more, and they are no newcomer all the same.
    async fn accept(&self, login: &Login, offer: &Offer, now: Timestamp) -> Result<bool, Outage> {
        let (Some(tenant), Some(invitation)) = (&login.tenant, &offer.invitation) else { return Ok(true) };
        // Whoever takes it back has the turn, too.
        let _turn = self.turns.take(&tenant.id).await?;
        let held = self.offers.find(&tenant.id, invitation).await?;
        if held.is_none_or(|held| held.state == OfferState::Revoked) {
            return Ok(false);
        }
        self.sso.requests.admit(&tenant.id, &login.user, now).await?;
        if self.offers.end_invitation(&tenant.id, invitation, OfferState::Accepted).await? {
            let accepted = entry(login, &tenant.id, AuditAction::InvitationAccepted, now);
            audit::record(&*self.audit_log, &accepted).await;
        }
        Ok(true)
    }

    /// A login that failed at the provider. What went through an organization's own connection is noted there, so that
    /// its administrator finds it.
    async fn failed(&self, attempt: &LoginAttempt, error: SignInError, now: Timestamp) -> SignInError {
        let Some(tenant) = &attempt.tenant else { return error };
        let request = match (&attempt.sso, &error) {
            (Some(sso), error) if error.is_theirs() => Some(sso.request.clone()),
            // They have chosen it on the organization's login page.
            (None, SignInError::Upstream { .. }) => self.sso.only_one(&tenant.id).await,
            _ => None,
        };
        match request {
            Some(request) => {
                SignInError::Sso(self.sso.failed(&tenant.id, &request, error.sso_fault(), now).await)
            }
            None => error,
        }
    }

    /// The provider lets an invitation count once, also when it comes with the wrong account.
    async fn spent_by_another<T>(&self, attempt: &LoginAttempt) -> Result<T, SignInError> {
        if let (Some(invitation), Some(tenant)) = (&attempt.invitation, &attempt.tenant) {
            let ended = self.offers.end_invitation(&tenant.id, invitation, OfferState::Revoked).await;
            ended.map_err(Outage::from)?;
        }
        Err(SignInError::InvitedOther)
    }

    fn session(
        &self,
        id: SessionId,
        login: &Login,
        passed: Passed,
        subscription: Option<Subscription>,
        roles: Roles,
        now: Timestamp,
    ) -> Session {
        let ends_at = now + self.limits.absolute;
        Session {
            id,
            user: login.user.clone(),
            name: login.name.clone(),
            email: login.email.clone(),
            picture: login.picture.clone(),
            tenant: login.tenant.clone(),
            look: None,
            is_brought: passed.is_brought(),
            roles,
            subscription,
            provider_session: login.provider_session.clone(),
            began_at: now,
            refreshed_at: now,
            idle_until: (now + self.limits.idle).min(ends_at),
            ends_at,
        }
    }
}

/// Why a login that was begun with an invitation does not accept it. The provider compares the address too; what it lets
/// through all the same ends here, and so does what was taken back while the login was under way.
fn refused(attempt: &LoginAttempt, offer: Option<&Offer>, login: &Login) -> Option<SignInError> {
    if attempt.invitation.is_none() || login.tenant.is_none() {
        return None;
    }
    let Some(offer) = offer else { return Some(SignInError::InvitationSpent) };
    if !login.email_verified || login.email.as_ref() != Some(&offer.email) {
        return Some(SignInError::InvitedOther);
    }
    (offer.state == OfferState::Revoked).then_some(SignInError::InvitationSpent)
}

fn entry(login: &Login, tenant: &TenantId, action: AuditAction, at: Timestamp) -> AuditEntry {
    let subject = login.email.as_ref().map_or_else(|| login.name.clone(), ToString::to_string);
    let (actor, actor_name) = (login.user.clone(), Some(login.name.clone()));
    AuditEntry { at, actor, actor_name, tenant: Some(tenant.clone()), action, subject }
}
