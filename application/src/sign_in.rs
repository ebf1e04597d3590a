//! Completing a login: the browser is back from the provider.

use std::sync::Arc;
use std::time::Duration;

use tenantry_domain::post_login::{SubscriptionStep, default_member_role, manage_subscription};
use tenantry_domain::{Roles, SessionId, Subscription, Timestamp};
use tenantry_ports::{
    Callback, Clock, IdentityProvider, IdentityProviderError, Login, LoginAttempt, LoginAttempts, Members,
    Session, Sessions, SessionsError, Source, Tenants, Users,
};

use crate::{Conversions, Outage};

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
    /// Where people log in.
    pub provider: Arc<dyn IdentityProvider>,
    /// Where a person's subscription is.
    pub users: Arc<dyn Users>,
    /// Where a tenant's subscription is.
    pub tenants: Arc<dyn Tenants>,
    /// Where roles are.
    pub members: Arc<dyn Members>,
    /// Where the session is kept.
    pub sessions: Arc<dyn Sessions>,
    /// Sees to it that an attempt counts once.
    pub attempts: Arc<dyn LoginAttempts>,
    /// Finishes what the person has paid for and a crash has interrupted.
    pub conversions: Arc<Conversions>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// How long a newcomer may try, in days.
    pub trial_days: u32,
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
}

/// A login that is complete.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The new session.
    pub session: Session,
    /// Where in the product to go.
    pub return_to: String,
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
    /// The provider said no, by a code of RFC 6749.
    #[error("the identity provider refused the login ({error})")]
    Denied {
        /// The code.
        error: String,
        /// The provider's words, for the log.
        description: Option<String>,
    },
    /// What came back proves nothing.
    #[error("what the identity provider sent back was not accepted")]
    Rejected(#[source] Source),
    /// Something outside is down.
    #[error(transparent)]
    Outage(#[from] Outage),
}

impl From<IdentityProviderError> for SignInError {
    fn from(error: IdentityProviderError) -> Self {
        match error {
            IdentityProviderError::NotAMember => Self::NotAMember,
            IdentityProviderError::Denied { error, description } => Self::Denied { error, description },
            IdentityProviderError::Rejected(source) => Self::Rejected(source),
            outage => Self::Outage(outage.into()),
        }
    }
}

impl SignIn {
    /// Verifies what came back, runs the post-login steps and begins the session.
    pub async fn run(&self, arrival: Arrival) -> Result<SignedIn, SignInError> {
        let now = self.clock.now();
        let deadline = arrival.attempt.started_at + ATTEMPT_LIFETIME;
        if now > deadline {
            return Err(SignInError::Expired);
        }
        if !self.attempts.spend(&arrival.attempt.state, deadline).await.map_err(Outage::from)? {
            return Err(SignInError::AlreadyUsed);
        }
        if arrival.attempt.issuer != self.provider.issuer() {
            return Err(SignInError::OtherProvider);
        }
        let login = self.provider.redeem(&arrival.callback, &arrival.attempt).await?;
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
        let session = self.session(arrival.session, &login, subscription, roles?, now);
        let begun = self.sessions.begin(&session, &login.claims, arrival.attempt.started_at).await;
        begun.map_err(|error| match error {
            SessionsError::LoggedOut => SignInError::LoggedOut,
            outage @ SessionsError::Unavailable(_) => Outage::from(outage).into(),
        })?;
        if let Some(previous) = arrival.previous {
            self.sessions.end(&previous).await.map_err(Outage::from)?;
        }
        Ok(SignedIn { session, return_to: arrival.attempt.return_to })
    }

    /// The guide's first step.
    async fn subscription(&self, login: &Login, now: Timestamp) -> Result<Option<Subscription>, Outage> {
        let stored = match (&login.subscription, &login.tenant) {
            (Some(claim), _) => Some(claim.clone()),
            (None, Some(tenant)) => self.tenants.find(&tenant.id).await?.and_then(|found| found.subscription),
            (None, None) => self.users.find(&login.user).await?.and_then(|found| found.subscription),
        };
        let step = manage_subscription(stored.as_deref(), login.tenant.is_some(), now, self.trial_days);
        match &step {
            SubscriptionStep::StartTrial(trial) => self.users.set_subscription(&login.user, *trial).await?,
            SubscriptionStep::Unreadable(why) => {
                tracing::warn!(user = %login.user, %why, "a stored subscription can't be read");
            }
            SubscriptionStep::Keep(_) | SubscriptionStep::Nothing => {}
        }
        Ok(step.subscription())
    }

    /// The guide's second step.
    async fn roles(&self, login: &Login) -> Result<Roles, Outage> {
        let Some(tenant) = &login.tenant else { return Ok(Roles::default()) };
        let roles = match &login.roles {
            Some(roles) => roles.clone(),
            None => self.members.roles(&tenant.id, &login.user).await?,
        };
        match default_member_role(true, login.federated, &roles) {
            Some(role) => {
                self.members.assign(&tenant.id, &login.user, role).await?;
                Ok(Roles::from(role))
            }
            None => Ok(roles),
        }
    }

    fn session(
        &self,
        id: SessionId,
        login: &Login,
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
