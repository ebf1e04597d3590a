//! Which client speaks at the token endpoint: by its secret in the header or in the body, whichever of the two it is
//! registered for (RFC 6749 section 2.3.1), or by an assertion that it has signed (RFC 7523). A public client only says
//! its name.

use axum::http::{HeaderMap, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use url::form_urlencoded;

use super::errors::OAuthError;
use super::parameters::Parameters;
use crate::client_assertion::{self, AssertionError};
use crate::fake::Core;
use crate::model::Client;
use crate::store::{State, StoreError};

/// Why a client is not let in.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum AuthenticationError {
    Refused(OAuthError),
    /// Its assertion is not believed.
    Assertion {
        client_id: String,
        why: AssertionError,
    },
}

impl AuthenticationError {
    /// What the logs say of an assertion that is not believed.
    pub(super) const ASSERTION: &'static str = "Failed client authentication";
}

impl From<OAuthError> for AuthenticationError {
    fn from(error: OAuthError) -> Self {
        Self::Refused(error)
    }
}

impl From<StoreError> for AuthenticationError {
    fn from(error: StoreError) -> Self {
        Self::Refused(error.into())
    }
}

impl From<AuthenticationError> for OAuthError {
    fn from(error: AuthenticationError) -> Self {
        match error {
            AuthenticationError::Refused(error) => error,
            AuthenticationError::Assertion { why, .. } => {
                Self::invalid_client(format!("{}: {why}", AuthenticationError::ASSERTION))
            }
        }
    }
}

/// The client whose secret or assertion came with the request; of a public client the id. An assertion is spent by it.
pub(super) async fn authenticate(
    core: &Core,
    headers: &HeaderMap,
    parameters: &Parameters,
) -> Result<Client, AuthenticationError> {
    match parameters.get("client_assertion").filter(|assertion| !assertion.is_empty()) {
        Some(assertion) => by_assertion(core, parameters, assertion).await,
        None => Ok(core.store.read(|state| by_secret(state, headers, parameters).cloned())??),
    }
}

fn by_secret<'a>(
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
    // Whoever signs has no use for a secret, and none that may have leaked lets anybody in.
    let may = client.private_key_jwt().is_none();
    let is_right = secret.is_some_and(|secret| !secret.is_empty() && client.secret.is(secret));
    if may && (is_right || client.is_public()) { Ok(client) } else { Err(OAuthError::unauthorized()) }
}

async fn by_assertion(
    core: &Core,
    parameters: &Parameters,
    assertion: &str,
) -> Result<Client, AuthenticationError> {
    match parameters.get("client_assertion_type") {
        None => return Err(OAuthError::missing("client_assertion_type").into()),
        Some(client_assertion::TYPE) => {}
        Some(_) => {
            let expected = client_assertion::TYPE;
            return Err(
                OAuthError::invalid_request(format!("client_assertion_type must be {expected}")).into()
            );
        }
    }
    // The assertion names the client as well (RFC 7521 section 4.2).
    let claimed = || client_assertion::claimed_client(assertion);
    let client_id = parameters.get("client_id").map(str::to_owned).or_else(claimed);
    let client_id = client_id.ok_or_else(|| OAuthError::missing("client_id"))?;
    let found = core.store.read(|state| {
        let client = state.clients.get(&client_id)?;
        Some((client.clone(), state.assertion_credentials(client)))
    })?;
    let (client, credentials) = found.ok_or_else(OAuthError::unauthorized)?;
    let refused = |why| AuthenticationError::Assertion { client_id: client.id.clone(), why };
    let credentials = credentials.ok_or_else(|| refused(AssertionError::NotSetUp))?;
    let (issuer, now) = (&core.config.issuer, core.clock.now());
    let verified =
        client_assertion::verify(assertion, &client.id, issuer, &credentials, now).map_err(refused)?;
    let is_first_use = core.store.write(|state| Ok::<_, StoreError>(state.spend(verified))).await?;
    if is_first_use { Ok(client) } else { Err(refused(AssertionError::Used)) }
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
