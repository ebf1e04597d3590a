//! Trying a connection before anybody depends on it.

use tenantry_domain::{AuditAction, ClaimMapping, SsoFault, SsoTest, SsoTestOutcome, TestedLogin};
use tenantry_ports::{Callback, Login, LoginAttempt, LogoutRequest, Session, SsoAttempt, SsoPurpose};
use url::Url;

use super::{SsoError, SsoParts};
use crate::redeem::Redeem;
use crate::{BeginSignIn, BeginSignInError, Outage, SignInError, SignInWish, StartedSignIn};

/// Sends an administrator's browser through the connection.
pub struct TestSso {
    /// What it works with.
    pub parts: SsoParts,
    /// Starts the login.
    pub begin: BeginSignIn,
}

/// Reports what came of it. No session begins, nobody becomes a member, whatever came back.
pub struct ReportSsoTest {
    /// What it works with.
    pub parts: SsoParts,
    /// Verifies what came back, as for every login.
    pub redeem: Redeem,
}

/// What came of a test.
#[derive(Clone, Debug)]
pub struct ReportedTest {
    /// The report.
    pub test: SsoTest,
    /// Where to send the browser next: the identity provider knows it as whoever was tested, and is to forget that. The next
    /// login would be theirs, with no question asked.
    pub leave: Option<Url>,
}

/// Why there is no test.
#[derive(Debug, thiserror::Error)]
pub enum TestSsoError {
    /// There is nothing to test yet.
    #[error("enter the discovery URL, the client id and the secret first")]
    NoCredentials,
    /// What came back is no answer to a test of this administrator's.
    #[error("this is not the answer to a test that you began")]
    NotYours,
    /// The browser was away too long, or the answer was used before.
    #[error("this test is over: begin another one")]
    Over,
    /// What may happen to every change.
    #[error(transparent)]
    Sso(#[from] SsoError),
}

impl TestSso {
    /// Starts a login through the connection that will only be reported.
    pub async fn run(&self, session: &Session, request: &str) -> Result<StartedSignIn, TestSsoError> {
        let administrator = self.parts.to_change(session).await?;
        let mut kept = self.parts.find(&administrator.tenant().id, request).await?;
        let upstream = kept.request.upstream.clone().ok_or(TestSsoError::NoCredentials)?;
        let wish = SignInWish {
            connection: Some(upstream.name),
            sso: Some(SsoAttempt { request: kept.request.id.clone(), purpose: SsoPurpose::Test }),
            reauthenticate: true,
            return_to: "/admin/sso".to_owned(),
            ..SignInWish::default()
        };
        let started = self.begin.run(wish).await.map_err(|error| match error {
            BeginSignInError::Outage(outage) => TestSsoError::from(outage),
            BeginSignInError::UnknownIssuer | BeginSignInError::UnknownTenant => TestSsoError::NotYours,
        })?;
        // Where a provider keeps the person on a page of its own, nothing else is ever heard of the test.
        kept.request.test_begun = Some(self.parts.clock.now());
        if let Err(error) = self.parts.save(&mut kept).await {
            tracing::warn!(%error, "it can't be noted that a test has begun");
        }
        Ok(started)
    }
}

impl ReportSsoTest {
    /// Keeps what came back as the report of the test. The session is the administrator's who began it. The browser is to
    /// come back to `return_to` from where it is sent.
    pub async fn run(
        &self,
        session: &Session,
        callback: &Callback,
        attempt: &LoginAttempt,
        return_to: Url,
    ) -> Result<ReportedTest, TestSsoError> {
        let administrator = self.parts.to_change(session).await?;
        let tenant = administrator.tenant();
        let asked = attempt
            .sso
            .as_ref()
            .filter(|sso| sso.purpose == SsoPurpose::Test)
            .ok_or(TestSsoError::NotYours)?;
        let kept = self.parts.find(&tenant.id, asked.request.as_str()).await?;
        let upstream = kept.request.upstream.clone().ok_or(TestSsoError::NoCredentials)?;
        let now = self.parts.clock.now();
        let mut at_provider = None;
        let redeemed = self.redeem.run(callback, attempt, now).await.inspect(|login| {
            at_provider.clone_from(&login.provider_session);
        });
        let outcome = match redeemed {
            Ok(login) if login.connection.as_ref() == Some(&upstream.name) => {
                SsoTestOutcome::Arrived(tested(login, &kept.request.admission.mappings))
            }
            Ok(_) => SsoTestOutcome::Failed(SsoFault::Other),
            Err(SignInError::Expired | SignInError::AlreadyUsed) => return Err(TestSsoError::Over),
            Err(SignInError::Outage(outage)) => return Err(SsoError::from(outage).into()),
            Err(error) => SsoTestOutcome::Failed(error.sso_fault()),
        };
        let test = SsoTest { at: now, outcome };
        self.keep(&tenant.id, asked.request.as_str(), &upstream, &test).await?;
        let subject = kept.request.display_name.to_string();
        self.parts.record(session, tenant, AuditAction::SsoTested, subject).await;
        let at_provider = at_provider.filter(|tested| session.provider_session.as_ref() != Some(tested));
        let leave = self.way_out(at_provider, return_to).await;
        Ok(ReportedTest { test, leave })
    }

    /// Where the provider forgets the session that began with the test.
    async fn way_out(&self, at_provider: Option<String>, return_to: Url) -> Option<Url> {
        let request = LogoutRequest { provider_session: Some(at_provider?), return_to };
        let url = self.redeem.provider.logout_url(&request).await;
        url.inspect_err(|error| tracing::warn!(%error, "a tested login stays at the identity provider")).ok()
    }

    /// A test says something of the credentials with which it was made, and of no others.
    async fn keep(
        &self,
        tenant: &tenantry_domain::TenantId,
        request: &str,
        tested: &tenantry_domain::Upstream,
        test: &SsoTest,
    ) -> Result<(), SsoError> {
        // Somebody else may save in between; then it is read again, once.
        for is_last in [false, true] {
            let mut kept = self.parts.find(tenant, request).await?;
            if kept.request.upstream.as_ref() != Some(tested) {
                return Err(SsoError::Changed);
            }
            kept.request.tested(test.clone());
            match self.parts.save(&mut kept).await {
                Err(SsoError::Changed) if !is_last => {}
                outcome => return outcome,
            }
        }
        Err(SsoError::Changed)
    }
}

fn tested(login: Login, mappings: &[ClaimMapping]) -> TestedLogin {
    TestedLogin::new(login.name, login.email, login.email_verified, &login.claims, mappings)
}

impl From<Outage> for TestSsoError {
    fn from(outage: Outage) -> Self {
        Self::Sso(outage.into())
    }
}
