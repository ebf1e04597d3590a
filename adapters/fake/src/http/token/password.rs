//! The grants `password` (RFC 6749 section 4.3) and Auth0's `password-realm`, for tools that have no browser.

use std::sync::Arc;

use axum::http::StatusCode;
use serde_json::Value;
use tenantry_actions::Execution;

use super::super::errors::OAuthError;
use super::{Issued, TokenRequest, post_login};
use crate::fake::Core;
use crate::login::{Exchange, ExchangeShown, hash_to_check};
use crate::model::{Connection, RefreshToken};
use crate::secrets::sha256;
use crate::store::{State, StoreError};
use crate::tokens::{Grant, TokenWishes, userinfo_audience};

pub(super) async fn grant(
    core: &Arc<Core>,
    request: &TokenRequest<'_>,
    names_realm: bool,
) -> Result<Issued, OAuthError> {
    let (username, password) = (request.required("username")?, request.required("password")?);
    if request.given("organization").is_some() {
        return Err(OAuthError::invalid_request("Organizations can't be used with the password grant"));
    }
    let epoch = core.store.epoch();
    // The password is checked outside the lock: that is slow on purpose.
    let (connection, found) = core.store.read(|state| {
        let connection = realm(state, request, names_realm)?;
        audience(state, request)?;
        let found = hash_to_check(state, &connection.name, username);
        Ok::<_, OAuthError>((connection, found))
    })??;
    let known = found.is_some();
    let right = found.filter(|(_, hash)| hash.matches(password)).map(|(user_id, _)| user_id);
    let event = match &right {
        Some(user_id) => core.store.read(|state| event(state, request, user_id, &connection))?,
        None => None,
    };
    let execution = post_login::run(core, event).await?;
    core.store
        .write(|state| {
            if core.store.epoch() != epoch {
                return Ok(Err(wrong()));
            }
            let issued = match &right {
                Some(user_id) => logged_in(state, request, user_id, &connection, execution.as_ref()),
                None => Err(wrong()),
            };
            let failure = match (&right, known) {
                (Some(_), _) => "fepft",
                (None, true) => "fp",
                (None, false) => "fu",
            };
            request.log_outcome(state, ("sepft", failure), right.as_deref(), &issued);
            Ok::<_, StoreError>(issued)
        })
        .await?
}

fn wrong() -> OAuthError {
    OAuthError::invalid_grant("Wrong email or password.")
}

/// What Actions see of it, if there are any to run.
fn event(state: &State, request: &TokenRequest<'_>, user_id: &str, connection: &Connection) -> Option<Value> {
    if state.users.get(user_id)?.is_blocked() {
        return None;
    }
    let shown = ExchangeShown {
        protocol: "oauth2-password",
        client_id: &request.client.id,
        user_id,
        organization: None,
        connection: Some(connection),
        audience: request.given("audience"),
        scope: &asked_scope(request),
        is_login: true,
        refresh_token: None,
        session: None,
    };
    post_login::event(state, request, &shown)
}

fn asked_scope(request: &TokenRequest<'_>) -> Vec<String> {
    let scope = request.given("scope").unwrap_or("openid profile email address phone");
    scope.split_ascii_whitespace().map(str::to_owned).collect()
}

/// The connection that the request names as its realm, else the tenant's default directory.
fn realm(state: &State, request: &TokenRequest<'_>, names_realm: bool) -> Result<Connection, OAuthError> {
    let name = if names_realm {
        request.required("realm")?
    } else {
        let default = state.settings().tenant().text("default_directory").filter(|name| !name.is_empty());
        default.ok_or_else(|| {
            let message = "Authorization server not configured with default connection.";
            OAuthError::new(StatusCode::FORBIDDEN, "server_error", message)
        })?
    };
    let connection = state.connection_by_name(name).filter(|connection| connection.is_database());
    let connection = connection.ok_or_else(|| OAuthError::invalid_request("the connection was not found"))?;
    if connection.enabled_clients.contains(&request.client.id) {
        Ok(connection.clone())
    } else {
        Err(OAuthError::invalid_request("the connection is not enabled for the client"))
    }
}

fn audience(state: &State, request: &TokenRequest<'_>) -> Result<Option<String>, OAuthError> {
    let issuer = request.context.issuer;
    let default = state.settings().tenant().text("default_audience").filter(|text| !text.is_empty());
    let wanted = request.given("audience").or(default);
    let Some(wanted) = wanted.filter(|wanted| *wanted != userinfo_audience(issuer)) else { return Ok(None) };
    match state.resource_server_by_identifier(wanted) {
        Some(api) => Ok(Some(api.identifier.clone())),
        None => Err(OAuthError::access_denied(format!("Service not enabled within domain: {wanted}"))),
    }
}

fn logged_in(
    state: &mut State,
    request: &TokenRequest<'_>,
    user_id: &str,
    connection: &Connection,
    execution: Option<&Execution>,
) -> Result<Issued, OAuthError> {
    let (context, client) = (&request.context, request.client);
    let mut user = state.users.get(user_id).cloned().ok_or_else(wrong)?;
    if user.is_blocked() {
        return Err(OAuthError::new(StatusCode::FORBIDDEN, "unauthorized", "user is blocked"));
    }
    user.logins_count += 1;
    user.last_login = Some(context.now);
    user.updated_at = context.now;
    state.users.put(user);
    let audience = audience(state, request)?;
    let exchange = Exchange { client_id: &client.id, user_id, audience: audience.as_deref(), sid: "" };
    let steps = post_login::taken(state, request, exchange, (connection, None), execution)?;
    let scope = steps.scope(&asked_scope(request));
    let grant = Grant {
        scope,
        sid: String::new(),
        organization: None,
        auth_time: None,
        claims: steps.id_token_claims,
        access_token_claims: steps.access_token_claims,
        audience,
        refresh_token: TokenWishes::default().with(&steps.refresh_token),
    };
    let family = context.ids.session();
    let mut issued =
        Issued::for_user(state, context, client, (user_id, &grant), None, &family).ok_or_else(wrong)?;
    if issued.may_be_refreshed(client) {
        let token = context.ids.refresh_token();
        state.add_refresh_token(RefreshToken {
            hash: sha256(&token),
            client_id: client.id.clone(),
            user_id: user_id.to_owned(),
            grant,
            issued_at: context.now,
            family,
            family_began_at: Some(context.now),
            exchanged_at: None,
            rotated_at: None,
        });
        issued.refresh_token = Some(token);
    }
    Ok(issued)
}
