//! The APIs that access tokens are for, and what a token for one of them looks like.

use serde_json::Value;
use url::Url;

use crate::document::Document;
use crate::model::ResourceServer;
use crate::store::State;
use crate::tokens::management_audience;

/// Auth0's default of `token_lifetime`, in seconds; that of the tokens for `/userinfo` as well.
pub(crate) const TOKEN_LIFETIME: i64 = 86_400;

/// An API, as far as its tokens depend on it.
#[derive(Clone, Debug)]
pub(crate) struct Api {
    pub(crate) identifier: String,
    /// How long a token lasts, in seconds.
    pub(crate) token_lifetime: i64,
    pub(crate) allows_offline_access: bool,
    /// Whether people get only the scopes that their roles and permissions give them.
    pub(crate) enforces_policies: bool,
    /// Whether tokens list the permissions of their user.
    pub(crate) shows_permissions: bool,
    /// Whether tokens follow RFC 9068.
    pub(crate) is_rfc9068: bool,
    /// What signs the tokens when it is not the provider's key: a secret that the API has, too.
    pub(crate) secret: Option<String>,
    /// The scopes that it knows.
    pub(crate) scopes: Vec<String>,
}

impl Api {
    fn of(server: &ResourceServer) -> Self {
        let settings: Document<'_> = server.settings();
        let dialect = settings.text("token_dialect").unwrap_or("access_token");
        let symmetric = settings.text("signing_alg") == Some("HS256");
        Self {
            identifier: server.identifier.clone(),
            token_lifetime: settings.integer("token_lifetime").unwrap_or(TOKEN_LIFETIME),
            allows_offline_access: settings.flag("allow_offline_access").unwrap_or(false),
            enforces_policies: settings.flag("enforce_policies").unwrap_or(false),
            shows_permissions: dialect.ends_with("_authz"),
            is_rfc9068: dialect.starts_with("rfc9068_profile"),
            secret: settings
                .get("signing_secret")
                .and_then(Value::as_str)
                .filter(|_| symmetric)
                .map(Into::into),
            scopes: server.scopes().map(str::to_owned).collect(),
        }
    }

    /// The Management API, which is there without being registered.
    fn management(audience: &str) -> Self {
        Self {
            identifier: audience.to_owned(),
            token_lifetime: TOKEN_LIFETIME,
            allows_offline_access: false,
            enforces_policies: false,
            shows_permissions: false,
            is_rfc9068: false,
            secret: None,
            scopes: Vec::new(),
        }
    }

    /// `typ` in the header of its tokens.
    pub(crate) fn token_type(&self) -> &'static str {
        if self.is_rfc9068 { "at+jwt" } else { "JWT" }
    }
}

impl State {
    /// The API that `audience` names.
    pub(crate) fn api(&self, audience: &str, issuer: &Url) -> Option<Api> {
        let registered = self.resource_server_by_identifier(audience).map(Api::of);
        registered.or_else(|| (audience == management_audience(issuer)).then(|| Api::management(audience)))
    }
}
