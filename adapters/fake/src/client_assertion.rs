//! A client's own assertion of who it is (RFC 7523 section 3; Auth0: "Authenticate with Private Key JWT").

use std::time::Duration;

use serde_json::Value;
use tenantry_domain::Timestamp;
use url::Url;

use crate::jws::Jws;
use crate::model::{ClientCredential, SpentAssertion};
use crate::public_key::SignatureAlgorithm;

/// What `client_assertion_type` says of it (RFC 7523 section 2.2).
pub(crate) const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// By so much a client's clock may be ahead.
const SKEW: Duration = Duration::from_secs(10);
/// The longest that an assertion may be good for, in seconds.
const LONGEST: i64 = 300;
/// The longest `jti`, in characters.
const LONGEST_ID: usize = 64;

/// Why an assertion is not believed. Holds nothing of what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum AssertionError {
    #[error("the client is not set up for private_key_jwt")]
    NotSetUp,
    #[error("the client assertion is no signed JSON Web Token")]
    Malformed,
    #[error("the header of the client assertion has an extension that must be understood")]
    Critical,
    #[error("no credential of the client has the 'kid' of the client assertion")]
    UnknownKey,
    #[error("the client's credential has expired")]
    KeyExpired,
    #[error("the 'alg' of the client assertion is not the one of the client's credential")]
    Algorithm,
    #[error("the signature of the client assertion is wrong")]
    Signature,
    #[error("'{0}' claim is missing or malformed")]
    Claim(&'static str),
    #[error("'iss' claim must be the client's id")]
    Issuer,
    #[error("'sub' claim must be the client's id")]
    Subject,
    #[error("'aud' claim must be the issuer")]
    Audience,
    #[error("the client assertion has expired")]
    Expired,
    #[error("'exp' claim must specify a time that is no more than 5 minutes after 'iat'")]
    Lifetime,
    #[error("'iat' claim must not be in the future")]
    IssuedInFuture,
    #[error("'nbf' claim must not be in the future")]
    NotYetValid,
    #[error("the client assertion was used already")]
    Used,
}

/// Who an assertion says that it is of. Nothing is checked.
pub(crate) fn claimed_client(assertion: &str) -> Option<String> {
    let claims = Jws::parse(assertion)?.claims;
    claims.get("sub")?.as_str().map(str::to_owned)
}

/// Whether the assertion is the client's, meant for this issuer and good now; and what makes it good once only.
pub(crate) fn verify(
    assertion: &str,
    client_id: &str,
    issuer: &Url,
    credentials: &[ClientCredential],
    now: Timestamp,
) -> Result<SpentAssertion, AssertionError> {
    let token = Jws::parse(assertion).ok_or(AssertionError::Malformed)?;
    if token.header.contains_key("crit") {
        return Err(AssertionError::Critical);
    }
    check_signature(&token, credentials, now)?;
    let text = |name: &'static str| {
        let claim = token.claims.get(name).and_then(Value::as_str);
        claim.ok_or(AssertionError::Claim(name))
    };
    if text("iss")? != client_id {
        return Err(AssertionError::Issuer);
    }
    if text("sub")? != client_id {
        return Err(AssertionError::Subject);
    }
    if !is_for(&token, issuer) {
        return Err(AssertionError::Audience);
    }
    let expires_at = check_times(&token, now)?;
    let id = text("jti")?;
    if !(1..=LONGEST_ID).contains(&id.chars().count()) {
        return Err(AssertionError::Claim("jti"));
    }
    Ok(SpentAssertion::new(client_id, id, expires_at))
}

fn check_signature(
    token: &Jws<'_>,
    credentials: &[ClientCredential],
    now: Timestamp,
) -> Result<(), AssertionError> {
    let is_named = |credential: &&ClientCredential| {
        token.header.get("kid").is_none_or(|kid| kid.as_str() == Some(credential.kid.as_str()))
    };
    let some = |found: Vec<_>, error| if found.is_empty() { Err(error) } else { Ok(found) };
    let named = some(credentials.iter().filter(is_named).collect(), AssertionError::UnknownKey)?;
    let live = named.into_iter().filter(|credential| credential.is_live(now)).collect();
    let live = some(live, AssertionError::KeyExpired)?;
    let algorithm = token.algorithm().and_then(SignatureAlgorithm::of_name);
    let of_algorithm =
        live.into_iter().filter(|credential| Some(credential.algorithm) == algorithm).collect();
    let of_algorithm = some(of_algorithm, AssertionError::Algorithm)?;
    let is_genuine = of_algorithm
        .iter()
        .any(|credential| credential.key.verifies(credential.algorithm, token.signed, &token.signature));
    if is_genuine { Ok(()) } else { Err(AssertionError::Signature) }
}

/// Auth0 names its issuer alone, with the slash at its end.
fn is_for(token: &Jws<'_>, issuer: &Url) -> bool {
    match token.claims.get("aud") {
        Some(Value::String(audience)) => audience == issuer.as_str(),
        Some(Value::Array(audiences)) => audiences.iter().any(|audience| audience == issuer.as_str()),
        _ => false,
    }
}

/// Until when it is good.
fn check_times(token: &Jws<'_>, now: Timestamp) -> Result<Timestamp, AssertionError> {
    let time = |name: &'static str| match token.claims.get(name) {
        None => Ok(None),
        Some(claim) => seconds(claim).map(Some).ok_or(AssertionError::Claim(name)),
    };
    let expires_at = time("exp")?.ok_or(AssertionError::Claim("exp"))?;
    let (issued_at, not_before) = (time("iat")?, time("nbf")?);
    let soon = (now + SKEW).as_seconds();
    if expires_at <= now.as_seconds() {
        return Err(AssertionError::Expired);
    }
    if issued_at.is_some_and(|at| at > soon) {
        return Err(AssertionError::IssuedInFuture);
    }
    if not_before.is_some_and(|at| at > soon) {
        return Err(AssertionError::NotYetValid);
    }
    if expires_at.saturating_sub(issued_at.unwrap_or(now.as_seconds())) > LONGEST {
        return Err(AssertionError::Lifetime);
    }
    Ok(Timestamp::from_seconds(expires_at))
}

/// Whole seconds of a NumericDate, which may have a fraction (RFC 7519 section 2).
fn seconds(claim: &Value) -> Option<i64> {
    let number = claim.as_number()?;
    number.as_i64().or_else(|| number.to_string().split('.').next()?.parse().ok())
}

#[cfg(test)]
mod tests;
