//! OpenID Connect Discovery and the public keys.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use serde_json::json;

use super::errors::OAuthError;
use super::json::present;
use crate::fake::Core;

/// Auth0's fields as they are. Of its endpoints some are named that answer 501 here.
pub(super) async fn configuration(State(core): State<Arc<Core>>) -> Result<impl IntoResponse, OAuthError> {
    let issuer = &core.config.issuer;
    let at = |path: &str| format!("{issuer}{path}");
    let rp_logout = core.store.read(|state| {
        let settings = state.settings().tenant().document("oidc_logout");
        settings.flag("rp_logout_end_session_endpoint_discovery").unwrap_or(true)
    })?;
    Ok((
        cacheable(),
        Json(present(json!({
            "issuer": issuer,
            "authorization_endpoint": at("authorize"),
            "token_endpoint": at("oauth/token"),
            "userinfo_endpoint": at("userinfo"),
            "jwks_uri": at(".well-known/jwks.json"),
            "device_authorization_endpoint": at("oauth/device/code"),
            "mfa_challenge_endpoint": at("mfa/challenge"),
            "registration_endpoint": at("oidc/register"),
            "revocation_endpoint": at("oauth/revoke"),
            "end_session_endpoint": rp_logout.then(|| at("oidc/logout")),
            "scopes_supported": [
                "openid", "profile", "offline_access", "name", "given_name", "family_name", "nickname", "email",
                "email_verified", "picture", "created_at", "identities", "phone", "address",
            ],
            "response_types_supported": [
                "code", "token", "id_token", "code token", "code id_token", "token id_token",
                "code token id_token",
            ],
            "response_modes_supported": ["query", "fragment", "form_post"],
            "code_challenge_methods_supported": ["S256", "plain"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["HS256", "RS256", "PS256"],
            "token_endpoint_auth_methods_supported": [
                "client_secret_basic", "client_secret_post", "private_key_jwt",
            ],
            "claims_supported": [
                "aud", "auth_time", "created_at", "email", "email_verified", "exp", "family_name", "given_name",
                "iat", "identities", "iss", "name", "nickname", "phone_number", "picture", "sub",
            ],
            "request_uri_parameter_supported": false,
            "request_parameter_supported": false,
            "token_endpoint_auth_signing_alg_values_supported": [
                "RS256", "RS384", "PS256", "PS384", "ES256", "ES384",
            ],
            "backchannel_logout_supported": true,
            "backchannel_logout_session_supported": true,
        }))),
    ))
}

pub(super) async fn jwks(State(core): State<Arc<Core>>) -> Result<impl IntoResponse, OAuthError> {
    let keys = core.keys.ready().await?;
    Ok((cacheable(), Json(keys.jwks(core.host())?)))
}

fn cacheable() -> [(header::HeaderName, HeaderValue); 1] {
    let value = "public, max-age=15, stale-while-revalidate=15, stale-if-error=86400";
    [(header::CACHE_CONTROL, HeaderValue::from_static(value))]
}
