//! Logging in and out at the identity provider.

use std::time::Duration;

use async_trait::async_trait;
use secrecy::SecretString;
use tenantry_domain::{
    ConnectionName, EmailAddress, InvitationId, Roles, SsoRequestId, TenantRef, Timestamp, UserId,
};
use url::Url;

use crate::Source;

/// Sends browsers to the provider and understands what they bring back.
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait IdentityProvider: Send + Sync {
    /// The provider's name for itself, exactly as it stands in everything that it sends (OpenID Connect Core, `iss`).
    fn issuer(&self) -> &str;

    /// Where to send the browser for this login.
    async fn authorization_url(&self, request: &LoginRequest) -> Result<Url, IdentityProviderError>;

    /// Turns what the browser brought back into a verified login. Everything about the token is checked (OpenID
    /// Connect Core section 3.1.3.7), and that it answers this attempt: the caller has already compared `state`.
    ///
    /// A login that was asked for under a tenant answers with that tenant or with
    /// [`IdentityProviderError::NotAMember`], never without a tenant or with another.
    async fn redeem(
        &self,
        callback: &Callback,
        attempt: &LoginAttempt,
    ) -> Result<Login, IdentityProviderError>;

    /// Where to send the browser so that it is signed out at the provider too; it comes back to `return_to`.
    async fn logout_url(&self, request: &LogoutRequest) -> Result<Url, IdentityProviderError>;

    /// Whom the provider says, by a token that nobody's browser has carried, that it has logged out (OpenID Connect
    /// Back-Channel Logout section 2.6). A token that fails a check is [`IdentityProviderError::Rejected`]; one that was
    /// seen before is believed again.
    async fn verify_logout_token(&self, token: &SecretString) -> Result<LoggedOut, IdentityProviderError>;
}

/// What a person came for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Intent {
    /// To sign in.
    #[default]
    SignIn,
    /// To make an account.
    SignUp,
}

/// A login to be started at the provider.
#[derive(Clone, Debug)]
pub struct LoginRequest {
    /// The secrets of this attempt, of which the provider sees `state`, `nonce` and the hash of the verifier.
    pub attempt: LoginAttempt,
    /// To sign in or to make an account.
    pub intent: Intent,
    /// The ticket of an invitation, to be accepted by this login.
    pub invitation: Option<String>,
    /// Who is probably signing in.
    pub email_hint: Option<EmailAddress>,
    /// Whether to ask for credentials even when the provider knows the browser.
    pub reauthenticate: bool,
}

/// One attempt to log in, remembered by the browser that makes it and by nobody else.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct LoginAttempt {
    /// At which provider it was made: no other may answer it.
    pub issuer: String,
    /// Ties the callback to this browser (RFC 6749 section 10.12).
    pub state: String,
    /// Ties the ID token to this attempt (OpenID Connect Core section 15.5.2).
    pub nonce: String,
    /// Ties the code to this attempt (RFC 7636): the verifier, 43 to 128 unreserved characters.
    pub code_verifier: String,
    /// Under which tenant.
    pub tenant: Option<TenantRef>,
    /// Through which connection, when it is known.
    #[serde(default)]
    pub connection: Option<ConnectionName>,
    /// The invitation that is to be accepted.
    #[serde(default)]
    pub invitation: Option<InvitationId>,
    /// The organization's own connection through which the login goes.
    #[serde(default)]
    pub sso: Option<SsoAttempt>,
    /// Where in the product to go afterwards.
    pub return_to: String,
    /// When the attempt began.
    pub started_at: Timestamp,
}

/// A login through an organization's own connection.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct SsoAttempt {
    /// The request that the connection came of.
    pub request: SsoRequestId,
    /// What it is for.
    pub purpose: SsoPurpose,
}

/// What a login through an organization's own connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SsoPurpose {
    /// To sign in.
    SignIn,
    /// An administrator tries the connection: nobody is signed in by it, whatever comes back.
    Test,
    /// Somebody who is no member asks to be one: nobody is signed in by it either.
    AskForAccess,
}

/// What the browser brought back from the provider.
#[derive(Clone, Debug)]
pub enum Callback {
    /// A code to redeem.
    Code {
        /// The authorization code.
        code: SecretString,
        /// The issuer, when the provider names itself (RFC 9207).
        issuer: Option<String>,
    },
    /// The provider says why there is none (RFC 6749 section 4.1.2.1).
    Error {
        /// The error's code.
        error: String,
        /// The provider's words, for the log: never for a page.
        description: Option<String>,
        /// The issuer, when the provider names itself (RFC 9207).
        issuer: Option<String>,
    },
}

