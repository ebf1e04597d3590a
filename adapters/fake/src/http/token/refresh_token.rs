//! The grant `refresh_token` (RFC 6749 section 6), with rotation and the detection of reuse (RFC 9700 section 4.14).

use std::sync::Arc;

use axum::http::StatusCode;
use serde_json::{Value, json};
use tenantry_actions::Execution;

use super::super::errors::OAuthError;
use super::{Issued, TokenRequest, post_login};
use crate::document::Document;
use crate::fake::Core;
use crate::login::{Exchange, ExchangeShown};
use crate::model::{Connection, RefreshToken, RefreshTokenPolicy};
use crate::secrets::sha256;
use crate::store::{State, StoreError};
use crate::tokens::Grant;

fn unknown() -> OAuthError {
    OAuthError::invalid_grant("Unknown or invalid refresh token.")
}

pub(super) async fn refresh(core: &Arc<Core>, request: &TokenRequest<'_>) -> Result<Issued, OAuthError> {
    let hash = sha256(request.required("refresh_token")?);
    let epoch = core.store.epoch();
    let event = core.store.read(|state| event(state, request, &hash))?;
    let execution = post_login::run(core, event).await?;
    // What fails is committed as well: reuse takes the whole family away.
    core.store
        .write(|state| {
            if core.store.epoch() != epoch {
                return Ok(Err(unknown()));
            }
            let token = state.refresh_tokens.get(&hash);
            let token = token.filter(|token| token.client_id == request.client.id).cloned();
            let user_id = token.as_ref().map(|token| token.user_id.clone());
            let issued = token
                .ok_or_else(unknown)
                .and_then(|token| exchanged(state, request, &token, execution.as_ref()));
            request.log_outcome(state, ("sertft", "fertft"), user_id.as_deref(), &issued);
            Ok::<_, StoreError>(issued)
        })
        .await?
}

fn exchanged(
    state: &mut State,
    request: &TokenRequest<'_>,
    token: &RefreshToken,
    execution: Option<&Execution>,
) -> Result<Issued, OAuthError> {
    let (context, client) = (&request.context, request.client);
    let policy = RefreshTokenPolicy::of(client);
    if token.rotated_at.is_some_and(|at| context.now >= at + policy.leeway) {
        state.revoke_family(&token.client_id, &token.user_id, &token.family);
        request.log(state, "ferrt", Some(&token.user_id), Some("Reused rotating refresh token".to_owned()));
        return Err(unknown());
    }
    if !token.is_live(&policy, context.now) {
        state.refresh_tokens.remove(&token.hash);
        return Err(unknown());
    }
    let refreshed = refreshed(state, request, token, execution);
    if execution.is_some_and(|execution| execution.effects.refresh_token.revoke.is_some()) {
        state.revoke_refresh_token(&token.hash);
        return Err(refreshed.err().unwrap_or_else(unknown));
    }
    let mut issued = refreshed?.ok_or_else(unknown)?;
    let mut used = RefreshToken { exchanged_at: Some(context.now), ..token.clone() };
    if let Some(execution) = execution {
        used.grant.refresh_token = used.grant.refresh_token.with(&execution.effects.refresh_token);
    }
    if policy.rotates {
        if used.family.is_empty() {
            used.family.clone_from(&used.hash);
        }
        let new = context.ids.refresh_token();
        state
            .refresh_tokens
            .put(RefreshToken { rotated_at: Some(used.rotated_at.unwrap_or(context.now)), ..used.clone() });
        state.add_refresh_token(RefreshToken {
            hash: sha256(&new),
            issued_at: context.now,
            exchanged_at: None,
            rotated_at: None,
            ..used
        });
        issued.refresh_token = Some(new);
    } else {
        state.refresh_tokens.put(used);
    }
    Ok(issued)
}

