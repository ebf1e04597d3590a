//! The shapes of Auth0's Management API that we read and write, with Auth0's own field names.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tenantry_domain::{
    Branding, Colours, ConversionId, EmailAddress, LogoUrl, Roles, Tenant, TenantId, TenantName, TenantRef,
    User, UserId,
};
use url::Url;

/// Where the guide keeps a subscription: in `app_metadata` of users and in `metadata` of organizations.
pub(crate) const SUBSCRIPTION: &str = "subscription";
/// Who made an organization, in its `metadata`.
pub(crate) const CREATED_BY: &str = "created_by";
/// In which conversion an organization was made, in its `metadata`.
pub(crate) const CONVERSION: &str = "conversion";

#[derive(Debug, Deserialize)]
pub(crate) struct RoleRecord {
    pub(crate) id: String,
    pub(crate) name: String,
    #[serde(rename = "type")]
    kind: Option<String>,
    pub(crate) description: Option<String>,
}

impl RoleRecord {
    /// Whether it is the role of this name that all organizations share: one organization may own one of that name.
    pub(crate) fn is_of_all(&self, name: &str) -> bool {
        self.name == name && !self.is_owned()
    }

    /// Whether it belongs to one organization alone.
    pub(crate) fn is_owned(&self) -> bool {
        self.kind.as_deref() == Some("organization")
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct Connection {
    pub(crate) id: String,
    pub(crate) strategy: String,
    /// The applications that use it; Auth0 leaves it out for those who may not know.
    #[serde(default)]
    pub(crate) enabled_clients: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct UserRecord {
    user_id: UserId,
    name: Option<String>,
    email: Option<String>,
    picture: Option<String>,
    #[serde(default)]
    app_metadata: serde_json::Map<String, Value>,
}

impl UserRecord {
    /// As stored. Anything that is not text comes as its JSON: it can't be read, and is not nothing.
    pub(crate) fn subscription(&self) -> Option<String> {
        match self.app_metadata.get(SUBSCRIPTION)? {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        }
    }
}

impl From<UserRecord> for User {
    fn from(record: UserRecord) -> Self {
        let subscription = record.subscription();
        let name = record.name.or_else(|| record.email.clone()).unwrap_or_default();
        Self {
            id: record.user_id,
            name,
            email: record.email.and_then(|email| EmailAddress::try_from(email.as_str()).ok()),
            picture: record.picture,
            subscription,
        }
    }
}

#[derive(Debug, Serialize)]
pub(crate) struct UserPatch {
    pub(crate) app_metadata: BTreeMap<&'static str, String>,
}

#[derive(Debug, Serialize)]
pub(crate) struct NamePatch<'a> {
    pub(crate) name: &'a str,
}

/// The accounts that log in to one user.
#[derive(Debug, Deserialize)]
pub(crate) struct Identities {
    identities: Vec<IdentityRecord>,
}

#[derive(Debug, Deserialize)]
struct IdentityRecord {
    provider: String,
}

impl Identities {
    /// Whether one of them is in a database of Auth0's own.
    pub(crate) fn has_password(&self) -> bool {
        self.identities.iter().any(|identity| identity.provider == "auth0")
    }
}

#[derive(Debug, Serialize)]
pub(crate) struct NewPasswordChange<'a> {
    pub(crate) user_id: &'a str,
    pub(crate) result_url: &'a str,
    pub(crate) ttl_sec: u32,
    pub(crate) mark_email_as_verified: bool,
}

#[derive(Deserialize)]
pub(crate) struct TicketRecord {
    pub(crate) ticket: Url,
}

#[derive(Debug, Deserialize)]
pub(crate) struct OrganizationRecord {
    pub(crate) id: TenantId,
    pub(crate) name: String,
    pub(crate) display_name: Option<String>,
    branding: Option<BrandingRecord>,
    #[serde(default)]
    pub(crate) metadata: BTreeMap<String, String>,
}

/// How an organization looks on the login page. Both colours are there, or none.
#[derive(Debug, Default, Deserialize, Serialize)]
pub(crate) struct BrandingRecord {
    #[serde(skip_serializing_if = "Option::is_none")]
    logo_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    colors: Option<ColorsRecord>,
}

#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct ColorsRecord {
    primary: String,
    page_background: String,
}

impl From<BrandingRecord> for Branding {
    /// What is not written as we write it was chosen by other means, and is left out.
    fn from(record: BrandingRecord) -> Self {
        let colours = |colors: ColorsRecord| {
            let (primary, background) = (colors.primary.parse().ok()?, colors.page_background.parse().ok()?);
            Some(Colours { primary, background })
        };
        Self {
            logo: record.logo_url.and_then(|url| LogoUrl::try_from(url.as_str()).ok()),
            colours: record.colors.and_then(colours),
        }
    }
}