/// A verified login.
#[derive(Clone, Debug)]
pub struct Login {
    /// Who.
    pub user: UserId,
    /// What to call them.
    pub name: String,
    /// Their address, when the provider told it and mail can be sent to it.
    pub email: Option<EmailAddress>,
    /// Whether the provider says that the address is theirs.
    pub email_verified: bool,
    /// Where their picture is.
    pub picture: Option<String>,
    /// Under which tenant.
    pub tenant: Option<TenantRef>,
    /// Their roles there, when the token carries them.
    pub roles: Option<Roles>,
    /// The subscription as stored, when the token carries it: the tenant's under a tenant, else their own.
    pub subscription: Option<String>,
    /// Whether they came through an enterprise's own identity provider.
    pub federated: bool,
    /// Through which enterprise's connection they came; `None` for the connections that all tenants share, and when the
    /// provider names none.
    pub connection: Option<ConnectionName>,
    /// The provider's name for its session with this browser.
    pub provider_session: Option<String>,
    /// All claims of the ID token.
    pub claims: serde_json::Map<String, serde_json::Value>,
}

/// A logout to be carried to the provider.
#[derive(Clone, Debug)]
pub struct LogoutRequest {
    /// The provider's name for its session with this browser.
    pub provider_session: Option<String>,
    /// Where to come back to: registered at the provider.
    pub return_to: Url,
}

/// Whom the provider has logged out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoggedOut {
    /// The browser with which the provider had this session, by the provider's name for it.
    ProviderSession(String),
    /// Every browser of this person.
    User(UserId),
}

/// Why a login can't be started or is not accepted.
#[derive(Debug, thiserror::Error)]
pub enum IdentityProviderError {
    /// The person signed in and does not belong to the tenant that was asked for.
    #[error("the person is not a member of the organization")]
    NotAMember,
    /// The person signed in with another account than the one that the invitation is for. The invitation is spent.
    #[error("the invitation is for another account")]
    InvitedOther,
    /// The invitation was accepted, has expired or was taken back.
    #[error("the invitation is good for nothing any more")]
    InvitationSpent,
    /// The person, or the provider on their behalf, said no.
    #[error("the identity provider refused the login ({error})")]
    Denied {
        /// The provider's code.
        error: String,
        /// The provider's words, for the log.
        description: Option<String>,
    },
    /// The login failed at the organization's own identity provider, or between it and the provider.
    #[error("the organization's own identity provider ended the login: {fault}")]
    Upstream {
        /// What has to be set right, as far as the provider tells.
        fault: UpstreamFault,
        /// The provider's code.
        error: String,
        /// The words of whoever failed, for the log and for the organization's Administrators: never for whoever logs
        /// in.
        description: Option<String>,
    },
    /// What came back proves nothing: a spent code, or a token that fails a check.
    #[error("what the identity provider sent back was not accepted")]
    Rejected(#[source] Source),
    /// The provider asks us to wait.
    #[error("the identity provider is asked too often")]
    RateLimited {
        /// For how long, when it says so.
        retry_after: Option<Duration>,
    },
    /// The provider can't be reached, or does not answer as it should. Trying again later may help.
    #[error("the identity provider can't be reached")]
    Unavailable(#[source] Source),
}

/// What went wrong at an organization's own identity provider, or on the way to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum UpstreamFault {
    /// The person gave up there, or may not use this application there.
    #[error("the person cancelled it, or may not use it")]
    Cancelled,
    /// The client id is not known there, or the secret is wrong or has expired.
    #[error("the client id or the secret was refused")]
    WrongClient,
    /// The address to which people come back is not allowed there.
    #[error("the address to come back to is not allowed")]
    WrongRedirect,
    /// Its certificate has expired, is for another name, or is signed by nobody whom we trust.
    #[error("its certificate can't be trusted")]
    Certificate,
    /// It can't be reached, or is itself in trouble.
    #[error("it can't be reached")]
    Unreachable,
    /// What it answered is not what was asked for, or proves nothing.
    #[error("its answer can't be believed")]
    NotAnswered,
    /// Anything else.
    #[error("it does not say why in a known way")]
    Other,
}
