//! `/userinfo`: the claims about the person whose access token this is (OpenID Connect Core section 5.3).

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use serde_json::{Map, Value};

use super::bearer;
use super::errors::{OAuthError, no_store};
use crate::fake::Core;
use crate::secrets::sha256;
use crate::tokens::{profile_claims, userinfo_audience};

pub(super) async fn show(
    State(core): State<Arc<Core>>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, OAuthError> {
    let owner = owner(&core, &headers).await?;
    if !owner.scope.iter().any(|scope| scope == "openid") {
        return Err(refused("The access token lacks the scope openid"));
    }
    let issuer = &core.config.issuer;
    let profile = core.store.read(|state| {
        state.users.get(&owner.user_id).map(|user| profile_claims(user, &owner.scope, issuer))
    })?;
    let mut profile = profile.ok_or_else(|| refused("The user does not exist"))?;
    profile.extend(owner.claims);
    profile.insert("sub".to_owned(), owner.user_id.into());
    Ok((no_store(), Json(profile)))
}

/// Whose token it is, and what it opens.
struct Owner {
    user_id: String,
    scope: Vec<String>,
    /// What the post-login steps set under names of their own.
    claims: Map<String, Value>,
}

fn refused(description: &str) -> OAuthError {
    OAuthError::new(StatusCode::UNAUTHORIZED, "invalid_token", description)
}

async fn owner(core: &Core, headers: &HeaderMap) -> Result<Owner, OAuthError> {
    let invalid = || refused("The access token is missing, invalid or expired");
    let token = bearer::token(headers).map_err(|_| invalid())?;
    let (hash, now) = (sha256(token), core.clock.now());
    let kept = core
        .store
        .read(|state| state.access_tokens.get(&hash).filter(|token| token.is_live(now)).cloned())?;
    if let Some(kept) = kept {
        let namespaced = |(name, _): &(String, Value)| name.contains(':');
        let claims = kept.grant.claims.into_iter().filter(namespaced).collect();
        return Ok(Owner { user_id: kept.user_id, scope: kept.grant.scope, claims });
    }
    let audience = userinfo_audience(&core.config.issuer);
    let claims = bearer::verified(core, token, &audience).await.map_err(|_| invalid())?;
    let text = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default();
    Ok(Owner {
        user_id: text("sub").to_owned(),
        scope: text("scope").split_ascii_whitespace().map(str::to_owned).collect(),
        claims: Map::new(),
    })
}
