//! The grant `refresh_token` (RFC 6749 section 6), with rotation and the detection of reuse (RFC 9700 section 4.14).

use axum::http::StatusCode;

use super::super::errors::OAuthError;
use super::{Issued, TokenRequest};
use crate::document::Document;
use crate::fake::Core;
use crate::login::post_login_claims;
use crate::model::{RefreshToken, RefreshTokenPolicy};
use crate::secrets::sha256;
use crate::store::{State, StoreError};
use crate::tokens::Grant;

fn unknown() -> OAuthError {
    OAuthError::invalid_grant("Unknown or invalid refresh token.")
}

pub(super) async fn refresh(core: &Core, request: &TokenRequest<'_>) -> Result<Issued, OAuthError> {
    let hash = sha256(request.required("refresh_token")?);
    // What fails is committed as well: reuse takes the whole family away.
    core.store
        .write(|state| {
            let token = state.refresh_tokens.get(&hash);
            let token = token.filter(|token| token.client_id == request.client.id).cloned();
            let user_id = token.as_ref().map(|token| token.user_id.clone());
            let issued = token.ok_or_else(unknown).and_then(|token| exchanged(state, request, &token));
            request.log_outcome(state, ("sertft", "fertft"), user_id.as_deref(), &issued);
            Ok::<_, StoreError>(issued)
        })
        .await?
}

fn exchanged(
    state: &mut State,
    request: &TokenRequest<'_>,
    token: &RefreshToken,
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
    let refreshed = refreshed(state, request, token)?;
    let mut issued = refreshed.ok_or_else(unknown)?;
    let mut used = RefreshToken { exchanged_at: Some(context.now), ..token.clone() };
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

/// The tokens, with the post-login steps taken again.
fn refreshed(
    state: &mut State,
    request: &TokenRequest<'_>,
    token: &RefreshToken,
) -> Result<Option<Issued>, OAuthError> {
    let (context, client) = (&request.context, request.client);
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
    let claims = post_login_claims(state, context, &token.user_id, &connection, organization);
    let mut grant = Grant { claims, ..token.grant.clone() };
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