impl From<&Branding> for BrandingRecord {
    fn from(branding: &Branding) -> Self {
        Self {
            logo_url: branding.logo.as_ref().map(LogoUrl::to_string),
            colors: branding.colours.map(|colours| ColorsRecord {
                primary: colours.primary.to_string(),
                page_background: colours.background.to_string(),
            }),
        }
    }
}

impl OrganizationRecord {
    /// Whether its metadata has this value under this key.
    pub(crate) fn says(&self, key: &str, value: &str) -> bool {
        self.metadata.get(key).is_some_and(|held| held == value)
    }

    /// The organization as a tenant; `None` when its name can't be one of ours (made by other means, too short).
    pub(crate) fn into_tenant(self) -> Option<Tenant> {
        let name = TenantName::try_from(self.name.as_str()).ok()?;
        let made_in = self.metadata.get(CONVERSION);
        Some(Tenant {
            display_name: self.display_name.unwrap_or(self.name),
            branding: self.branding.map(Branding::from).unwrap_or_default(),
            subscription: self.metadata.get(SUBSCRIPTION).cloned(),
            made_in: made_in.and_then(|id| ConversionId::try_from(id.as_str()).ok()),
            tenant: TenantRef { id: self.id, name },
        })
    }
}

#[derive(Debug, Serialize)]
pub(crate) struct NewOrganization<'a> {
    pub(crate) name: &'a str,
    pub(crate) display_name: &'a str,
    pub(crate) metadata: BTreeMap<&'static str, String>,
    pub(crate) enabled_connections: Vec<EnabledConnection<'a>>,
}

#[derive(Debug, Serialize)]
pub(crate) struct EnabledConnection<'a> {
    pub(crate) connection_id: &'a str,
    pub(crate) assign_membership_on_login: bool,
}

#[derive(Debug, Serialize)]
pub(crate) struct OrganizationPatch {
    pub(crate) metadata: BTreeMap<String, String>,
}

/// Auth0 takes the place of what is named and leaves the rest as it is: all of the branding, nothing of the metadata.
#[derive(Debug, Serialize)]
pub(crate) struct OrganizationLook<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) display_name: Option<&'a str>,
    pub(crate) branding: BrandingRecord,
}

#[derive(Debug, Deserialize)]
pub(crate) struct MembersPage {
    pub(crate) members: Vec<MemberRecord>,
    pub(crate) next: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct MembersTotal {
    pub(crate) total: u32,
}

#[derive(Debug, Deserialize)]
pub(crate) struct MemberRecord {
    pub(crate) user_id: UserId,
    name: Option<String>,
    email: Option<String>,
    picture: Option<String>,
    last_login: Option<String>,
    #[serde(default)]
    roles: Vec<RoleName>,
}

/// Users that a search has found, and how many there are on all its pages.
#[derive(Debug, Deserialize)]
pub(crate) struct FoundUsers {
    pub(crate) users: Vec<MemberRecord>,
    pub(crate) total: u32,
}

#[derive(Debug, Deserialize)]
pub(crate) struct RoleName {
    pub(crate) name: String,
}

/// An organization of a list in which nothing but its id counts.
#[derive(Debug, Deserialize)]
pub(crate) struct OrganizationId {
    pub(crate) id: String,
}

impl From<MemberRecord> for tenantry_domain::FoundMember {
    fn from(record: MemberRecord) -> Self {
        let last_login = record.last_login.as_deref().and_then(|at| at.parse().ok());
        let tenantry_domain::Member { user, name, email, picture, .. } = record.into();
        Self { user, name, email, picture, last_login }
    }
}

impl From<MemberRecord> for tenantry_domain::Member {
    fn from(record: MemberRecord) -> Self {
        Self {
            user: record.user_id,
            name: record.name.or_else(|| record.email.clone()).unwrap_or_default(),
            email: record.email.and_then(|email| EmailAddress::try_from(email.as_str()).ok()),
            picture: record.picture,
            roles: Roles::from_names(record.roles.iter().map(|role| role.name.as_str())),
        }
    }
}

#[derive(Debug, Serialize)]
pub(crate) struct TheseMembers<'a> {
    pub(crate) members: [&'a str; 1],
}

#[derive(Debug, Serialize)]
pub(crate) struct TheseRoles<'a> {
    pub(crate) roles: Vec<&'a str>,
}
