//! [`IdentityProvider`] at Auth0: Universal Login, the authorization code flow, and organizations.

use std::sync::Arc;

use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};
use tenantry_domain::{ConnectionName, EmailAddress, Roles, TenantId, TenantRef, UserId};
use tenantry_oidc::{AuthorizationRequest, IdToken, OidcError, Pkce, RelyingParty, refusal};
use tenantry_ports::{
    Callback, IdentityProvider, IdentityProviderError, Intent, LoggedOut, Login, LoginAttempt, LoginRequest,
    LogoutRequest, Tenants,
};
use url::Url;

const SCOPE: &str = "openid profile email";
/// The claim in which the first post-login step puts the subscription.
const SUBSCRIPTION: &str = "subscription";
/// The claim in which the second post-login step puts the names of the roles in the organization.
const MEMBER_ROLES: &str = "member_roles";
/// How ids of people begin who came through an enterprise's own identity provider.
const ENTERPRISE: [&str; 8] =
    ["oidc|", "okta|", "samlp|", "waad|", "adfs|", "google-apps|", "pingfederate|", "ad|"];

/// Logins through Auth0.
#[derive(Clone)]
pub struct Auth0IdentityProvider {
    relying_party: Arc<RelyingParty>,
    tenants: Arc<dyn Tenants>,
}

/// A login that Auth0 completed and that we don't believe.
#[derive(Debug, thiserror::Error)]
enum NotBelieved {
    #[error("the token belongs to another organization than was asked for")]
    OtherTenant,
    #[error("the token belongs to an organization that Auth0 does not know")]
    UnknownTenant,
    #[error("{0} can't be an identifier")]
    Identifier(&'static str),
}

impl Auth0IdentityProvider {
    pub(crate) fn new(relying_party: Arc<RelyingParty>, tenants: Arc<dyn Tenants>) -> Self {
        Self { relying_party, tenants }
    }

    /// The tenant of the login: the one that was asked for, or none when none was. One that Auth0 chose with the person
    /// is looked up.
    async fn tenant(
        &self,
        claims: &Map<String, Value>,
        attempt: &LoginAttempt,
    ) -> Result<Option<TenantRef>, IdentityProviderError> {
        let id = match claims.get("org_id") {
            // What is there and can't be read must not pass for a login under no organization.
            Some(id) => TenantId::try_from(id.as_str().unwrap_or_default())
                .map_err(|_| not_believed(NotBelieved::Identifier("org_id")))?,
            None if attempt.tenant.is_some() => return Err(IdentityProviderError::NotAMember),
            None => return Ok(None),
        };
        match &attempt.tenant {
            Some(wanted) if wanted.id == id => Ok(Some(wanted.clone())),
            Some(_) => Err(not_believed(NotBelieved::OtherTenant)),
            None => {
                let found = self
                    .tenants
                    .find(&id)
                    .await
                    .map_err(|error| IdentityProviderError::Unavailable(Box::new(error)))?;
                found.map(|found| Some(found.tenant)).ok_or_else(|| not_believed(NotBelieved::UnknownTenant))
            }
        }
    }

    async fn login(&self, token: IdToken, attempt: &LoginAttempt) -> Result<Login, IdentityProviderError> {
        let claims = token.claims;
        let tenant = self.tenant(&claims, attempt).await?;
        let user = UserId::try_from(token.subject.as_str())
            .map_err(|_| not_believed(NotBelieved::Identifier("sub")))?;
        let email = text(&claims, "email");
        let name = text(&claims, "name").or(email).or_else(|| text(&claims, "nickname"));
        let address = email.and_then(|email| EmailAddress::try_from(email).ok());
        let roles = claims.get(MEMBER_ROLES).and_then(Value::as_array);
        Ok(Login {
            name: name.unwrap_or_default().to_owned(),
            email_verified: address.is_some() && claims.get("email_verified") == Some(&Value::Bool(true)),
            email: address,
            picture: text(&claims, "picture").map(str::to_owned),
            roles: roles
                .filter(|_| tenant.is_some())
                .map(|names| Roles::from_names(names.iter().filter_map(Value::as_str))),
            subscription: text(&claims, SUBSCRIPTION).map(str::to_owned),
            federated: ENTERPRISE.iter().any(|prefix| token.subject.starts_with(prefix)),
            connection: connection_of(&token.subject),
            provider_session: token.session_id,
            user,
            tenant,
            claims,
        })
    }
}

#[async_trait]
impl IdentityProvider for Auth0IdentityProvider {
    fn issuer(&self) -> &str {
        self.relying_party.registration().issuer.as_str()
    }

