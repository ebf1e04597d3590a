//! Spends an authorization code (RFC 6749 section 4.1.3, RFC 7636 section 4.6).

use tenantry_domain::Timestamp;
use url::Url;

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
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RedeemError {
    #[error("Invalid authorization code")]
    InvalidCode,
    /// Of both addresses the origin.
    #[error("The redirect URI is wrong. You sent {sent}, and we expected {expected}")]
    RedirectUri { sent: String, expected: String },
    #[error("Failed to verify code verifier")]
    Verifier,
}

/// What the code stands for. One of this client is spent by the attempt, whether it succeeds or not, so the caller
/// commits either way. A second attempt takes back what the first one gave (RFC 6749 section 4.1.2).
pub(crate) fn redeem(
    state: &mut State,
    now: Timestamp,
    redemption: &Redemption<'_>,
) -> Result<AuthorizationCode, RedeemError> {
    let hash = sha256(redemption.code);
    let code = state.authorization_codes.get(&hash).filter(|code| code.client_id == redemption.client_id);
    let code = code.cloned().ok_or(RedeemError::InvalidCode)?;
    if code.is_spent {
        state.revoke_family(&code.client_id, &code.user_id, &code.hash);
        return Err(RedeemError::InvalidCode);
    }
    state.authorization_codes.put(AuthorizationCode { is_spent: true, ..code.clone() });
    if !code.is_live(now) {
        return Err(RedeemError::InvalidCode);
    }
    if let Some(expected) = code.redirect_uri.as_deref()
        && redemption.redirect_uri != Some(expected)
    {
        let sent = redemption.redirect_uri.map_or_else(|| "null".to_owned(), origin);
        return Err(RedeemError::RedirectUri { sent, expected: origin(expected) });
    }
    verify_challenge(code.challenge.as_ref(), redemption.code_verifier)?;
    Ok(code)
}

fn origin(address: &str) -> String {
    let url = Url::parse(address).map(|url| url.origin().ascii_serialization());
    url.unwrap_or_else(|_| address.to_owned())
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
