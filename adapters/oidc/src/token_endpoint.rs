//! The code exchange: a code from the browser becomes tokens from the issuer.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::StatusCode;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;
use url::form_urlencoded;

use crate::http::{fault, send};
use crate::{Endpoint, MetadataRejected, OidcError, RelyingParty, ResponseFault};

/// What the token endpoint gave. Nothing in it is verified yet.
#[derive(Clone, Debug)]
pub struct TokenResponse {
    /// For [`RelyingParty::verify_id_token`].
    pub id_token: SecretString,
    /// For the issuer's own APIs.
    pub access_token: SecretString,
    /// When `offline_access` was granted.
    pub refresh_token: Option<SecretString>,
    /// The lifetime of the access token, when the issuer says it.
    pub expires_in: Option<Duration>,
    /// The granted scope, when it differs from the one that was asked for.
    pub scope: Option<String>,
}

/// What any grant gives. Nothing in it is verified yet.
pub(crate) struct Tokens {
    pub(crate) id_token: Option<SecretString>,
    pub(crate) access_token: SecretString,
    pub(crate) refresh_token: Option<SecretString>,
    pub(crate) expires_in: Option<Duration>,
    pub(crate) scope: Option<String>,
}

#[derive(Deserialize)]
struct Success {
    access_token: String,
    token_type: String,
    id_token: Option<String>,
    refresh_token: Option<String>,
    expires_in: Option<Value>,
    scope: Option<String>,
}

#[derive(Deserialize)]
struct Failure {
    error: String,
    error_description: Option<String>,
}

/// How a client proves itself at the token endpoint (OpenID Connect Core, section 9).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ClientAuthentication {
    /// `client_secret_post`: by its secret in the form.
    #[default]
    Post,
    /// `client_secret_basic`: by its secret in the `Authorization` header.
    Basic,
    /// `none`: a client without a secret says who it is.
    None,
}

/// What is sent to the token endpoint.
#[derive(Clone, Copy)]
pub struct CodeExchange<'a> {
    /// What the browser brought back.
    pub code: &'a str,
    /// From [`Pkce::verifier`](crate::Pkce::verifier), if the authorization request had a challenge.
    pub code_verifier: Option<&'a str>,
    /// How we prove who we are.
    pub authentication: ClientAuthentication,
}

impl RelyingParty {
    /// Exchanges a code (OpenID Connect Core, section 3.1.3.1; `client_secret_post`). Sent once: a code is worth one
    /// attempt, so what fails is not repeated here.
    pub async fn exchange_code(&self, code: &str, code_verifier: &str) -> Result<TokenResponse, OidcError> {
        let authentication = ClientAuthentication::Post;
        self.exchange(&CodeExchange { code, code_verifier: Some(code_verifier), authentication }).await
    }

    /// [`exchange_code`](Self::exchange_code) for issuers that want it otherwise.
    pub async fn exchange(&self, exchange: &CodeExchange<'_>) -> Result<TokenResponse, OidcError> {
        let CodeExchange { code, code_verifier, authentication } = *exchange;
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", self.registration().redirect_uri.as_str()),
        ];
        form.extend(code_verifier.map(|verifier| ("code_verifier", verifier)));
        let success =
            self.request_tokens(form, authentication, &[code, code_verifier.unwrap_or_default()]).await?;
        Ok(TokenResponse {
            id_token: success.id_token.ok_or_else(|| fault(Endpoint::Token, ResponseFault::NoIdToken))?,
            access_token: success.access_token,
            refresh_token: success.refresh_token,
            expires_in: success.expires_in,
            scope: success.scope,
        })
    }

    /// Asks the token endpoint for what `form` says. No refusal repeats one of the `secrets`.
    pub(crate) async fn request_tokens(
        &self,
        mut form: Vec<(&str, &str)>,
        authentication: ClientAuthentication,
        secrets: &[&str],
    ) -> Result<Tokens, OidcError> {
        let registration = self.registration();
        let client_secret = registration.client_secret.expose_secret();
        if authentication != ClientAuthentication::Basic {
            form.push(("client_id", &registration.client_id));
        }
        if authentication == ClientAuthentication::Post {
            form.push(("client_secret", client_secret));
        }
        let endpoint = self.metadata().await?.token_endpoint.clone();
        let endpoint = endpoint.ok_or(MetadataRejected::NoTokenEndpoint)?;
        let mut request =
            self.http().post(endpoint).header(reqwest::header::ACCEPT, "application/json").form(&form);
        if authentication == ClientAuthentication::Basic {
            let credentials = basic(&registration.client_id, client_secret);
            request = request.header(reqwest::header::AUTHORIZATION, credentials);
        }
        let (status, body) = send(request, Endpoint::Token, self.now()).await?;
        if status == StatusCode::OK {
            succeeded(&body).map_err(|found| fault(Endpoint::Token, found))
        } else {
            Err(refused(status, &body, &[secrets, &[client_secret]].concat()))
        }
    }
}

/// Both parts are encoded as in a form before they are joined (RFC 6749, section 2.3.1).
pub(crate) fn basic(client_id: &str, client_secret: &str) -> String {
    let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    format!("Basic {}", STANDARD.encode(format!("{}:{}", encoded(client_id), encoded(client_secret))))
}

fn succeeded(body: &[u8]) -> Result<Tokens, ResponseFault> {
    let success: Success = serde_json::from_slice(body).map_err(|_| ResponseFault::Malformed)?;
    if !success.token_type.eq_ignore_ascii_case("Bearer") {
        return Err(ResponseFault::TokenType);
    }
    let expires_in =
        success.expires_in.map(|value| lifetime(&value).ok_or(ResponseFault::Malformed)).transpose()?;
    Ok(Tokens {
        id_token: success.id_token.map(Into::into),
        access_token: success.access_token.into(),
        refresh_token: success.refresh_token.map(Into::into),
        expires_in,
        scope: success.scope,
    })
}

/// Seconds, which some issuers write as text.
fn lifetime(value: &Value) -> Option<Duration> {
    let seconds = value.as_f64().or_else(|| value.as_str()?.parse().ok())?;
    Duration::try_from_secs_f64(seconds).ok()
}

fn refused(status: StatusCode, body: &[u8], secrets: &[&str]) -> OidcError {
    let unreadable = || fault(Endpoint::Token, ResponseFault::Status(status.as_u16()));
    let Ok(failure) = serde_json::from_slice::<Failure>(body) else { return unreadable() };
    let repeats_a_secret =
        |text: &str| secrets.iter().any(|secret| !secret.is_empty() && text.contains(secret));
    let error = failure.error;
    let is_code = (1..=64).contains(&error.len())
        && error.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte));
    if !is_code || repeats_a_secret(&error) {
        return unreadable();
    }
    let description = failure.error_description.filter(|text| !repeats_a_secret(text));
    let description = description.map(|text| text.chars().filter(|c| !c.is_control()).take(300).collect());
    // Auth0 answers an unknown client with 401 `access_denied`, and has been seen to answer a bad verifier with 401
    // `invalid_grant`.
    let about_us = matches!(error.as_str(), "invalid_client" | "unauthorized_client")
        || (status == StatusCode::UNAUTHORIZED && error != "invalid_grant");
    if about_us {
        OidcError::ClientRefused { error, description }
    } else {
        OidcError::Denied { error, description }
    }
}
