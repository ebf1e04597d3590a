//! What stands in the tokens, as Auth0 fills them.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tenantry_actions::HolderChanges;
use tenantry_domain::Timestamp;
use url::Url;

use crate::apis::Api;
use crate::document::{self, Document};
use crate::login::Context;
use crate::model::{Client, ID_TOKEN_LIFETIME, User};
use crate::store::State;

/// What a login granted a client: carried from the login through code and refresh token into the tokens.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Grant {
    pub(crate) scope: Vec<String>,
    /// The browser's session; empty when no browser took part.
    pub(crate) sid: String,
    /// The organization's id.
    pub(crate) organization: Option<String>,
    /// Present when the client asked for it by `max_age` or `prompt=login`.
    pub(crate) auth_time: Option<Timestamp>,
    /// What the post-login steps set in the ID token.
    pub(crate) claims: Map<String, Value>,
    /// What they set in the access token.
    #[serde(default)]
    pub(crate) access_token_claims: Map<String, Value>,
    /// The API that access tokens are for; none for tokens that are good for `/userinfo` alone.
    #[serde(default)]
    pub(crate) audience: Option<String>,
    /// What Actions want of the refresh token.
    #[serde(default)]
    pub(crate) refresh_token: TokenWishes,
}

/// What Actions want of a refresh token.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct TokenWishes {
    pub(crate) metadata: Map<String, Value>,
    /// When it ends at the latest.
    pub(crate) expires_at: Option<Timestamp>,
    /// When it ends if it is not used until then.
    pub(crate) idle_expires_at: Option<Timestamp>,
}

impl TokenWishes {
    /// These, and what came after them. A wish about idleness counts until the token is used again.
    pub(crate) fn with(mut self, changes: &HolderChanges) -> Self {
        if changes.evict_metadata {
            self.metadata.clear();
        }
        document::replace(&mut self.metadata, Document::new(&changes.metadata));
        self.expires_at = changes.expires_at.map(Timestamp::from_millis).or(self.expires_at);
        self.idle_expires_at = changes.idle_expires_at.map(Timestamp::from_millis);
        self
    }
}

/// Where a default picture is drawn.
pub(crate) fn picture_of(user: &User, issuer: &Url) -> String {
    let initials = || -> String {
        let letters = user.display_name().chars().filter(char::is_ascii_alphabetic).take(2);
        let letters: String = letters.collect::<String>().to_ascii_lowercase();
        format!("{issuer}avatars/{}.svg", if letters.is_empty() { "x" } else { &letters })
    };
    user.picture.clone().unwrap_or_else(initials)
}

/// The claims about a person that `scope` opens (OpenID Connect Core section 5.4).
pub(crate) fn profile_claims(user: &User, scope: &[String], issuer: &Url) -> Map<String, Value> {
    let has = |name: &str| scope.iter().any(|scope| scope == name);
    let mut claims = Map::new();
    let mut set = |name: &str, value: Option<&str>| {
        if let Some(value) = value {
            claims.insert(name.to_owned(), value.into());
        }
    };
    if has("profile") {
        set("name", Some(user.display_name()));
        set("nickname", Some(user.display_nickname()));
        set("given_name", user.given_name.as_deref());
        set("family_name", user.family_name.as_deref());
        set("picture", Some(&picture_of(user, issuer)));
        set("updated_at", Some(&user.updated_at.to_string()));
    }
    if has("email") {
        set("email", user.email.as_deref());
        claims.insert("email_verified".to_owned(), user.email_verified.into());
    }
    claims
}

