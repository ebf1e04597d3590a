//! OpenID Connect Discovery and the public keys.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use serde_json::json;

use super::errors::OAuthError;
use crate::fake::Core;

/// Auth0's lists as they are; of its endpoints those that are served.
pub(super) async fn configuration(State(core): State<Arc<Core>>) -> impl IntoResponse {
    let issuer = &core.config.issuer;
    let at = |path: &str| format!("{issuer}{path}");
    (
        cacheable(),
        Json(json!({
            "issuer": issuer,
            "authorization_endpoint": at("authorize"),
            "token_endpoint": at("oauth/token"),
            "userinfo_endpoint": at("userinfo"),
            "jwks_uri": at(".well-known/jwks.json"),
            "end_session_endpoint": at("oidc/logout"),
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
        })),
    )
}

pub(super) async fn jwks(State(core): State<Arc<Core>>) -> Result<impl IntoResponse, OAuthError> {
    let keys = core.keys.ready().await?;
    Ok((cacheable(), Json(keys.jwks())))
}

fn cacheable() -> [(header::HeaderName, HeaderValue); 1] {
    let value = "public, max-age=15, stale-while-revalidate=15, stale-if-error=86400";
    [(header::CACHE_CONTROL, HeaderValue::from_static(value))]
}
