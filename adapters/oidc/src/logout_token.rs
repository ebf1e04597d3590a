//! Logout tokens: the issuer's word, over the back channel, that a session has ended.

use serde_json::Value;

use crate::TokenRejected;
use crate::claims::{Claims, Expected};

/// Auth0 documents no `typ`; the standard recommends its own.
pub(crate) const TYPES: &[&str] = &["logout+jwt", "JWT"];

pub(crate) const LOGOUT_EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// Who was logged out at the issuer: a session, or every session of a subject when there is no `session_id`. At least
/// one of the two is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoggedOut {
    /// `sid`.
    pub session_id: Option<String>,
    /// `sub`.
    pub subject: Option<String>,
}

impl LoggedOut {
    /// Checks claims whose signature is already verified (OpenID Connect Back-Channel Logout, section 2.6).
    pub(crate) fn check(claims: &Claims, expected: Expected<'_>) -> Result<Self, TokenRejected> {
        claims.check_parties(expected)?;
        claims.check_validity(expected.now)?;
        claims.required_text("jti")?;
        if claims.contains("nonce") {
            return Err(TokenRejected::NonceInLogoutToken);
        }
        let event = claims.get("events").and_then(|events| events.get(LOGOUT_EVENT));
        if !event.is_some_and(Value::is_object) {
            return Err(TokenRejected::NoLogoutEvent);
        }
        let session_id = claims.text("sid")?.map(str::to_owned);
        let subject = claims.subject()?.map(str::to_owned);
        if session_id.is_none() && subject.is_none() {
            return Err(TokenRejected::NobodyLoggedOut);
        }
        Ok(Self { session_id, subject })
    }
}
