//! The post-login steps of an exchange that no browser takes part in: the team's Actions, or the built-in ones.

use std::sync::Arc;

use axum::http::StatusCode;
use serde_json::{Map, Value};
use tenantry_actions::Execution;

use super::super::actions;
use super::super::errors::OAuthError;
use super::TokenRequest;
use crate::fake::Core;
use crate::login::{self, CallbackError, Exchange, ExchangeShown, RequestShown, Steps};
use crate::model::Connection;
use crate::store::State;

/// What stays between the client and the provider.
const SECRETS: [&str; 5] =
    ["client_secret", "client_assertion", "password", "refresh_token", "code_verifier"];

/// The event of the exchange; `None` when no Actions are bound.
pub(super) fn event(state: &State, request: &TokenRequest<'_>, shown: &ExchangeShown<'_>) -> Option<Value> {
    if !login::has_actions(state) {
        return None;
    }
    let names = request.parameters.names().filter(|name| !SECRETS.contains(name));
    let body = names.filter_map(|name| Some((name.to_owned(), request.parameters.get(name)?.into())));
    let of_request = RequestShown { query: Map::new(), body: body.collect() };
    Some(login::event_of_exchange(state, &request.context, request.browser, of_request, shown))
}

/// Runs the Actions on the event, if there is one. Nothing is locked meanwhile.
pub(super) async fn run(core: &Arc<Core>, event: Option<Value>) -> Result<Option<Execution>, OAuthError> {
    match event {
        Some(event) => Ok(Some(actions::execute(core, event, None).await?)),
        None => Ok(None),
    }
}

/// What the tokens get: as the Actions said that ran, else by the built-in steps.
pub(super) fn taken(
    state: &mut State,
    request: &TokenRequest<'_>,
    exchange: Exchange<'_>,
    (connection, organization): (&Connection, Option<&str>),
    execution: Option<&Execution>,
) -> Result<Steps, OAuthError> {
    let context = &request.context;
    let Some(execution) = execution else {
        let id_token_claims =
            login::post_login_claims(state, context, exchange.user_id, connection, organization);
        return Ok(Steps { id_token_claims, ..Steps::default() });
    };
    login::conclude_exchange(state, context, exchange, execution).map_err(|error| {
        let code = match error {
            CallbackError::InteractionRequired => "interaction_required",
            CallbackError::LoginRequired => "login_required",
            _ => "access_denied",
        };
        OAuthError::new(StatusCode::FORBIDDEN, code, error.to_string())
    })
}
