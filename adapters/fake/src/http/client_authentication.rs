//! Which client speaks at the token endpoint (RFC 6749 section 2.3.1): by the header or by the body, whatever
//! it is registered for. A public client only says its name.

use axum::http::{HeaderMap, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use url::form_urlencoded;

use super::errors::OAuthError;
use super::parameters::Parameters;
use crate::model::Client;
use crate::store::State;

/// The client whose id and secret came with the request; of a public client the id.
pub(super) fn authenticate<'a>(
    state: &'a State,
    headers: &HeaderMap,
    parameters: &Parameters,
) -> Result<&'a Client, OAuthError> {
    let basic = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(basic);
    let (client_id, secret) = match &basic {
        Some((id, secret)) => (id.as_str(), Some(secret.as_str())),
        None => {
            let client_id = parameters.get("client_id").ok_or_else(|| OAuthError::missing("client_id"))?;
            (client_id, parameters.get("client_secret"))
        }
    };
    let client = state.clients.get(client_id).ok_or_else(OAuthError::unauthorized)?;
    if parameters.get("client_assertion").is_some() {
        return Err(OAuthError::invalid_client(
            "This development provider does not verify client assertions (private_key_jwt) yet",
        ));
    }
    let is_right = secret.is_some_and(|secret| !secret.is_empty() && client.secret.is(secret));
    if is_right || client.is_public() { Ok(client) } else { Err(OAuthError::unauthorized()) }
}

/// Id and secret are form-encoded before they are joined.
fn basic(header: &str) -> Option<(String, String)> {
    let (scheme, encoded) = header.split_once(' ')?;
    let decoded = scheme.eq_ignore_ascii_case("basic").then(|| STANDARD.decode(encoded.trim()).ok())??;
    let decoded = String::from_utf8(decoded).ok()?;
    let (id, secret) = decoded.split_once(':')?;
    let plain = |text: &str| {
        form_urlencoded::parse(text.as_bytes()).next().map(|(name, _)| name.into_owned()).unwrap_or_default()
    };
    Some((plain(id), plain(secret)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_basic_header_is_decoded_twice() {
        let header = format!("Basic {}", STANDARD.encode("a%20b:s%3Ae+c"));
        assert_eq!(basic(&header), Some(("a b".to_owned(), "s:e c".to_owned())));
        assert_eq!(basic("Bearer abc"), None);
        assert_eq!(basic("Basic !!"), None);
    }
}
