//! The authorization request and its answer: where a browser is sent to log in, and who sends it back.

use crate::{OidcError, RelyingParty};
use url::Url;

/// One login attempt, as the issuer needs to know it.
#[derive(Clone, Copy)]
pub struct AuthorizationRequest<'a> {
    /// Comes back with the answer; binds it to this browser.
    pub state: &'a str,
    /// Comes back inside the ID token; binds it to this attempt.
    pub nonce: &'a str,
    /// From [`Pkce::challenge`](crate::Pkce::challenge).
    pub code_challenge: &'a str,
    /// Space separated; `openid` among them, or no ID token will come.
    pub scope: &'a str,
    /// What this issuer understands beyond the protocol, such as `organization` or `screen_hint`.
    pub extra: &'a [(&'a str, &'a str)],
}

impl RelyingParty {
    /// Where to send the browser (OpenID Connect Core, section 3.1.2.1), always with the PKCE method S256.
    pub async fn authorization_url(&self, request: &AuthorizationRequest<'_>) -> Result<Url, OidcError> {
        let registration = self.registration();
        let parameters = [
            ("response_type", "code"),
            ("client_id", &registration.client_id),
            ("redirect_uri", registration.redirect_uri.as_str()),
            ("scope", request.scope),
            ("state", request.state),
            ("nonce", request.nonce),
            ("code_challenge", request.code_challenge),
            ("code_challenge_method", "S256"),
        ];
        if let Some((name, _)) =
            request.extra.iter().find(|(extra, _)| parameters.iter().any(|(name, _)| name == extra))
        {
            return Err(OidcError::ReservedParameter((*name).to_owned()));
        }
        let mut url = self.metadata().await?.authorization_endpoint.clone();
        url.query_pairs_mut().extend_pairs(parameters).extend_pairs(request.extra);
        Ok(url)
    }

    /// Checks the `iss` that a browser brought back, with a code or with an error, before anything else is believed
    /// (RFC 9207, section 2.4).
    pub async fn check_response_issuer(&self, issuer: Option<&str>) -> Result<(), OidcError> {
        let genuine = match issuer {
            Some(issuer) => issuer == self.registration().issuer.as_str(),
            None => !self.metadata().await?.authorization_response_iss_parameter_supported,
        };
        if genuine { Ok(()) } else { Err(OidcError::ResponseIssuer) }
    }
}
