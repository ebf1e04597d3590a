//! `/userinfo`: the claims about the person whose access token this is (OpenID Connect Core section 5.3).

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use serde_json::Value;

use super::bearer::access_token;
use super::errors::{OAuthError, no_store};
use crate::fake::Core;
use crate::tokens::{profile_claims, userinfo_audience};

pub(super) async fn show(
    State(core): State<Arc<Core>>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, OAuthError> {
    let refused = |description: &str| OAuthError::new(StatusCode::UNAUTHORIZED, "invalid_token", description);
    let issuer = &core.config.issuer;
    let claims = access_token(&core, &headers, &userinfo_audience(issuer))
        .await
        .map_err(|_| refused("The access token is missing, invalid or expired"))?;
    let text = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default();
    let scope: Vec<String> = text("scope").split_ascii_whitespace().map(str::to_owned).collect();
    if !scope.iter().any(|scope| scope == "openid") {
        return Err(refused("The access token lacks the scope openid"));
    }
    let profile = core
        .store
        .read(|state| state.users.get(text("sub")).map(|user| profile_claims(user, &scope, issuer)))?;
    let mut profile = profile.ok_or_else(|| refused("The user does not exist"))?;
    profile.insert("sub".to_owned(), text("sub").into());
    Ok((no_store(), Json(profile)))
}
