//! The userinfo endpoint: more claims about the person who has just logged in.

use reqwest::StatusCode;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};

use crate::claims::Claims;
use crate::http::{fault, send};
use crate::{Endpoint, OidcError, RelyingParty, ResponseFault, TokenRejected};

const VERIFIED: &str = "email_verified";

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

/// The claims of an ID token with those of the userinfo endpoint on top: about one person, as
/// [`RelyingParty::userinfo`] has made sure.
///
/// That an address is verified is believed only of the address that it was said of: from the source that names it, and
/// not at all when the two name different ones.
#[must_use]
pub fn with_userinfo(id_token: Map<String, Value>, userinfo: Map<String, Value>) -> Map<String, Value> {
    let verified = verified(&id_token, &userinfo).cloned();
    let mut claims = id_token;
    claims.extend(userinfo);
    match verified {
        Some(verified) => claims.insert(VERIFIED.to_owned(), verified),
        None => claims.remove(VERIFIED),
    };
    claims
}

fn verified<'a>(id_token: &'a Map<String, Value>, userinfo: &'a Map<String, Value>) -> Option<&'a Value> {
    let email = |claims: &'a Map<String, Value>| claims.get("email");
    let disagree = email(id_token).zip(email(userinfo)).is_some_and(|(one, other)| one != other);
    let naming = [userinfo, id_token].into_iter().filter(|claims| email(claims).is_some());
    naming.filter(|_| !disagree).find_map(|claims| claims.get(VERIFIED))
}
