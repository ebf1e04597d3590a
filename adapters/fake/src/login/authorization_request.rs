//! Checks what a client asks of the authorization endpoint (RFC 6749 section 4.1.1, and Auth0's own parameters).

use std::collections::{BTreeMap, HashMap};

use super::callback::CallbackError;
use super::{Context, callback_urls, invitation};
use crate::config::{OrganizationRequireBehavior, OrganizationUsage};
use crate::model::{
    AuthorizationRequest, Challenge, ChallengeMethod, Client, Organization, Prompt, ResponseKind,
    ResponseMode,
};
use crate::store::State;
use crate::tokens::{management_audience, userinfo_audience};

/// Why a request is not gone on with.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// The callback can't be trusted, so the person is told, not the client.
    Page { error: &'static str, description: String },
    /// The client is told.
    Callback { redirect_uri: String, state: Option<String>, mode: ResponseMode, error: CallbackError },
}

/// Reads the parameters of an authorization request.
pub(crate) fn check(
    state: &State,
    context: &Context<'_>,
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
    let organization = given("organization").and_then(|wanted| organization_of(state, client, wanted).ok());
    let redirect_uri = callback_of(client, organization, given("redirect_uri"))?;
    let mut request =
        read(state, context, client, &redirect_uri, &given).map_err(|error| Refusal::Callback {
            redirect_uri: redirect_uri.clone(),
            state: given("state").map(str::to_owned),
            mode: ResponseKind::for_error(given("response_type"), given("response_mode")),
            error,
        })?;
    request.parameters = parameters.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
    Ok(request)
}

fn callback_of(
    client: &Client,
    organization: Option<&Organization>,
    redirect_uri: Option<&str>,
) -> Result<String, Refusal> {
    callback_urls::find(client, organization, redirect_uri).ok_or_else(|| Refusal::Page {
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
    context: &Context<'_>,
    client: &Client,
    redirect_uri: &str,
    given: &impl Fn(&str) -> Option<&'a str>,
) -> Result<AuthorizationRequest, CallbackError> {
    let response = response(client, given("response_type"), given("response_mode"))?;
    if response.id_token && given("nonce").is_none() {
        return Err(missing("nonce"));
    }
    let audience = audience(state, context.issuer, given("audience"))?;
    let owned = |name: &str| given(name).map(str::to_owned);
    let mut connection = owned("connection");
    if let Some(name) = &connection
        && state.connection_by_name(name).is_none()
    {
        return Err(CallbackError::ConnectionNotFound);
    }
    let ticket = given("invitation");
    if ticket.is_some() && given("organization").is_none() {
        return Err(CallbackError::InvitationNotFound);
    }
    let organization = organization(state, client, given("organization"))?;
    let mut invitation = None;
    if let (Some(ticket), Some(organization)) = (ticket, &organization) {
        let found = invitation::find(state, context, ticket, organization)?;
        invitation = Some(found.id.clone());
        // One that names a connection is for that connection, whatever the client says.
        let pinned = found.settings().text("connection_id").and_then(|id| state.connections.get(id));
        connection = pinned.map(|pinned| pinned.name.clone()).or(connection);
    }
    Ok(AuthorizationRequest {
        client_id: client.id.clone(),
        redirect_uri: redirect_uri.to_owned(),
        redirect_uri_was_given: given("redirect_uri").is_some(),
        state: owned("state"),
        nonce: owned("nonce"),
        scope: given("scope").unwrap_or_default().split_ascii_whitespace().map(str::to_owned).collect(),
        challenge: challenge(given("code_challenge"), given("code_challenge_method"))?,
        organization,
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
        invitation,
        parameters: BTreeMap::new(),
        audience,
        response,
    })
}

/// What goes back to the client and how, if it may have that.
fn response(
    client: &Client,
    response_type: Option<&str>,
    response_mode: Option<&str>,
) -> Result<ResponseKind, CallbackError> {
    let response_type = response_type.ok_or_else(|| missing("response_type"))?;
    let response = ResponseKind::of(response_type)
        .ok_or_else(|| CallbackError::UnsupportedResponseType(response_type.to_owned()))?;
    let response = match response_mode {
        None => response,
        Some(mode) => response
            .in_mode(mode)
            .ok_or_else(|| CallbackError::InvalidRequest(format!("Unsupported response mode: {mode}")))?,
    };
    let needed = [("authorization_code", response.code), ("implicit", response.has_tokens())];
    match needed.into_iter().find(|(grant, needed)| *needed && !client.allows_grant(grant)) {
        Some((grant, _)) => Err(CallbackError::GrantNotAllowed(grant)),
        None => Ok(response),
    }
}

/// The API that access tokens are to be for: the tenant's default when the request names none.
fn audience(state: &State, issuer: &url::Url, wanted: Option<&str>) -> Result<Option<String>, CallbackError> {
    let default = state.settings().tenant().text("default_audience").filter(|text| !text.is_empty());
    let wanted = wanted.or(default).filter(|audience| *audience != userinfo_audience(issuer));
    let Some(audience) = wanted else { return Ok(None) };
    // People have no business at the Management API: tokens for it are for clients.
    let is_for_people = audience != management_audience(issuer);
    match state.resource_server_by_identifier(audience).filter(|_| is_for_people) {
        Some(api) => Ok(Some(api.identifier.clone())),
        None => Err(CallbackError::UnknownAudience(audience.to_owned())),
    }
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
    organization_of(state, client, wanted).map(|found| Some(found.id.clone()))
}

fn organization_of<'a>(
    state: &'a State,
    client: &Client,
    wanted: &str,
) -> Result<&'a Organization, CallbackError> {
    if client.organization_usage() == OrganizationUsage::Deny {
        return Err(CallbackError::OrganizationNotAllowed);
    }
    let found = if wanted.starts_with("org_") {
        state.organizations.get(wanted)
    } else if state.settings().allow_organization_name_in_authentication_api() {
        state.organization_by_name(&wanted.to_ascii_lowercase())
    } else {
        return Err(CallbackError::OrganizationMustBeId);
    };
    // Applications of others are let in by those organizations alone that say so.
    let is_foreign = client.settings().flag("is_first_party") == Some(false);
    found
        .filter(|found| !is_foreign || found.third_party_client_access == "allow")
        .ok_or_else(|| CallbackError::OrganizationInvalid(wanted.to_owned()))
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
