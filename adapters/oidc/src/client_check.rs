//! Whether a token endpoint knows a client by its secret: asked with a code that was given to nobody.

use reqwest::header::AUTHORIZATION;
use reqwest::{RequestBuilder, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use tenantry_domain::ClientId;
use url::Url;

use crate::ClientAuthentication;
use crate::token_endpoint::basic;

/// A code of no login.
const CODE: &str = "no-login-gave-this-code-it-asks-whether-the-client-is-known";

/// Who asks.
pub(crate) struct Asked<'a> {
    pub(crate) client_id: &'a ClientId,
    pub(crate) client_secret: &'a SecretString,
    pub(crate) redirect_uri: &'a Url,
}

impl Asked<'_> {
    pub(crate) fn build(&self, request: RequestBuilder, way: ClientAuthentication) -> RequestBuilder {
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", CODE),
            ("redirect_uri", self.redirect_uri.as_str()),
        ];
        let (id, secret) = (self.client_id.as_str(), self.client_secret.expose_secret());
        match way {
            ClientAuthentication::Post => form.extend([("client_id", id), ("client_secret", secret)]),
            ClientAuthentication::Basic => {
                return request.header(AUTHORIZATION, basic(id, secret)).form(&form);
            }
            ClientAuthentication::None => form.push(("client_id", id)),
        }
        request.form(&form)
    }
}

/// Whether this says that the client is not known. 401 is for that alone (RFC 6749, section 5.2), and not everybody
/// calls it `invalid_client` then.
pub(crate) fn is_refusal(status: StatusCode, body: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Refusal {
        error: String,
    }
    let Ok(Refusal { error }) = serde_json::from_slice(body) else { return false };
    match status {
        StatusCode::UNAUTHORIZED => {
            ["invalid_client", "unauthorized_client", "access_denied"].contains(&error.as_str())
        }
        StatusCode::BAD_REQUEST => error == "invalid_client",
        _ => false,
    }
}
