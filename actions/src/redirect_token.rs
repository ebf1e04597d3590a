//! The tokens that travel with a person who is redirected: JSON web tokens signed with HS256 (RFC 7515, RFC 7519).

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

/// Why a token that came back is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TokenError {
    #[error("The session token is not a JSON web token that is signed with HS256")]
    Malformed,
    #[error("The signature of the session token is invalid")]
    Signature,
    #[error("The session token has expired")]
    Expired,
    #[error("The state in the session token does not match the /continue state")]
    State,
}

/// `claims` as a token.
pub(crate) fn encode(secret: &str, claims: &Map<String, Value>) -> String {
    let header = json!({ "alg": "HS256", "typ": "JWT" }).to_string();
    let payload = Value::Object(claims.clone()).to_string();
    let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
    let signature = hmac::sign(&key(secret), signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// The claims of `token`, when `secret` signed it, it has not expired, and its `state` is the one that the person brought.
pub(crate) fn decode(
    secret: &str,
    token: &str,
    state: Option<&str>,
    now_ms: i64,
) -> Result<Map<String, Value>, TokenError> {
    let (signed, signature) = token.rsplit_once('.').ok_or(TokenError::Malformed)?;
    let (header, payload) = signed.split_once('.').ok_or(TokenError::Malformed)?;
    let object = |text: &str| -> Option<Map<String, Value>> {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()
    };
    let header = object(header).ok_or(TokenError::Malformed)?;
    if header.get("alg").and_then(Value::as_str) != Some("HS256") {
        return Err(TokenError::Malformed);
    }
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| TokenError::Malformed)?;
    hmac::verify(&key(secret), signed.as_bytes(), &signature).map_err(|_| TokenError::Signature)?;
    let claims = object(payload).ok_or(TokenError::Malformed)?;
    let seconds = now_ms.div_euclid(1000);
    // A time that is not a number is no time to rely on.
    let over = |expiry: &Value| expiry.as_f64().is_none_or(|expiry| expiry <= as_f64(seconds));
    if claims.get("exp").is_some_and(over) {
        return Err(TokenError::Expired);
    }
    if claims.get("state").and_then(Value::as_str) != state || state.is_none() {
        return Err(TokenError::State);
    }
    Ok(claims)
}

fn key(secret: &str) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes())
}

#[expect(clippy::cast_precision_loss, reason = "seconds since 1970 are far below 2^53")]
fn as_f64(seconds: i64) -> f64 {
    seconds as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(value: Value) -> Map<String, Value> {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn a_token_is_read_by_who_knows_the_secret() {
        let sent = claims(json!({ "state": "abc", "exp": 100, "colour": "blue" }));
        let token = encode("secret", &sent);
        assert_eq!(decode("secret", &token, Some("abc"), 99_999).unwrap(), sent);
        assert_eq!(decode("other", &token, Some("abc"), 0), Err(TokenError::Signature));
        assert_eq!(decode("secret", &token, Some("abc"), 100_000), Err(TokenError::Expired));
        assert_eq!(decode("secret", &token, Some("xyz"), 0), Err(TokenError::State));
        assert_eq!(decode("secret", "a.b", Some("abc"), 0), Err(TokenError::Malformed));
    }

    #[test]
    fn a_token_without_state_or_with_another_algorithm_is_refused() {
        let token = encode("secret", &claims(json!({ "exp": 100 })));
        assert_eq!(decode("secret", &token, None, 0), Err(TokenError::State));
        let none = format!("{}.e30.", URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#));
        assert_eq!(decode("secret", &none, Some("abc"), 0), Err(TokenError::Malformed));
    }

    /// Made with the `crypto` module of Node.js.
    #[test]
    fn the_signature_is_that_of_other_libraries() {
        let token = encode("your-256-bit-secret", &claims(json!({ "a": 1 })));
        let signature = "zB73JKWawDcKB3j-S3jQhZtaCm5E_xXUyjQO4KFpRaE";
        assert_eq!(token, format!("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJhIjoxfQ.{signature}"));
    }
}
