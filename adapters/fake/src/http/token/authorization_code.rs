//! The grant `authorization_code` (RFC 6749 section 4.1.3).

use super::super::errors::OAuthError;
use super::{Issued, TokenRequest};
use crate::fake::Core;
use crate::login::{self, RedeemError, Redemption};
use crate::model::{AuthorizationCode, RefreshToken};
use crate::secrets::sha256;
use crate::store::{State, StoreError};

impl From<RedeemError> for OAuthError {
    fn from(error: RedeemError) -> Self {
        match error {
            RedeemError::InvalidCode | RedeemError::Verifier => Self::invalid_grant(error.to_string()),
            RedeemError::RedirectUri { .. } => {
                Self::new(axum::http::StatusCode::FORBIDDEN, "unauthorized_client", error.to_string())
            }
        }
    }
}

pub(super) async fn redeem(core: &Core, request: &TokenRequest<'_>) -> Result<Issued, OAuthError> {
    let redemption = Redemption {
        client_id: &request.client.id,
        code: request.required("code")?,
        redirect_uri: request.given("redirect_uri"),
        code_verifier: request.given("code_verifier"),
    };
    // What fails is committed as well: the code is spent by the attempt.
    core.store
        .write(|state| {
            let code = login::redeem(state, request.context.now, &redemption);
            let user_id = code.as_ref().ok().map(|code| code.user_id.clone());
            let issued = code.map_err(OAuthError::from).and_then(|code| tokens_of(state, request, &code));
            request.log_outcome(state, ("seacft", "feacft"), user_id.as_deref(), &issued);
            Ok::<_, StoreError>(issued)
        })
        .await?
}

fn tokens_of(
    state: &mut State,
    request: &TokenRequest<'_>,
    code: &AuthorizationCode,
) -> Result<Issued, OAuthError> {
    let (context, client) = (&request.context, request.client);
    if client.is_public() && code.challenge.is_none() {
        // Nothing would prove that it was this client that asked for the code.
        return Err(OAuthError::unauthorized());
    }
    let whose = (code.user_id.as_str(), &code.grant);
    let mut issued = Issued::for_user(state, context, client, whose, code.nonce.as_deref(), &code.hash)
        .ok_or(RedeemError::InvalidCode)?;
    if issued.may_be_refreshed(client) {
        let token = context.ids.refresh_token();
        state.add_refresh_token(RefreshToken {
            hash: sha256(&token),
            client_id: client.id.clone(),
            user_id: code.user_id.clone(),
            grant: code.grant.clone(),
            issued_at: context.now,
            family: code.hash.clone(),
            family_began_at: Some(context.now),
            exchanged_at: None,
            rotated_at: None,
        });
        issued.refresh_token = Some(token);
    }
    Ok(issued)
}
