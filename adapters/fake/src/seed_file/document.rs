//! What may stand in a seed file. The names are those of Auth0's Management API.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::secrets::shown_by;

/// The whole file.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct SeedFile {
    /// Tenant settings, as `PATCH /tenants/settings` takes them.
    pub tenant: Map<String, Value>,
    /// As `PATCH /prompts` takes them.
    pub prompts: Map<String, Value>,
    /// As `PATCH /branding` takes it.
    pub branding: Map<String, Value>,
    /// APIs that access tokens are for.
    pub resource_servers: Vec<SeedFileApi>,
    /// Applications.
    pub clients: Vec<SeedFileClient>,
    /// Sources of users.
    pub connections: Vec<SeedFileConnection>,
    /// Roles.
    pub roles: Vec<SeedFileRole>,
    /// Accounts.
    pub users: Vec<SeedFileUser>,
    /// Organizations.
    pub organizations: Vec<SeedFileOrganization>,
    /// Code that runs between a login and its tokens.
    pub actions: Vec<SeedFileAction>,
}

/// An API.
#[derive(Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct SeedFileApi {
    /// What a client asks for as `audience`. Identifies it.
    pub identifier: String,
    /// What people call it.
    pub name: Option<String>,
    /// What may be done there.
    #[serde(default)]
    pub scopes: Vec<SeedFileScope>,
    /// The rest, as `POST /resource-servers` takes it: `token_lifetime`, `allow_offline_access` and so on.
    #[serde(default)]
    pub settings: Map<String, Value>,
}

shown_by!(SeedFileApi: identifier);

/// One thing that may be done at an API: its name alone, or with a description.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(untagged, expecting = "a scope is a name, or an object of value and description")]
pub enum SeedFileScope {
    /// Its name.
    Name(String),
    /// With what it means.
    #[serde(rename_all = "snake_case")]
    Described {
        /// Its name.
        value: String,
        /// What it means.
        description: String,
    },
}

/// An application.
#[derive(Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct SeedFileClient {
    /// Identifies it, unless `client_id` does.
    pub name: String,
    /// A given id; otherwise one is made, and kept.
    pub client_id: Option<String>,
    /// A given secret; otherwise one is made, and kept.
    pub client_secret: Option<String>,
    /// `regular_web`, `spa`, `native` or `non_interactive`.
    pub app_type: Option<String>,
    /// Where a login may end.
    pub callbacks: Option<Vec<String>>,
    /// Where a logout may end.
    pub allowed_logout_urls: Option<Vec<String>>,
    /// Origins that may ask in a browser.
    pub web_origins: Option<Vec<String>>,
    /// Where the application starts a login by itself.
    pub initiate_login_uri: Option<String>,
    /// `deny`, `allow` or `require`.
    pub organization_usage: Option<String>,
    /// `no_prompt`, `pre_login_prompt` or `post_login_prompt`.
    pub organization_require_behavior: Option<String>,
    /// The grants that it may use.
    pub grant_types: Option<Vec<String>>,
    /// How it proves itself at the token endpoint.
    pub token_endpoint_auth_method: Option<String>,
    /// What it may do at the Management API: a list of scopes, or `"*"` for all.
    pub management_scopes: Option<Scopes>,
    /// What it may do at other APIs in its own name.
    #[serde(default)]
    pub grants: Vec<SeedFileGrant>,
    /// The rest, as `POST /clients` takes it: `refresh_token`, `oidc_logout`, `jwt_configuration` and so on.
    #[serde(default)]
    pub settings: Map<String, Value>,
}

shown_by!(SeedFileClient: name, client_id);

/// Scopes: some, or all that there are.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(untagged, expecting = "scopes are a list of names, or \"*\" for all")]
pub enum Scopes {
    /// Each by its name.
    Some(Vec<String>),
    /// `"*"`.
    All(Star),
}

/// `"*"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Star {
    /// `"*"`.
    #[serde(rename = "*")]
    Star,
}

/// What an application may do at an API.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct SeedFileGrant {
    /// The API's identifier.
    pub audience: String,
    /// What it may do there.
    pub scope: Scopes,
    /// The rest, as `POST /client-grants` takes it: `organization_usage`, `allow_any_organization`.
    #[serde(default)]
    pub settings: Map<String, Value>,
}

/// A source of users.
#[derive(Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct SeedFileConnection {
    /// Identifies it.
    pub name: String,
    /// `auth0` for a password database, else the provider's: `google-oauth2`, `oidc`, `okta`.
    pub strategy: String,
    /// A given id.
    pub id: Option<String>,
    /// What the button says.
    pub display_name: Option<String>,
    /// The strategy's own settings.
    #[serde(default)]
    pub options: Map<String, Value>,
    /// Names or ids of the applications that may use it; all that there are when absent.
    pub enabled_clients: Option<Vec<String>>,
    /// The rest, as `POST /connections` takes it: `realms`, `show_as_button` and so on.
    #[serde(default)]
    pub settings: Map<String, Value>,
}

shown_by!(SeedFileConnection: name, strategy);

/// A role.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct SeedFileRole {
    /// Identifies it.
    pub name: String,
    /// A given id.
    pub id: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// What whoever has it may do.
    pub permissions: Option<Vec<SeedFilePermission>>,
}