/// Whether the person may still have tokens, and the connection that they came through.
fn still_welcome(state: &State, token: &RefreshToken) -> Result<Connection, OAuthError> {
    let user = state.users.get(&token.user_id).ok_or_else(|| {
        OAuthError::invalid_grant("The refresh_token was generated for a user who doesn't exist anymore.")
    })?;
    if user.is_blocked() {
        return Err(OAuthError::new(StatusCode::FORBIDDEN, "unauthorized", "user is blocked"));
    }
    let connection = state.connection_by_name(&user.connection).cloned().ok_or_else(unknown)?;
    let organization = token.grant.organization.as_deref();
    if organization.is_some_and(|organization| state.member(organization, &token.user_id).is_none()) {
        return Err(unknown());
    }
    Ok(connection)
}

/// What Actions see of the exchange, if there are any to run and it can come to something.
fn event(state: &State, request: &TokenRequest<'_>, hash: &str) -> Option<Value> {
    let token = state.refresh_tokens.get(hash).filter(|token| token.client_id == request.client.id)?;
    let (policy, now) = (RefreshTokenPolicy::of(request.client), request.context.now);
    if token.rotated_at.is_some_and(|at| now >= at + policy.leeway) || !token.is_live(&policy, now) {
        return None;
    }
    let connection = still_welcome(state, token).ok()?;
    let session = state.session_by_sid(&token.grant.sid);
    let shown = ExchangeShown {
        protocol: "oauth2-refresh-token",
        client_id: &request.client.id,
        user_id: &token.user_id,
        organization: token.grant.organization.as_deref(),
        connection: Some(&connection),
        audience: token.grant.audience.as_deref(),
        scope: &request.narrowed(token.grant.scope.clone()),
        is_login: false,
        refresh_token: Some(json!({
            "id": token.hash,
            "client_id": token.client_id,
            "created_at": token.issued_at.to_string(),
            "session_id": token.grant.sid,
            "rotating": policy.rotates,
            "metadata": token.grant.refresh_token.metadata,
        })),
        session,
    };
    post_login::event(state, request, &shown)
}

/// The tokens, with the post-login steps taken again.
fn refreshed(
    state: &mut State,
    request: &TokenRequest<'_>,
    token: &RefreshToken,
    execution: Option<&Execution>,
) -> Result<Option<Issued>, OAuthError> {
    let (context, client) = (&request.context, request.client);
    let connection = still_welcome(state, token)?;
    let exchange = Exchange {
        client_id: &client.id,
        user_id: &token.user_id,
        audience: token.grant.audience.as_deref(),
        sid: &token.grant.sid,
    };
    let organization = token.grant.organization.as_deref();
    let steps = post_login::taken(state, request, exchange, (&connection, organization), execution)?;
    let mut grant = Grant {
        scope: steps.scope(&token.grant.scope),
        claims: steps.id_token_claims,
        access_token_claims: steps.access_token_claims,
        ..token.grant.clone()
    };
    exchange_audience(request, &mut grant)?;
    grant.scope = request.narrowed(grant.scope);
    Ok(Issued::for_user(state, context, client, (&token.user_id, &grant), None, &token.family))
}

/// A refresh token is good for the API that it was given for, and for those that the client's policies name.
fn exchange_audience(request: &TokenRequest<'_>, grant: &mut Grant) -> Result<(), OAuthError> {
    let Some(wanted) = request.given("audience") else { return Ok(()) };
    if grant.audience.as_deref() == Some(wanted) {
        return Ok(());
    }
    let settings = request.client.settings().document("refresh_token");
    let mut policies = settings.list("policies").iter().map(Document::of);
    let policy = policies.find(|policy| policy.text("audience") == Some(wanted)).ok_or_else(|| {
        OAuthError::invalid_grant(format!("The refresh token can't be exchanged for the audience {wanted}"))
    })?;
    grant.audience = Some(wanted.to_owned());
    grant.scope.extend(policy.texts("scope").map(str::to_owned));
    Ok(())
}
