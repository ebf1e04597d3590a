//! ID tokens: who logged in, believed only after every check of OpenID Connect Core, section 3.1.3.7.

use std::fmt;
use std::time::Duration;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use serde_json::{Map, Value};
use tenantry_domain::Timestamp;

use crate::TokenRejected;
use crate::claims::{CLOCK_SKEW, Claims, Expected};
use crate::logout_token::LOGOUT_EVENT;

pub(crate) const TYPES: &[&str] = &["JWT"];

/// A login is a matter of minutes: an older token was kept by someone.
const MAX_AGE: Duration = Duration::from_mins(10);

/// A verified ID token.
///
/// `Debug` leaves out the claims and the nonce: they are people's data, and the log isn't for that.
#[derive(Clone, PartialEq)]
pub struct IdToken {
    /// `sub`: the person at this issuer, 1 to 255 ASCII characters.
    pub subject: String,
    /// `sid`: the session at the issuer, for back-channel logout.
    pub session_id: Option<String>,
    /// `nonce`: that of the login attempt.
    pub nonce: String,
    /// `iat`.
    pub issued_at: Timestamp,
    /// `exp`, always after `iat`.
    pub expires_at: Timestamp,
    /// `auth_time`: when the person last proved who they are.
    pub auth_time: Option<Timestamp>,
    /// Every claim, those above included.
    pub claims: Map<String, Value>,
}

impl fmt::Debug for IdToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IdToken")
            .field("issued_at", &self.issued_at)
            .field("expires_at", &self.expires_at)
            .field("auth_time", &self.auth_time)
            .finish_non_exhaustive()
    }
}

impl IdToken {
    /// Whether the person proved who they are in one of these ways (`acr`: OpenID Connect Core, section 2). For a login
    /// that asked for it by `acr_values`, which an issuer may well ignore.
    pub fn require_acr(&self, accepted: &[&str]) -> Result<(), TokenRejected> {
        let acr = self.claims.get("acr").ok_or(TokenRejected::Missing("acr"))?;
        let acr = acr.as_str().ok_or(TokenRejected::Claim("acr"))?;
        if accepted.contains(&acr) { Ok(()) } else { Err(TokenRejected::AuthenticationTooWeak) }
    }

    /// Checks claims whose signature is already verified. With `max_age`, `auth_time` is required and no older.
    pub(crate) fn check(
        claims: Claims,
        expected: Expected<'_>,
        nonce: &str,
        max_age: Option<Duration>,
    ) -> Result<Self, TokenRejected> {
        let token = Self::read(&claims, expected, nonce)?;
        check_nonce(claims.required_text("nonce")?, nonce)?;
        check_auth_time(token.auth_time, max_age, expected.now)?;
        Ok(Self { claims: claims.into_map(), ..token })
    }

    /// Checks the claims of a token that came with a refresh: it need not repeat the nonce.
    pub(crate) fn check_refreshed(
        claims: Claims,
        expected: Expected<'_>,
        first: &Self,
    ) -> Result<Self, TokenRejected> {
        let token = Self::read(&claims, expected, &first.nonce)?;
        check_auth_time(token.auth_time, None, expected.now)?;
        let token = Self { claims: claims.into_map(), ..token };
        token.is_still(first)?;
        Ok(token)
    }

    /// What every ID token must hold; without the claims themselves.
    fn read(claims: &Claims, expected: Expected<'_>, nonce: &str) -> Result<Self, TokenRejected> {
        claims.check_parties(expected)?;
        let validity = claims.check_validity(expected.now)?;
        if validity.issued_at.until(expected.now) > MAX_AGE {
            return Err(TokenRejected::IssuedLongAgo);
        }
        if claims.get("events").is_some_and(|events| events.get(LOGOUT_EVENT).is_some()) {
            return Err(TokenRejected::LogoutToken);
        }
        let subject = claims.subject()?.ok_or(TokenRejected::Missing("sub"))?.to_owned();
        let auth_time = claims.instant("auth_time")?;
        Ok(Self {
            subject,
            session_id: claims.text("sid")?.map(str::to_owned),
            nonce: nonce.to_owned(),
            issued_at: validity.issued_at,
            expires_at: validity.expires_at,
            auth_time,
            claims: Map::new(),
        })
    }
}

fn check_nonce(found: &str, wanted: &str) -> Result<(), TokenRejected> {
    verify_slices_are_equal(found.as_bytes(), wanted.as_bytes()).map_err(|_| TokenRejected::Nonce)
}

fn check_auth_time(
    auth_time: Option<Timestamp>,
    max_age: Option<Duration>,
    now: Timestamp,
) -> Result<(), TokenRejected> {
    if auth_time.is_some_and(|at| at > now + CLOCK_SKEW) {
        return Err(TokenRejected::Claim("auth_time"));
    }
    let Some(max_age) = max_age else { return Ok(()) };
    let at = auth_time.ok_or(TokenRejected::Missing("auth_time"))?;
    if at.until(now) > max_age.saturating_add(CLOCK_SKEW) {
        return Err(TokenRejected::AuthenticationTooOld);
    }
    Ok(())
}
