//! The userinfo endpoint: more claims about the person who has just logged in.

use reqwest::StatusCode;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};

use crate::claims::Claims;
use crate::http::{fault, send};
use crate::{Endpoint, OidcError, RelyingParty, ResponseFault, TokenRejected};

impl RelyingParty {
    /// The claims that the access token opens (OpenID Connect Core, section 5.3), if they are about `subject`, as the
    /// verified ID token names them; `None` when the issuer has no such endpoint.
    pub async fn userinfo(
        &self,
        access_token: &SecretString,
        subject: &str,
    ) -> Result<Option<Map<String, Value>>, OidcError> {
        let Some(endpoint) = self.metadata().await?.userinfo_endpoint.clone() else { return Ok(None) };
        let request = self
            .http()
            .get(endpoint)
            .header(reqwest::header::ACCEPT, "application/json")
            .bearer_auth(access_token.expose_secret());
        let (status, body) = send(request, Endpoint::Userinfo, self.now()).await?;
        if status != StatusCode::OK {
            return Err(fault(Endpoint::Userinfo, ResponseFault::Status(status.as_u16())));
        }
        let malformed = |_| fault(Endpoint::Userinfo, ResponseFault::Malformed);
        let claims = Claims::parse(&body).map_err(malformed)?;
        // Without this check an access token of somebody else could be slipped in (section 5.3.2).
        if claims.subject()? != Some(subject) {
            return Err(TokenRejected::OtherSubject.into());
        }
        Ok(Some(claims.into_map()))
    }
}
