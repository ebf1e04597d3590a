//! Starting a login: the browser leaves for the provider, and remembers its attempt.

use std::sync::Arc;

use tenantry_domain::{ConnectionName, EmailAddress, InvitationId, TenantId, TenantRef, Ticket};
use tenantry_ports::{
    Clock, IdentityProvider, Intent, LoginAttempt, LoginRequest, Random, SsoAttempt, TenantLooks, Tenants,
};
use url::Url;

use crate::{Outage, looks};

/// Starts a login, or the making of an account.
#[derive(Clone)]
pub struct BeginSignIn {
    /// Where people log in.
    pub provider: Arc<dyn IdentityProvider>,
    /// Finds the tenant that a link names.
    pub tenants: Arc<dyn Tenants>,
    /// Where it is noted how that tenant looks.
    pub looks: Arc<dyn TenantLooks>,
    /// Stamps the attempt.
    pub clock: Arc<dyn Clock>,
    /// Makes the attempt's secrets.
    pub random: Arc<dyn Random>,
}

/// What a person came for.
#[derive(Clone, Debug, Default)]
pub struct SignInWish {
    /// Who sends the person, when somebody else's link says so (OpenID Connect Core section 4, `iss`).
    pub sent_by: Option<String>,
    /// To sign in or to make an account.
    pub intent: Intent,
    /// Under which tenant.
    pub under: Under,
    /// An invitation to be accepted by this login: which, and the ticket of its link.
    pub invitation: Option<(InvitationId, Ticket)>,
    /// Which connection to use.
    pub connection: Option<ConnectionName>,
    /// The request that this connection came of, when it is an organization's own.
    pub sso: Option<SsoAttempt>,
    /// Who is probably signing in.
    pub email_hint: Option<EmailAddress>,
    /// Whether to ask for credentials even when the provider knows the browser.
    pub reauthenticate: bool,
    /// Where in the product to go afterwards: a path that has been checked to lead nowhere else.
    pub return_to: String,
}

/// Under which tenant to sign in.
#[derive(Clone, Debug, Default)]
pub enum Under {
    /// As a person.
    #[default]
    NoTenant,
    /// Under this one, which the product looked up itself.
    Tenant(TenantRef),
    /// Under the one that a link names. Only its id is believed: the name is looked up.
    Link(TenantId),
}

/// A login that was started.
#[derive(Clone, Debug)]
pub struct StartedSignIn {
    /// Where to send the browser.
    pub url: Url,
    /// What the browser, and nobody else, has to remember until it comes back.
    pub attempt: LoginAttempt,
}

/// Why no login was started.
#[derive(Debug, thiserror::Error)]
pub enum BeginSignInError {
    /// The link wants the login at a provider that is not ours.
    #[error("the link comes from another identity provider")]
    UnknownIssuer,
    /// The link names a tenant that does not exist.
    #[error("there is no such organization")]
    UnknownTenant,
    /// Something outside is down.
    #[error(transparent)]
    Outage(#[from] Outage),
}

impl BeginSignIn {
    /// Makes the attempt's secrets and asks the provider where to send the browser.
    pub async fn run(&self, wish: SignInWish) -> Result<StartedSignIn, BeginSignInError> {
        let issuer = self.provider.issuer();
        if wish.sent_by.is_some_and(|sender| sender != issuer) {
            return Err(BeginSignInError::UnknownIssuer);
        }
        let tenant = match wish.under {
            Under::NoTenant => None,
            Under::Tenant(tenant) => Some(tenant),
            Under::Link(id) => {
                let found = self.tenants.find(&id).await.map_err(Outage::from)?;
                let found = found.ok_or(BeginSignInError::UnknownTenant)?;
                looks::seen_before_login(&*self.looks, &found).await;
                Some(found.tenant)
            }
        };
        let attempt = LoginAttempt {
            issuer: issuer.to_owned(),
            state: self.secret(),
            nonce: self.secret(),
            code_verifier: self.secret(),
            tenant,
            connection: wish.connection,
            invitation: wish.invitation.as_ref().map(|(id, _)| id.clone()),
            sso: wish.sso,
            return_to: wish.return_to,
            started_at: self.clock.now(),
        };
        let request = LoginRequest {
            attempt,
            intent: wish.intent,
            invitation: wish.invitation.map(|(_, ticket)| ticket.as_str().to_owned()),
            email_hint: wish.email_hint,
            reauthenticate: wish.reauthenticate,
        };
        let url = self.provider.authorization_url(&request).await.map_err(Outage::from)?;
        Ok(StartedSignIn { url, attempt: request.attempt })
    }

    /// 256 random bits in hexadecimal: 64 characters that every standard takes for a state, a nonce or a verifier.
    fn secret(&self) -> String {
        self.random.hex(32)
    }
}
