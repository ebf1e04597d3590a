//! Spends an authorization code (RFC 6749 section 4.1.3, RFC 7636 section 4.6).

use tenantry_domain::Timestamp;

use crate::model::{AuthorizationCode, Challenge, ChallengeMethod};
use crate::secrets::sha256;
use crate::store::State;

/// What a client brings.
pub(crate) struct Redemption<'a> {
    pub(crate) client_id: &'a str,
    pub(crate) code: &'a str,
    pub(crate) redirect_uri: Option<&'a str>,
    pub(crate) code_verifier: Option<&'a str>,
}

/// Why it gets nothing for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RedeemError {
    #[error("Invalid authorization code")]
    InvalidCode,
    #[error("Failed to verify code verifier")]
    Verifier,
}

/// What the code stands for. One of this client is spent by the attempt, whether it succeeds or not, so the caller
/// commits either way.
pub(crate) fn redeem(
    state: &mut State,
    now: Timestamp,
    redemption: &Redemption<'_>,
) -> Result<AuthorizationCode, RedeemError> {
    let hash = sha256(redemption.code);
    let code = state.authorization_codes.get(&hash).filter(|code| code.client_id == redemption.client_id);
    let code = code.cloned().ok_or(RedeemError::InvalidCode)?;
    state.authorization_codes.remove(&hash);
    let callback = code.redirect_uri.as_deref();
    if !code.is_live(now) || callback.is_some_and(|uri| redemption.redirect_uri != Some(uri)) {
        return Err(RedeemError::InvalidCode);
    }
    verify_challenge(code.challenge.as_ref(), redemption.code_verifier)?;
    Ok(code)
}

fn verify_challenge(challenge: Option<&Challenge>, verifier: Option<&str>) -> Result<(), RedeemError> {
    let proved = match (challenge, verifier) {
        (None, None) => true,
        (Some(challenge), Some(verifier)) => match challenge.method {
            ChallengeMethod::S256 => sha256(verifier) == challenge.value,
            ChallengeMethod::Plain => verifier == challenge.value,
        },
        // A verifier without a challenge means that somebody cut the challenge out of the request (RFC 9700).
        (None, Some(_)) | (Some(_), None) => false,
    };
    if proved { Ok(()) } else { Err(RedeemError::Verifier) }
}
