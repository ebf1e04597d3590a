//! The refresh grant: new tokens for a login that goes on, as long as they are about the same login.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use crate::claims::CLOCK_SKEW;
use crate::{ClientAuthentication, IdToken, OidcError, RelyingParty, TokenRejected, id_token};

/// What a refresh gave. Whatever is about a person is verified.
#[derive(Clone, Debug)]
pub struct Refreshed {
    /// The new ID token, which an issuer may leave out: about the same login as the first one.
    pub id_token: Option<IdToken>,
    /// For the issuer's own APIs.
    pub access_token: SecretString,
    /// The one to use from now on, when the issuer gave another.
    pub refresh_token: Option<SecretString>,
    /// The lifetime of the access token, when the issuer says it.
    pub expires_in: Option<Duration>,
    /// The granted scope, when it differs from the one before.
    pub scope: Option<String>,
}

impl RelyingParty {
    /// Gets new tokens for the login of `first` (OpenID Connect Core, section 12). With [`OidcError::Rejected`] they are
    /// somebody else's, and the session that they were for has to end.
    pub async fn refresh(
        &self,
        refresh_token: &SecretString,
        first: &IdToken,
        authentication: ClientAuthentication,
    ) -> Result<Refreshed, OidcError> {
        let refresh_token = refresh_token.expose_secret();
        let form = vec![("grant_type", "refresh_token"), ("refresh_token", refresh_token)];
        let tokens = self.request_tokens(form, authentication, &[refresh_token]).await?;
        let id_token = match &tokens.id_token {
            Some(token) => Some(self.verify_refreshed(token.expose_secret(), first).await?),
            None => None,
        };
        Ok(Refreshed {
            id_token,
            access_token: tokens.access_token,
            refresh_token: tokens.refresh_token,
            expires_in: tokens.expires_in,
            scope: tokens.scope,
        })
    }

    /// Verifies an ID token that came with a refresh (OpenID Connect Core, section 12.2): everything that makes an ID
    /// token, and that it is about the login of `first`.
    pub async fn verify_refreshed(&self, token: &str, first: &IdToken) -> Result<IdToken, OidcError> {
        let claims = self.verified_claims(token, id_token::TYPES).await?;
        Ok(IdToken::check_refreshed(claims, self.expected(), first)?)
    }
}

impl IdToken {
    /// Whether this one, with valid claims of its own, is about the login of `first`. Issuer and audience are the
    /// registration's in both.
    pub(crate) fn is_still(&self, first: &Self) -> Result<(), TokenRejected> {
        if self.subject != first.subject {
            return Err(TokenRejected::OtherLogin("sub"));
        }
        // The time of the login, not of the refresh.
        let is_of_the_login = |at| match first.auth_time {
            Some(login) => at == login,
            None => at <= first.issued_at + CLOCK_SKEW,
        };
        if !self.auth_time.is_none_or(is_of_the_login) {
            return Err(TokenRejected::OtherLogin("auth_time"));
        }
        let party = |token: &Self| token.claims.get("azp").cloned();
        if party(self) != party(first) {
            return Err(TokenRejected::OtherLogin("azp"));
        }
        if self.claims.get("nonce").is_some_and(|nonce| nonce.as_str() != Some(first.nonce.as_str())) {
            return Err(TokenRejected::OtherLogin("nonce"));
        }
        Ok(())
    }
}
