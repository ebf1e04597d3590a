//! What is answered for a grant: tokens, not yet signed.

use axum::Json;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::super::errors::{OAuthError, no_store};
use super::super::json::present;
use crate::apis::{Api, TOKEN_LIFETIME};
use crate::key_ring::KeyRing;
use crate::keys::KeyError;
use crate::login::Context;
use crate::model::{AccessToken, Client, User};
use crate::secrets::{sha256, shown_by};
use crate::store::State;
use crate::tokens::{self, Grant};
use crate::unsigned_token::{NewAccessToken, UnsignedToken};

/// The tokens of one answer.
pub(in crate::http) struct Issued {
    pub(in crate::http) access_token: NewAccessToken,
    pub(in crate::http) id_token: Option<UnsignedToken>,
    pub(super) refresh_token: Option<String>,
    pub(in crate::http) scope: String,
    /// In seconds.
    pub(in crate::http) expires_in: i64,
}

shown_by!(Issued: access_token, id_token, scope, expires_in);

impl Issued {
    /// Tokens of a person for a client, in the name of the family that they belong to. An opaque access token is
    /// kept in the state. `None` when the person is gone.
    pub(in crate::http) fn for_user(
        state: &mut State,
        context: &Context<'_>,
        client: &Client,
        (user_id, grant): (&str, &Grant),
        nonce: Option<&str>,
        family: &str,
    ) -> Option<Self> {
        let user = state.users.get(user_id)?.clone();
        let api = grant.audience.as_deref().and_then(|audience| state.api(audience, context.issuer));
        let scope = granted_scope(state, api.as_ref(), &user, grant);
        let expires_in = api.as_ref().map_or(TOKEN_LIFETIME, |api| api.token_lifetime);
        let whose = (&user, client.id.as_str(), grant);
        let id_token = scope.iter().any(|scope| scope == "openid").then(|| UnsignedToken {
            typ: "JWT",
            claims: tokens::id_token(state, context.issuer, whose, nonce, context.now),
            secret: client.id_token_secret().map(str::to_owned),
        });
        let access_token = match &api {
            Some(api) => {
                let permissions = api.shows_permissions.then(|| permissions(state, &user, api, grant));
                let claims =
                    tokens::user_access_token(state, context, api, whose, &scope, permissions.as_deref());
                NewAccessToken::Signed(signed_for(api, claims))
            }
            None => {
                let token = context.ids.secret();
                state.access_tokens.put(AccessToken {
                    hash: sha256(&token),
                    client_id: client.id.clone(),
                    user_id: user.id.clone(),
                    grant: Grant { scope: scope.clone(), ..grant.clone() },
                    family: family.to_owned(),
                    expires_at: context.now + std::time::Duration::from_secs(expires_in.unsigned_abs()),
                });
                NewAccessToken::Opaque(token)
            }
        };
        Some(Self { access_token, id_token, refresh_token: None, scope: scope.join(" "), expires_in })
    }

    /// A token that a client gets in its own name.
    pub(super) fn for_client(api: &Api, claims: serde_json::Map<String, Value>, scope: &[String]) -> Self {
        Self {
            access_token: NewAccessToken::Signed(signed_for(api, claims)),
            id_token: None,
            refresh_token: None,
            scope: scope.join(" "),
            expires_in: api.token_lifetime,
        }
    }

    /// Whether a refresh token goes with them: somebody asked for one, and the API has nothing against it.
    pub(super) fn may_be_refreshed(&self, client: &Client) -> bool {
        let asked = self.scope.split(' ').any(|scope| scope == "offline_access");
        asked && client.allows_grant("refresh_token")
    }

    pub(super) fn answer(&self, keys: &KeyRing) -> Result<Response, OAuthError> {
        let id_token = self.id_token.as_ref().map(|token| token.sign(keys)).transpose();
        let id_token = id_token.map_err(|error: KeyError| OAuthError::from(error))?;
        let body = present(json!({
            "access_token": self.access_token.finish(keys)?,
            "id_token": id_token,
            "refresh_token": self.refresh_token,
            "scope": self.scope,
            "expires_in": self.expires_in,
            "token_type": "Bearer",
        }));
        Ok((no_store(), Json(body)).into_response())
    }
}

fn signed_for(api: &Api, claims: serde_json::Map<String, Value>) -> UnsignedToken {
    UnsignedToken { typ: api.token_type(), claims, secret: api.secret.clone() }
}

/// What OpenID Connect itself knows.
const OPENID: [&str; 6] = ["openid", "profile", "email", "address", "phone", "offline_access"];

/// What is granted of what was asked for: the API's own scopes, with policies enforced those that the person has, and
/// offline access where the API allows it.
fn granted_scope(state: &State, api: Option<&Api>, user: &User, grant: &Grant) -> Vec<String> {
    let Some(api) = api else { return grant.scope.clone() };
    let permissions = api.enforces_policies.then(|| permissions(state, user, api, grant));
    let is_granted = |scope: &&String| {
        if *scope == "offline_access" {
            api.allows_offline_access
        } else if OPENID.contains(&scope.as_str()) {
            true
        } else {
            api.scopes.contains(scope)
                && permissions.as_ref().is_none_or(|permissions| permissions.contains(scope))
        }
    };
    grant.scope.iter().filter(is_granted).cloned().collect()
}

/// What the person may do at the API: under an organization by the roles given there alone.
fn permissions(state: &State, user: &User, api: &Api, grant: &Grant) -> Vec<String> {
    state.permissions_at(&user.id, grant.organization.as_deref(), &api.identifier)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_lets_somebody_in_is_not_shown() {
        let claims = json!({ "nonce": "hidden" }).as_object().cloned().unwrap();
        let secret = Some("hidden".to_owned());
        let issued = |access_token| Issued {
            access_token,
            id_token: Some(UnsignedToken { typ: "JWT", claims: claims.clone(), secret: secret.clone() }),
            refresh_token: secret.clone(),
            scope: "openid".to_owned(),
            expires_in: 60,
        };
        let signed = UnsignedToken { typ: "at+jwt", claims: claims.clone(), secret: secret.clone() };
        for token in [NewAccessToken::Opaque("hidden".to_owned()), NewAccessToken::Signed(signed)] {
            let shown = format!("{:?}", issued(token));
            assert!(shown.contains("openid") && !shown.contains("hidden"), "{shown}");
        }
    }
}
