//! [`IdentityProvider`] on the fake's state: browsers still go to its login pages, the code is redeemed without HTTP.

use async_trait::async_trait;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use tenantry_domain::{ConnectionName, EmailAddress, Roles, UserId};
use tenantry_oidc::refusal;
use tenantry_ports::{
    Callback, IdentityProvider, IdentityProviderError, Intent, LoggedOut, Login, LoginAttempt, LoginRequest,
    LogoutRequest,
};
use url::Url;

use super::tenants::tenant_ref;
use crate::login::{self, MEMBER_ROLES, Redemption};
use crate::model::AuthorizationCode;
use crate::secrets::sha256;
use crate::store::State;
use crate::{Fake, StoreError, back_channel, tokens};

const SCOPE: &str = "openid profile email";

/// Logins of one client of the fake, without HTTP.
#[derive(Clone, Debug)]
pub struct FakeIdentityProvider {
    fake: Fake,
    client_id: String,
    redirect_uri: Url,
}

/// A login that was completed and does not answer the attempt.
#[derive(Debug, thiserror::Error)]
enum NotBelieved {
    #[error("the nonce belongs to another attempt")]
    Nonce,
    #[error("the login is under another organization than was asked for")]
    OtherTenant,
    #[error("the user is gone")]
    Gone,
    #[error("the token announces no logout of this provider to this client")]
    NoLogout,
}

impl FakeIdentityProvider {
    pub(super) fn new(fake: Fake, client_id: &str, redirect_uri: Url) -> Self {
        Self { fake, client_id: client_id.to_owned(), redirect_uri }
    }

    fn login(
        &self,
        state: &State,
        code: &AuthorizationCode,
        attempt: &LoginAttempt,
    ) -> Result<Login, IdentityProviderError> {
        let core = self.fake.core();
        if code.nonce.as_deref() != Some(attempt.nonce.as_str()) {
            return Err(rejected(NotBelieved::Nonce));
        }
        let user = state.users.get(&code.user_id).ok_or_else(|| rejected(NotBelieved::Gone))?;
        let organization = code.grant.organization.as_ref().and_then(|id| state.organizations.get(id));
        let tenant = match (organization.and_then(tenant_ref), &attempt.tenant) {
            (None, Some(_)) => return Err(IdentityProviderError::NotAMember),
            (Some(got), Some(wanted)) if got != *wanted => return Err(rejected(NotBelieved::OtherTenant)),
            (tenant, _) => tenant,
        };
        let whose = (user, self.client_id.as_str(), &code.grant);
        let nonce = Some(attempt.nonce.as_str());
        let claims = tokens::id_token(state, &core.config.issuer, whose, nonce, core.clock.now());
        let enterprise = state.connection_by_name(&user.connection).filter(|found| found.is_enterprise());
        let roles = claims.get(MEMBER_ROLES).and_then(Value::as_array).filter(|_| tenant.is_some());
        let roles = roles.map(|names| Roles::from_names(names.iter().filter_map(Value::as_str)));
        Ok(Login {
            user: UserId::try_from(user.id.as_str()).map_err(|_| rejected(NotBelieved::Gone))?,
            name: user.display_name().to_owned(),
            email: user.email.as_deref().and_then(|email| EmailAddress::try_from(email).ok()),
            email_verified: user.email_verified,
            picture: Some(tokens::picture_of(user, &core.config.issuer)),
            tenant,
            roles,
            subscription: claims.get(super::SUBSCRIPTION).and_then(|text| text.as_str()).map(str::to_owned),
            federated: enterprise.is_some(),
            connection: enterprise.and_then(|enterprise| ConnectionName::try_from(&*enterprise.name).ok()),
            provider_session: Some(code.grant.sid.clone()),
            claims,
        })
    }
}

#[async_trait]
impl IdentityProvider for FakeIdentityProvider {
    fn issuer(&self) -> &str {
        self.fake.core().config.issuer.as_str()
    }