/// The claims of an ID token.
pub(crate) fn id_token(
    state: &State,
    issuer: &Url,
    (user, client_id, grant): (&User, &str, &Grant),
    nonce: Option<&str>,
    now: Timestamp,
) -> Map<String, Value> {
    // A custom claim may replace one of the profile's, and never one of the protocol's own: those come last.
    let mut claims = profile_claims(user, &grant.scope, issuer);
    claims.extend(grant.claims.clone());
    claims.extend(organization_claims(state, grant.organization.as_deref()));
    let mut set = |name: &str, value: Value| claims.insert(name.to_owned(), value);
    set("iss", issuer.as_str().into());
    set("sub", user.id.as_str().into());
    set("aud", client_id.into());
    set("iat", now.as_seconds().into());
    let lifetime = state.clients.get(client_id).map_or(ID_TOKEN_LIFETIME, Client::id_token_lifetime);
    set("exp", now.as_seconds().saturating_add(lifetime).into());
    if !grant.sid.is_empty() {
        set("sid", grant.sid.as_str().into());
    }
    if let Some(nonce) = nonce {
        set("nonce", nonce.into());
    }
    if let Some(auth_time) = grant.auth_time {
        set("auth_time", auth_time.as_seconds().into());
    }
    claims
}

/// The claims of the access token of a person for an API. `permissions` are those that the API wants to see.
pub(crate) fn user_access_token(
    state: &State,
    context: &Context<'_>,
    api: &Api,
    (user, client_id, grant): (&User, &str, &Grant),
    scope: &[String],
    permissions: Option<&[String]>,
) -> Map<String, Value> {
    let mut claims = grant.access_token_claims.clone();
    claims.extend(access_token(context, api, client_id, scope, permissions));
    claims.insert("sub".to_owned(), user.id.as_str().into());
    if scope.iter().any(|scope| scope == "openid") {
        let audiences = [api.identifier.clone(), userinfo_audience(context.issuer)];
        claims.insert("aud".to_owned(), audiences.as_slice().into());
    }
    claims.extend(organization_claims(state, grant.organization.as_deref()));
    claims
}

/// The claims of an access token that a client gets in its own name.
pub(crate) fn client_access_token(
    state: &State,
    context: &Context<'_>,
    api: &Api,
    client_id: &str,
    scope: &[String],
    organization: Option<&str>,
) -> Map<String, Value> {
    let permissions = api.shows_permissions.then_some(scope);
    let mut claims = access_token(context, api, client_id, scope, permissions);
    claims.insert("sub".to_owned(), format!("{client_id}@clients").into());
    claims.insert("gty".to_owned(), "client-credentials".into());
    claims.extend(organization_claims(state, organization));
    claims
}

fn access_token(
    context: &Context<'_>,
    api: &Api,
    client_id: &str,
    scope: &[String],
    permissions: Option<&[String]>,
) -> Map<String, Value> {
    let now = context.now.as_seconds();
    let mut claims = Map::new();
    let mut set = |name: &str, value: Value| claims.insert(name.to_owned(), value);
    set("iss", context.issuer.as_str().into());
    set("aud", api.identifier.as_str().into());
    set("iat", now.into());
    set("exp", now.saturating_add(api.token_lifetime).into());
    set("scope", scope.join(" ").into());
    if api.is_rfc9068 {
        set("client_id", client_id.into());
        set("jti", context.ids.session().into());
    } else {
        set("azp", client_id.into());
    }
    if let Some(permissions) = permissions {
        set("permissions", permissions.into());
    }
    claims
}

/// `org_id`, and `org_name` where the tenant wants it.
fn organization_claims(state: &State, organization: Option<&str>) -> Map<String, Value> {
    let mut claims = Map::new();
    if let Some(organization) = organization.and_then(|id| state.organizations.get(id)) {
        claims.insert("org_id".to_owned(), organization.id.as_str().into());
        if state.settings().allow_organization_name_in_authentication_api() {
            claims.insert("org_name".to_owned(), organization.name.as_str().into());
        }
    }
    claims
}

/// The audience of the Management API.
pub(crate) fn management_audience(issuer: &Url) -> String {
    format!("{issuer}api/v2/")
}

/// The audience of `/userinfo`.
pub(crate) fn userinfo_audience(issuer: &Url) -> String {
    format!("{issuer}userinfo")
}
