//! Checks what a client asks of the authorization endpoint (RFC 6749 section 4.1.1, and Auth0's own parameters).

use std::collections::HashMap;

use super::callback::CallbackError;
use crate::config::{OrganizationRequireBehavior, OrganizationUsage};
use crate::model::{AuthorizationRequest, Challenge, ChallengeMethod, Client, Prompt};
use crate::store::State;
use crate::tokens::userinfo_audience;

/// Why a request is not gone on with.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// The callback can't be trusted, so the person is told, not the client.
    Page { error: &'static str, description: String },
    /// The client is told.
    Callback { redirect_uri: String, state: Option<String>, error: CallbackError },
}

/// Reads the parameters of an authorization request.
pub(crate) fn check(
    state: &State,
    issuer: &url::Url,
    parameters: &HashMap<String, String>,
) -> Result<AuthorizationRequest, Refusal> {
    let given = |name: &str| parameters.get(name).map(String::as_str).filter(|value| !value.is_empty());
    let client_id = given("client_id").ok_or_else(|| Refusal::Page {
        error: "invalid_request",
        description: "Missing required parameter: client_id".to_owned(),
    })?;
    let client = state.clients.get(client_id).ok_or_else(|| Refusal::Page {
        error: "invalid_request",
        description: format!("Unknown client: {client_id}"),
    })?;
    let redirect_uri = callback_of(client, given("redirect_uri"))?;
    read(state, issuer, client, &redirect_uri, &given).map_err(|error| Refusal::Callback {
        redirect_uri: redirect_uri.clone(),
        state: given("state").map(str::to_owned),
        error,
    })
}

fn callback_of(client: &Client, redirect_uri: Option<&str>) -> Result<String, Refusal> {
    let callback = match redirect_uri {
        Some(wanted) => client.callbacks().find(|callback| *callback == wanted),
        None => client.callbacks().next(),
    };
    callback.map(str::to_owned).ok_or_else(|| Refusal::Page {
        error: "invalid_request",
        description: format!(
            "Callback URL mismatch. {} is not in the list of allowed callback URLs of {}.",
            redirect_uri.unwrap_or("None"),
            client.name
        ),
    })
}

fn read<'a>(
    state: &State,
    issuer: &url::Url,
    client: &Client,
    redirect_uri: &str,
    given: &impl Fn(&str) -> Option<&'a str>,
) -> Result<AuthorizationRequest, CallbackError> {
    match given("response_type") {
        Some("code") => {}
        None => return Err(missing("response_type")),
        Some(other) => return Err(CallbackError::UnsupportedResponseType(other.to_owned())),
    }
    if let Some(mode) = given("response_mode").filter(|mode| *mode != "query") {
        return Err(CallbackError::InvalidRequest(format!("Unsupported response mode: {mode}")));
    }
    if let Some(audience) = given("audience").filter(|audience| *audience != userinfo_audience(issuer)) {
        return Err(CallbackError::UnknownAudience(audience.to_owned()));
    }
    if given("invitation").is_some() {
        return Err(CallbackError::InvitationNotFound);
    }
    let owned = |name: &str| given(name).map(str::to_owned);
    let connection = owned("connection");
    if let Some(name) = &connection
        && state.connection_by_name(name).is_none()
    {
        return Err(CallbackError::ConnectionNotFound);
    }
    Ok(AuthorizationRequest {
        client_id: client.id.clone(),
        redirect_uri: redirect_uri.to_owned(),
        redirect_uri_was_given: given("redirect_uri").is_some(),
        state: owned("state"),
        nonce: owned("nonce"),
        scope: given("scope").unwrap_or_default().split_ascii_whitespace().map(str::to_owned).collect(),
        challenge: challenge(given("code_challenge"), given("code_challenge_method"))?,
        organization: organization(state, client, given("organization"))?,
        connection,
        prompt: prompt(given("prompt").unwrap_or_default())?,
        max_age: given("max_age")
            .map(|seconds| {
                seconds
                    .parse()
                    .map_err(|_| CallbackError::InvalidRequest("max_age must be a number".to_owned()))
            })
            .transpose()?,
        login_hint: owned("login_hint"),
        wants_sign_up: given("screen_hint") == Some("signup"),
    })
}

fn missing(name: &str) -> CallbackError {
    CallbackError::InvalidRequest(format!("Missing required parameter: {name}"))
}

fn challenge(value: Option<&str>, method: Option<&str>) -> Result<Option<Challenge>, CallbackError> {
    let invalid = |what: &str| Err(CallbackError::InvalidRequest(what.to_owned()));
    let method = match method {
        Some("S256") => ChallengeMethod::S256,
        Some("plain") | None => ChallengeMethod::Plain,
        Some(_) => return invalid("code_challenge_method must be S256 or plain"),
    };
    match value {
        None if method == ChallengeMethod::S256 => Err(missing("code_challenge")),
        None => Ok(None),
        Some(value) => {
            let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
            if (43..=128).contains(&value.len()) && value.bytes().all(unreserved) {
                Ok(Some(Challenge { method, value: value.to_owned() }))
            } else {
                invalid("code_challenge must be 43 to 128 unreserved characters")
            }
        }
    }
}

fn prompt(text: &str) -> Result<Prompt, CallbackError> {
    let wanted: Vec<&str> = text.split_ascii_whitespace().collect();
    if wanted.contains(&"none") {
        return if wanted.len() == 1 {
            Ok(Prompt::None)
        } else {
            Err(CallbackError::InvalidRequest("prompt=none can't be combined with others".to_owned()))
        };
    }
    Ok(if wanted.contains(&"login") { Prompt::Login } else { Prompt::IfNeeded })
}

fn organization(
    state: &State,
    client: &Client,
    wanted: Option<&str>,
) -> Result<Option<String>, CallbackError> {
    let Some(wanted) = wanted else {
        let nobody_asks = client.organization_require_behavior() == OrganizationRequireBehavior::NoPrompt;
        return if client.organization_usage() == OrganizationUsage::Require && nobody_asks {
            Err(CallbackError::OrganizationRequired)
        } else {
            Ok(None)
        };
    };
    if client.organization_usage() == OrganizationUsage::Deny {
        return Err(CallbackError::OrganizationNotAllowed);
    }
    let found = if wanted.starts_with("org_") {
        state.organizations.get(wanted)
    } else if state.settings().allow_organization_name_in_authentication_api {
        state.organization_by_name(&wanted.to_ascii_lowercase())
    } else {
        return Err(CallbackError::OrganizationMustBeId);
    };
    let found = found.ok_or_else(|| CallbackError::OrganizationInvalid(wanted.to_owned()))?;
    Ok(Some(found.id.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_challenge_is_read_strictly() {
        let s256 = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        let read = challenge(Some(s256), Some("S256")).unwrap().unwrap();
        assert_eq!((read.method, read.value.as_str()), (ChallengeMethod::S256, s256));
        assert!(challenge(None, None).unwrap().is_none());
        for (value, method) in
            [(Some("short"), Some("S256")), (Some(s256), Some("S512")), (None, Some("S256"))]
        {
            assert!(challenge(value, method).is_err(), "{value:?} {method:?}");
        }
    }

    #[test]
    fn no_prompt_goes_with_no_other() {
        assert_eq!(prompt("none").unwrap(), Prompt::None);
        assert_eq!(prompt("login consent").unwrap(), Prompt::Login);
        assert_eq!(prompt("").unwrap(), Prompt::IfNeeded);
        assert!(prompt("none login").is_err());
    }
}