/// Something that may be done at an API.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct SeedFilePermission {
    /// The API's identifier.
    pub resource_server_identifier: String,
    /// One of its scopes.
    pub permission_name: String,
}

/// An account.
#[derive(Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct SeedFileUser {
    /// A given id; without a provider in front of it, one of the password database.
    pub user_id: Option<String>,
    /// The connection's name; the password database when absent.
    pub connection: Option<String>,
    /// Identifies it in its connection, unless `user_id` does.
    pub email: Option<String>,
    /// Whether the address is proved.
    pub email_verified: Option<bool>,
    /// A name to log in by.
    pub username: Option<String>,
    /// In the form of E.164.
    pub phone_number: Option<String>,
    /// In clear text.
    pub password: Option<String>,
    /// The full name.
    pub name: Option<String>,
    /// A short name.
    pub nickname: Option<String>,
    /// The first name.
    pub given_name: Option<String>,
    /// The last name.
    pub family_name: Option<String>,
    /// The address of a picture.
    pub picture: Option<String>,
    /// Whether the person is kept out.
    pub blocked: Option<bool>,
    /// What the person may change.
    pub user_metadata: Option<Map<String, Value>>,
    /// What the person may not change.
    pub app_metadata: Option<Map<String, Value>>,
    /// Names or ids of the roles outside of any organization.
    pub roles: Option<Vec<String>>,
    /// What the user may do besides what roles permit.
    pub permissions: Option<Vec<SeedFilePermission>>,
}

shown_by!(SeedFileUser: user_id, email, username);

/// An organization.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct SeedFileOrganization {
    /// Identifies it.
    pub name: String,
    /// A given id.
    pub id: Option<String>,
    /// What people call it.
    pub display_name: Option<String>,
    /// Texts of one's own.
    pub metadata: Option<BTreeMap<String, String>>,
    /// As `POST /organizations` takes it.
    pub branding: Option<Value>,
    /// How people log in to it: names of connections, or objects.
    #[serde(default)]
    pub connections: Vec<SeedFileEnabledConnection>,
    /// Who belongs to it: ids or addresses of users, or objects.
    #[serde(default)]
    pub members: Vec<SeedFileMember>,
    /// Domains by whose addresses it is found at login: names, or objects.
    #[serde(default)]
    pub domains: Vec<SeedFileDomain>,
}

macro_rules! text_or_object {
    ($(#[$doc:meta])* $name:ident, $key:ident: $key_doc:literal, { $($(#[$field_doc:meta])* $field:ident: $type:ty = $default:expr,)* }, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub struct $name {
            #[doc = $key_doc]
            pub $key: String,
            $($(#[$field_doc])* pub $field: $type,)*
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                #[derive(Deserialize)]
                #[serde(deny_unknown_fields)]
                struct Object {
                    $key: String,
                    $($field: Option<$type>,)*
                }

                struct Either;

                impl<'de> serde::de::Visitor<'de> for Either {
                    type Value = $name;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str($what)
                    }

                    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<$name, E> {
                        Ok($name { $key: text.to_owned(), $($field: $default,)* })
                    }

                    fn visit_map<A: serde::de::MapAccess<'de>>(self, map: A) -> Result<$name, A::Error> {
                        let object = Object::deserialize(serde::de::value::MapAccessDeserializer::new(map))?;
                        Ok($name { $key: object.$key, $($field: object.$field.unwrap_or_else(|| $default),)* })
                    }
                }

                deserializer.deserialize_any(Either)
            }
        }
    };
}

text_or_object! {
    /// A connection through which people may log in to an organization.
    SeedFileEnabledConnection, connection: "The connection's name or id.", {
        /// Whether whoever logs in through it becomes a member.
        assign_membership_on_login: bool = false,
        /// Whether the login page has a button for it.
        show_as_button: bool = true,
        /// Whether people may make an account through it.
        is_signup_enabled: bool = false,
    }, "the name of a connection, or an object"
}

text_or_object! {
    /// A member of an organization.
    SeedFileMember, user: "The user's id or address.", {
        /// Names or ids of the roles inside the organization.
        roles: Vec<String> = Vec::new(),
    }, "the id or the address of a user, or an object"
}

text_or_object! {
    /// A domain of an organization.
    SeedFileDomain, domain: "Its name.", {
        /// `verified` or `pending`.
        status: String = "verified".to_owned(),
        /// Whether addresses of it lead to the organization at login.
        use_for_organization_discovery: bool = true,
    }, "the name of a domain, or an object"
}

/// Code that runs between a login and its tokens.
#[derive(Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct SeedFileAction {
    /// Identifies it.
    pub name: String,
    /// JavaScript.
    pub code: Option<String>,
    /// A file with JavaScript, relative to the seed file.
    pub file: Option<String>,
    /// When it runs.
    #[serde(default = "post_login")]
    pub trigger: String,
    /// What the code reads as `event.secrets`.
    #[serde(default)]
    pub secrets: BTreeMap<String, String>,
    /// npm packages with their versions.
    #[serde(default)]
    pub dependencies: BTreeMap<String, String>,
    /// `node22` by default.
    pub runtime: Option<String>,
    /// Whether it runs, behind those that are bound already.
    #[serde(default)]
    pub bound: bool,
}

shown_by!(SeedFileAction: name, trigger);

fn post_login() -> String {
    "post-login".to_owned()
}