    async fn authorization_url(&self, request: &LoginRequest) -> Result<Url, IdentityProviderError> {
        let attempt = &request.attempt;
        let pkce = Pkce::from_verifier(attempt.code_verifier.clone());
        let mut extra = Vec::new();
        if let Some(tenant) = &attempt.tenant {
            extra.push(("organization", tenant.id.as_str()));
        }
        if let Some(invitation) = &request.invitation {
            extra.push(("invitation", invitation));
        }
        if let Some(connection) = &attempt.connection {
            extra.push(("connection", connection.as_str()));
        }
        if let Some(email) = &request.email_hint {
            extra.push(("login_hint", email.as_str()));
        }
        if request.intent == Intent::SignUp {
            extra.push(("screen_hint", "signup"));
        }
        if request.reauthenticate || request.intent == Intent::SignUp {
            // With a session at Auth0 the hint alone would skip the sign-up page.
            extra.push(("prompt", "login"));
        }
        let request = AuthorizationRequest {
            state: &attempt.state,
            nonce: &attempt.nonce,
            code_challenge: pkce.challenge(),
            scope: SCOPE,
            extra: &extra,
        };
        self.relying_party.authorization_url(&request).await.map_err(login_error)
    }

    async fn redeem(
        &self,
        callback: &Callback,
        attempt: &LoginAttempt,
    ) -> Result<Login, IdentityProviderError> {
        match callback {
            Callback::Code { code, issuer } => {
                self.relying_party.check_response_issuer(issuer.as_deref()).await.map_err(login_error)?;
                let tokens = self
                    .relying_party
                    .exchange_code(code.expose_secret(), &attempt.code_verifier)
                    .await
                    .map_err(login_error)?;
                let token = self
                    .relying_party
                    .verify_id_token(tokens.id_token.expose_secret(), &attempt.nonce, None)
                    .await
                    .map_err(login_error)?;
                self.login(token, attempt).await
            }
            Callback::Error { error, description, issuer } => {
                self.relying_party.check_response_issuer(issuer.as_deref()).await.map_err(login_error)?;
                Err(refusal(error, description.as_deref(), attempt))
            }
        }
    }

    async fn logout_url(&self, request: &LogoutRequest) -> Result<Url, IdentityProviderError> {
        let registration = self.relying_party.registration();
        let metadata = self.relying_party.metadata().await.map_err(login_error)?;
        let return_to = request.return_to.as_str();
        // Without a hint of whose session it is Auth0 would ask the person whether they mean it.
        let url = match (&metadata.end_session_endpoint, &request.provider_session) {
            (Some(endpoint), Some(session)) => {
                let mut url = endpoint.clone();
                url.query_pairs_mut()
                    .append_pair("client_id", &registration.client_id)
                    .append_pair("post_logout_redirect_uri", return_to)
                    .append_pair("logout_hint", session);
                url
            }
            _ => {
                let mut url = Url::parse(&format!("{}v2/logout", registration.issuer.as_str()))
                    .map_err(|error| IdentityProviderError::Unavailable(Box::new(error)))?;
                url.query_pairs_mut()
                    .append_pair("client_id", &registration.client_id)
                    .append_pair("returnTo", return_to);
                url
            }
        };
        Ok(url)
    }

    async fn verify_logout_token(&self, token: &SecretString) -> Result<LoggedOut, IdentityProviderError> {
        let verified = self.relying_party.verify_logout_token(token.expose_secret()).await;
        let verified = verified.map_err(login_error)?;
        // With both, it is this session alone that has ended (OpenID Connect Back-Channel Logout section 2.4).
        match (verified.session_id, verified.subject) {
            (Some(session), _) => Ok(LoggedOut::ProviderSession(session)),
            (None, subject) => UserId::try_from(subject.as_deref().unwrap_or_default())
                .map(LoggedOut::User)
                .map_err(|_| not_believed(NotBelieved::Identifier("sub"))),
        }
    }
}

/// The connection that stands in an enterprise's id of a person: `STRATEGY|CONNECTION|ID-THERE`.
fn connection_of(subject: &str) -> Option<ConnectionName> {
    let rest = ENTERPRISE.iter().find_map(|prefix| subject.strip_prefix(prefix))?;
    let (name, _) = rest.split_once('|')?;
    ConnectionName::try_from(name).ok()
}

fn text<'a>(claims: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    claims.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
}

fn not_believed(why: NotBelieved) -> IdentityProviderError {
    IdentityProviderError::Rejected(Box::new(why))
}

fn login_error(error: OidcError) -> IdentityProviderError {
    match error {
        OidcError::RateLimited { retry_after } => IdentityProviderError::RateLimited { retry_after },
        error @ (OidcError::Rejected(_) | OidcError::ResponseIssuer | OidcError::Denied { .. }) => {
            IdentityProviderError::Rejected(Box::new(error))
        }
        error => IdentityProviderError::Unavailable(Box::new(error)),
    }
}