    async fn authorization_url(&self, request: &LoginRequest) -> Result<Url, IdentityProviderError> {
        let attempt = &request.attempt;
        let wants_sign_up = request.intent == Intent::SignUp;
        let mut url = self.at("authorize")?;
        let mut query = url.query_pairs_mut();
        query
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.client_id)
            .append_pair("redirect_uri", self.redirect_uri.as_str())
            .append_pair("scope", SCOPE)
            .append_pair("state", &attempt.state)
            .append_pair("nonce", &attempt.nonce)
            .append_pair("code_challenge", &sha256(&attempt.code_verifier))
            .append_pair("code_challenge_method", "S256");
        let optional = [
            ("organization", attempt.tenant.as_ref().map(|tenant| tenant.id.as_str())),
            ("invitation", request.invitation.as_deref()),
            ("connection", attempt.connection.as_ref().map(ConnectionName::as_str)),
            ("login_hint", request.email_hint.as_ref().map(EmailAddress::as_str)),
            ("screen_hint", wants_sign_up.then_some("signup")),
            // A session alone would skip the sign-up page.
            ("prompt", (request.reauthenticate || wants_sign_up).then_some("login")),
        ];
        query.extend_pairs(optional.into_iter().filter_map(|(name, value)| Some((name, value?))));
        drop(query);
        Ok(url)
    }

    async fn redeem(
        &self,
        callback: &Callback,
        attempt: &LoginAttempt,
    ) -> Result<Login, IdentityProviderError> {
        let code = match callback {
            Callback::Code { code, .. } => code,
            Callback::Error { error, description, .. } => {
                return Err(refusal(error, description.as_deref(), attempt));
            }
        };
        let core = self.fake.core();
        let now = core.clock.now();
        let redemption = Redemption {
            client_id: &self.client_id,
            code: code.expose_secret(),
            redirect_uri: Some(self.redirect_uri.as_str()),
            code_verifier: Some(&attempt.code_verifier),
        };
        let login = core
            .store
            .write(|state| {
                let code = login::redeem(state, now, &redemption);
                let code = code.map_err(|error| IdentityProviderError::Rejected(Box::new(error)));
                // A refusal is committed as well: the code is spent by the attempt.
                Ok::<_, StoreError>(code.and_then(|code| self.login(state, &code, attempt)))
            })
            .await;
        login.map_err(unavailable)?
    }

    async fn logout_url(&self, request: &LogoutRequest) -> Result<Url, IdentityProviderError> {
        let mut url = self.at("oidc/logout")?;
        url.query_pairs_mut()
            .append_pair("client_id", &self.client_id)
            .append_pair("post_logout_redirect_uri", request.return_to.as_str());
        if let Some(session) = &request.provider_session {
            url.query_pairs_mut().append_pair("logout_hint", session);
        }
        Ok(url)
    }

    async fn verify_logout_token(&self, token: &SecretString) -> Result<LoggedOut, IdentityProviderError> {
        let core = self.fake.core();
        let keys = core.keys.ready().await.map_err(unavailable)?;
        let claims = keys.verify(token.expose_secret()).ok_or_else(|| rejected(NotBelieved::NoLogout))?;
        let said =
            back_channel::read(&claims, core.config.issuer.as_str(), &self.client_id, core.clock.now());
        said.ok_or_else(|| rejected(NotBelieved::NoLogout))
    }
}

impl FakeIdentityProvider {
    fn at(&self, path: &str) -> Result<Url, IdentityProviderError> {
        self.fake.core().config.issuer.join(path).map_err(unavailable)
    }
}

fn rejected(why: NotBelieved) -> IdentityProviderError {
    IdentityProviderError::Rejected(Box::new(why))
}

fn unavailable(error: impl std::error::Error + Send + Sync + 'static) -> IdentityProviderError {
    IdentityProviderError::Unavailable(Box::new(error))
}
