//! `/oauth/token`: exchanges codes, refresh tokens, passwords and clients' own credentials for tokens.

mod authorization_code;
mod client_credentials;
mod issued;
mod password;
mod post_login;
mod refresh_token;

use std::sync::Arc;

use axum::extract::State as Shared;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::Map;

use super::client_authentication::{AuthenticationError, authenticate};
use super::errors::OAuthError;
use super::parameters::{FormOrJson, Parameters};
use super::visitor::Visitor;
use crate::fake::Core;
use crate::login::{Browser, Context};
use crate::model::{Client, LogEntry};
use crate::store::{State, StoreError};
pub(super) use issued::Issued;

/// The grant of a password for a connection that the request names. Auth0's own.
const PASSWORD_REALM: &str = "http://auth0.com/oauth/grant-type/password-realm";

pub(super) async fn exchange(
    Shared(core): Shared<Arc<Core>>,
    headers: HeaderMap,
    visitor: Visitor,
    FormOrJson(parameters): FormOrJson,
) -> Result<Response, OAuthError> {
    if let Some(name) = parameters.duplicate() {
        return Err(OAuthError::invalid_request(format!("Duplicate parameter: {name}")));
    }
    let grant_type = parameters.get("grant_type").ok_or_else(|| OAuthError::missing("grant_type"))?;
    let client = match authenticate(&core, &headers, &parameters).await {
        Ok(client) => client,
        Err(error) => {
            log_failed(&core, &visitor.browser, grant_type, &error).await?;
            return Err(error.into());
        }
    };
    if !client.allows_grant(grant_type) {
        return Err(OAuthError::grant_not_allowed(grant_type));
    }
    // Waits for the keys before anything is spent.
    let keys = core.keys.ready().await?;
    let request = TokenRequest {
        context: core.context(),
        client: &client,
        parameters: &parameters,
        browser: &visitor.browser,
    };
    let now = request.context.now;
    if core.sweep_is_due(now) {
        let sweep = |state: &mut State| {
            core.sweep_if_due(state, now);
            Ok::<_, OAuthError>(())
        };
        core.store.write(sweep).await?;
    }
    let issued = match grant_type {
        "authorization_code" => authorization_code::redeem(&core, &request).await?,
        "refresh_token" => refresh_token::refresh(&core, &request).await?,
        "client_credentials" => client_credentials::grant(&core, &request).await?,
        "password" | PASSWORD_REALM => password::grant(&core, &request, grant_type == PASSWORD_REALM).await?,
        _ => {
            let message =
                format!("This development provider does not have the grant type '{grant_type}' yet");
            return Err(OAuthError::new(StatusCode::NOT_IMPLEMENTED, "unsupported_grant_type", message));
        }
    };
    issued.answer(&keys)
}

/// Writes into the logs why a client's assertion was not believed.
async fn log_failed(
    core: &Core,
    browser: &Browser,
    grant_type: &str,
    error: &AuthenticationError,
) -> Result<(), StoreError> {
    let AuthenticationError::Assertion { client_id, why } = error else { return Ok(()) };
    let kind = match grant_type {
        "authorization_code" => "feacft",
        "refresh_token" => "fertft",
        "client_credentials" => "feccft",
        _ => return Ok(()),
    };
    let why = ("client_authentication_error".to_owned(), why.to_string().into());
    let entry = LogEntry {
        description: Some(AuthenticationError::ASSERTION.to_owned()),
        client_id: Some(client_id.clone()),
        ip: Some(browser.ip.clone()),
        user_agent: browser.user_agent.clone(),
        details: Map::from_iter([why]),
        ..LogEntry::new(kind, &core.context())
    };
    let log = |state: &mut State| {
        state.log(entry);
        Ok(())
    };
    core.store.write(log).await
}

/// A request of a client that has proved who it is.
struct TokenRequest<'a> {
    context: Context<'a>,
    client: &'a Client,
    parameters: &'a Parameters,
    /// Who sent it: mostly the client's own server.
    browser: &'a Browser,
}

impl TokenRequest<'_> {
    fn required(&self, name: &str) -> Result<&str, OAuthError> {
        self.given(name).ok_or_else(|| OAuthError::missing(name))
    }

    fn given(&self, name: &str) -> Option<&str> {
        self.parameters.get(name).filter(|value| !value.is_empty())
    }

    /// Those of `scope` that the request asks for: all, when it names none.
    fn narrowed(&self, scope: Vec<String>) -> Vec<String> {
        let Some(wanted) = self.given("scope") else { return scope };
        let wanted: Vec<&str> = wanted.split_ascii_whitespace().collect();
        scope.into_iter().filter(|scope| wanted.contains(&scope.as_str())).collect()
    }

    /// Writes into the logs how the exchange went.
    fn log(&self, state: &mut State, kind: &str, user_id: Option<&str>, description: Option<String>) {
        state.log(LogEntry {
            description,
            client_id: Some(self.client.id.clone()),
            ip: Some(self.browser.ip.clone()),
            user_agent: self.browser.user_agent.clone(),
            user_id: user_id.map(str::to_owned),
            user_name: user_id.and_then(|id| state.users.get(id)?.email.clone()),
            ..LogEntry::new(kind, &self.context)
        });
    }

    /// [`Self::log`] with the kind that fits the outcome.
    fn log_outcome(
        &self,
        state: &mut State,
        (success, failure): (&str, &str),
        user_id: Option<&str>,
        outcome: &Result<Issued, OAuthError>,
    ) {
        match outcome {
            Ok(_) => self.log(state, success, user_id, None),
            Err(error) => self.log(state, failure, user_id, Some(error.description.clone())),
        }
    }
}
