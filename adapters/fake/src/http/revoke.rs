//! `/oauth/revoke`: a client gives a refresh token back (RFC 7009).

use std::sync::Arc;

use axum::extract::State as Shared;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use super::client_authentication::authenticate;
use super::errors::{OAuthError, no_store};
use super::parameters::FormOrJson;
use crate::fake::Core;
use crate::secrets::sha256;
use crate::store::{State, StoreError};

/// 200 for a token that is not there, too: what the client wanted is so.
pub(super) async fn revoke(
    Shared(core): Shared<Arc<Core>>,
    headers: HeaderMap,
    FormOrJson(parameters): FormOrJson,
) -> Result<Response, OAuthError> {
    let client_id = authenticate(&core, &headers, &parameters).await?.id;
    let token = parameters.get("token").filter(|token| !token.is_empty());
    let hash = sha256(token.ok_or_else(|| OAuthError::missing("token"))?);
    core.store
        .write(|state| {
            forget(state, &client_id, &hash);
            Ok::<_, StoreError>(())
        })
        .await?;
    Ok((StatusCode::OK, no_store()).into_response())
}

/// The token with those that came of it, or that it came of; with the tenant's flag `revoke_refresh_token_grant` every
/// refresh token that the user has given the client.
fn forget(state: &mut State, client_id: &str, hash: &str) {
    let Some(token) = state.refresh_tokens.get(hash).filter(|token| token.client_id == client_id).cloned()
    else {
        return;
    };
    let whole_grant = state.settings().tenant().document("flags").flag("revoke_refresh_token_grant");
    if whole_grant == Some(true) {
        state
            .refresh_tokens
            .remove_where(|other| other.client_id == token.client_id && other.user_id == token.user_id);
    } else {
        state.revoke_refresh_token(hash);
    }
}
