//! The grant `client_credentials` (RFC 6749 section 4.4): a client calls an API in its own name, for an organization
//! where its grant allows that.

use super::super::errors::OAuthError;
use super::{Issued, TokenRequest};
use crate::apis::Api;
use crate::fake::Core;
use crate::model::ClientGrant;
use crate::store::{State, StoreError};
use crate::tokens;

pub(super) async fn grant(core: &Core, request: &TokenRequest<'_>) -> Result<Issued, OAuthError> {
    if request.client.is_public() {
        return Err(OAuthError::grant_not_allowed("client_credentials"));
    }
    core.store
        .write(|state| {
            let issued = granted(state, request);
            request.log_outcome(state, ("seccft", "feccft"), None, &issued);
            Ok::<_, StoreError>(issued)
        })
        .await?
}

fn granted(state: &State, request: &TokenRequest<'_>) -> Result<Issued, OAuthError> {
    let (context, client) = (&request.context, request.client);
    let default_audience = state.settings().tenant().text("default_audience").filter(|text| !text.is_empty());
    let audience = request.given("audience").or(default_audience).ok_or_else(|| {
        OAuthError::access_denied(
            "No audience parameter was provided, and no default audience has been configured",
        )
    })?;
    let api = state
        .api(audience, context.issuer)
        .ok_or_else(|| OAuthError::access_denied(format!("Service not enabled within domain: {audience}")))?;
    let grant = state.client_grant(&client.id, audience).ok_or_else(|| {
        OAuthError::access_denied(format!(
            "Client is not authorized to access \"{audience}\". You need to create a \"client-grant\" associated to \
             this API. See: https://auth0.com/docs/api/v2#!/Client_Grants/post_client_grants"
        ))
    })?;
    let organization = organization(state, request, grant)?;
    let scope = request.narrowed(scope_of(grant, &api));
    let claims =
        tokens::client_access_token(state, context, &api, &client.id, &scope, organization.as_deref());
    Ok(Issued::for_client(&api, claims, &scope))
}

fn scope_of(grant: &ClientGrant, api: &Api) -> Vec<String> {
    if grant.settings().flag("allow_all_scopes") == Some(true) && !api.scopes.is_empty() {
        api.scopes.clone()
    } else {
        grant.scope.clone()
    }
}

/// The organization that the token is for: the one that the request names, else the client's default.
fn organization(
    state: &State,
    request: &TokenRequest<'_>,
    grant: &ClientGrant,
) -> Result<Option<String>, OAuthError> {
    let denied = |description: String| Err(OAuthError::access_denied(description));
    let audience = &grant.audience;
    let usage = grant.settings().text("organization_usage").unwrap_or("deny");
    let by_default = request.client.settings().document("default_organization");
    let applies = usage != "deny" && by_default.texts("flows").any(|flow| flow == "client_credentials");
    let default = by_default.text("organization_id").filter(|_| applies);
    let Some(wanted) = request.given("organization").or(default) else {
        if usage == "require" {
            return denied(format!("An organization is required to access \"{audience}\""));
        }
        return Ok(None);
    };
    let found = if wanted.starts_with("org_") {
        state.organizations.get(wanted)
    } else if state.settings().allow_organization_name_in_authentication_api() {
        state.organization_by_name(&wanted.to_ascii_lowercase())
    } else {
        return denied("parameter organization must be an organization id".to_owned());
    };
    let Some(organization) = found else {
        return denied(format!("parameter organization is invalid: {wanted}"));
    };
    if usage == "deny" {
        return denied(format!("Client is not authorized to access \"{audience}\" for an organization."));
    }
    let any = grant.settings().flag("allow_any_organization").unwrap_or(false);
    if !any && !state.client_grant_is_attached(&grant.id, &organization.id) {
        return denied(format!(
            "Client is not authorized to access \"{audience}\" for the organization {}.",
            organization.id
        ));
    }
    Ok(Some(organization.id.clone()))
}
