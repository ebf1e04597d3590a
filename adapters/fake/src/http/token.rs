//! `/oauth/token`: exchanges codes, refresh tokens and clients' own credentials for tokens.

use std::sync::Arc;

use axum::Json;
use axum::extract::State as Shared;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::client_authentication::authenticate;
use super::errors::{OAuthError, no_store};
use super::json::present;
use super::parameters::{FormOrJson, Parameters};
use crate::fake::Core;
use crate::keys::KeyRing;
use crate::login::{self, Context, RedeemError, Redemption, post_login_claims};
use crate::model::{Client, RefreshToken};
use crate::secrets::sha256;
use crate::store::{State, StoreError};
use crate::tokens::{self, ACCESS_TOKEN_LIFETIME, Grant};

pub(super) async fn exchange(
    Shared(core): Shared<Arc<Core>>,
    headers: HeaderMap,
    FormOrJson(parameters): FormOrJson,
) -> Result<Response, OAuthError> {
    if let Some(name) = parameters.duplicate() {
        return Err(OAuthError::invalid_request(format!("Duplicate parameter: {name}")));
    }
    let grant_type = parameters.get("grant_type").ok_or_else(|| OAuthError::missing("grant_type"))?;
    let client = core.store.read(|state| authenticate(state, &headers, &parameters).cloned())??;
    if !client.allows_grant(grant_type) {
        return Err(OAuthError::new(
            StatusCode::FORBIDDEN,
            "unauthorized_client",
            format!("Grant type '{grant_type}' not allowed for the client."),
        ));
    }
    // Waits for the keys before anything is spent.
    let keys = core.keys.ready().await?;
    let context = core.context();
    let issued = match grant_type {
        "authorization_code" => redeem_code(&core, &context, &client, &parameters).await?,
        "refresh_token" => refresh(&core, &context, &client, &parameters).await?,
        _ => client_credentials(&core, &context, &client, &parameters)?,
    };
    issued.sign(&keys)
}

/// What is answered, not yet signed.
struct Issued {
    access_token: Map<String, Value>,
    id_token: Option<Map<String, Value>>,
    refresh_token: Option<String>,
    scope: String,
}

impl Issued {
    /// Signs outside the lock on the state: a signature takes longer than everything else here.
    fn sign(&self, keys: &KeyRing) -> Result<Response, OAuthError> {
        let id_token = self.id_token.as_ref().map(|claims| keys.sign(claims)).transpose()?;
        let body = present(json!({
            "access_token": keys.sign(&self.access_token)?,
            "id_token": id_token,
            "refresh_token": self.refresh_token,
            "scope": self.scope,
            "expires_in": ACCESS_TOKEN_LIFETIME.as_secs(),
            "token_type": "Bearer",
        }));
        Ok((no_store(), Json(body)).into_response())
    }

    fn for_user(
        state: &State,
        context: &Context<'_>,
        (user_id, client_id, grant): (&str, &str, &Grant),
        nonce: Option<&str>,
    ) -> Option<Self> {
        let user = state.users.get(user_id)?;
        let whose = (user, client_id, grant);
        let wants_id_token = grant.has_scope("openid");
        Some(Self {
            access_token: tokens::user_access_token(state, context.issuer, whose, context.now),
            id_token: wants_id_token
                .then(|| tokens::id_token(state, context.issuer, whose, nonce, context.now)),
            refresh_token: None,
            scope: grant.scope.join(" "),
        })
    }
}

impl From<RedeemError> for OAuthError {
    fn from(error: RedeemError) -> Self {
        Self::invalid_grant(error.to_string())
    }
}

async fn redeem_code(
    core: &Core,
    context: &Context<'_>,
    client: &Client,
    parameters: &Parameters,
) -> Result<Issued, OAuthError> {
    let redemption = Redemption {
        client_id: &client.id,
        code: parameters.get("code").ok_or_else(|| OAuthError::missing("code"))?,
        redirect_uri: parameters.get("redirect_uri"),
        code_verifier: parameters.get("code_verifier"),
    };
    core.store.write(|state| Ok::<_, StoreError>(redeemed(state, context, &redemption))).await?
}

fn redeemed(
    state: &mut State,
    context: &Context<'_>,
    redemption: &Redemption<'_>,
) -> Result<Issued, OAuthError> {
    let code = login::redeem(state, context.now, redemption)?;
    let whose = (code.user_id.as_str(), redemption.client_id, &code.grant);
    let mut issued =
        Issued::for_user(state, context, whose, code.nonce.as_deref()).ok_or(RedeemError::InvalidCode)?;
    if code.grant.has_scope("offline_access") {
        let token = format!("v1.{}", context.ids.secret());
        state.add_refresh_token(RefreshToken {
            hash: sha256(&token),
            client_id: redemption.client_id.to_owned(),
            user_id: code.user_id.clone(),
            grant: code.grant,
            issued_at: context.now,
        });
        issued.refresh_token = Some(token);
    }
    Ok(issued)
}

async fn refresh(
    core: &Core,
    context: &Context<'_>,
    client: &Client,
    parameters: &Parameters,
) -> Result<Issued, OAuthError> {
    let token = parameters.get("refresh_token").ok_or_else(|| OAuthError::missing("refresh_token"))?;
    let hash = sha256(token);
    core.store.write(|state| refreshed(state, context, client, &hash, parameters)).await
}

fn refreshed(
    state: &mut State,
    context: &Context<'_>,
    client: &Client,
    hash: &str,
    parameters: &Parameters,
) -> Result<Issued, OAuthError> {
    let unknown = || OAuthError::invalid_grant("Unknown or invalid refresh token.");
    let token = state.refresh_tokens.get(hash).filter(|token| token.client_id == client.id);
    let token: RefreshToken = token.cloned().ok_or_else(unknown)?;
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
    let mut grant = Grant { claims, ..token.grant };
    if let Some(wanted) = parameters.get("scope") {
        let wanted: Vec<&str> = wanted.split_ascii_whitespace().collect();
        grant.scope.retain(|scope| wanted.contains(&scope.as_str()));
    }
    Issued::for_user(state, context, (&token.user_id, &client.id, &grant), None).ok_or_else(unknown)
}

fn client_credentials(
    core: &Core,
    context: &Context<'_>,
    client: &Client,
    parameters: &Parameters,
) -> Result<Issued, OAuthError> {
    let audience = parameters.get("audience").ok_or_else(|| OAuthError::missing("audience"))?;
    if audience != tokens::management_audience(context.issuer) {
        return Err(OAuthError::access_denied(format!("Service not enabled within domain: {audience}")));
    }
    let grant = core.store.read(|state| state.client_grant(&client.id, audience).cloned())?;
    let grant = grant.ok_or_else(|| {
        OAuthError::access_denied(format!(
            "Client is not authorized to access \"{audience}\". You need to create a \"client-grant\" associated to \
             this API."
        ))
    })?;
    if parameters.get("organization").is_some() {
        return Err(OAuthError::access_denied(format!(
            "Client is not authorized to access \"{audience}\" for an organization."
        )));
    }
    let mut scope = grant.scope;
    if let Some(wanted) = parameters.get("scope") {
        let wanted: Vec<&str> = wanted.split_ascii_whitespace().collect();
        scope.retain(|scope| wanted.contains(&scope.as_str()));
    }
    Ok(Issued {
        access_token: tokens::client_access_token(context.issuer, audience, &client.id, &scope, context.now),
        id_token: None,
        refresh_token: None,
        scope: scope.join(" "),
    })
}
