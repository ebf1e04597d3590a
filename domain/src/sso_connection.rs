//! An organization's own identity provider, as a connection through which its people log in.

use std::fmt;
use std::str::FromStr;

use crate::text_serde::serde_as_text;
use crate::{ClientId, DiscoveryUrl, DisplayName, EmailDomain, SsoConnectionId, SsoRequestId, TenantName};

/// An organization's own identity provider, as the identity provider keeps it. Its secret is in none of our hands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SsoConnection {
    /// The provider's id.
    pub id: SsoConnectionId,
    /// By which logins name it.
    pub name: ConnectionName,
    /// What people read on its button.
    pub display_name: DisplayName,
    /// Whose product it is.
    pub kind: SsoKind,
    /// Where people log in, and as whom we come there.
    pub registration: SsoRegistration,
    /// Whose addresses lead to it at the provider; none while it is closed.
    pub domains: Vec<EmailDomain>,
    /// Who may come through it.
    pub admission: Admission,
}

/// Where the people of a connection log in, and as whom we come there, by the protocol that is spoken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SsoRegistration {
    /// OpenID Connect.
    OpenIdConnect {
        /// Where the identity provider describes itself.
        discovery_url: DiscoveryUrl,
        /// What it calls itself (OpenID Connect Core, `iss`), as read when the address was last given.
        issuer: String,
        /// As what we are registered there.
        client_id: ClientId,
    },
    /// SAML 2.0.
    Saml {
        /// Where people log in.
        sign_in_url: String,
    },
}

/// Who may come to the tenant through a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// Nobody: it belongs to the tenant and opens nothing.
    Closed,
    /// Those who are members already.
    Members,
    /// Whoever the identity provider vouches for: they become members by logging in.
    AutoMembership,
}

/// Whose product an organization's identity provider is. They differ in the instructions for setting them up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SsoKind {
    /// Any that speaks OpenID Connect.
    OpenIdConnect,
    /// Okta Workforce.
    Okta,
    /// Microsoft Entra ID.
    EntraId,
    /// Google Workspace.
    GoogleWorkspace,
    /// Any that speaks SAML 2.0.
    Saml,
}

/// The text names no kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no such kind of identity provider")]
pub struct UnknownSsoKind;

impl SsoKind {
    /// Every kind, the most general first.
    pub const ALL: [Self; 5] =
        [Self::OpenIdConnect, Self::Okta, Self::EntraId, Self::GoogleWorkspace, Self::Saml];

    /// The kind as it is stored and as it stands in addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OpenIdConnect => "oidc",
            Self::Okta => "okta",
            Self::EntraId => "entra",
            Self::GoogleWorkspace => "google",
            Self::Saml => "saml",
        }
    }
}

impl FromStr for SsoKind {
    type Err = UnknownSsoKind;

    fn from_str(text: &str) -> Result<Self, UnknownSsoKind> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(UnknownSsoKind)
    }
}

/// By which logins name a connection: 1 to 128 ASCII letters and digits, with single dashes between them (Auth0's own
/// rule).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionName(Box<str>);

/// The text can't name a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a connection's name is 1 to 128 letters and digits with single dashes between them")]
pub struct InvalidConnectionName;

impl ConnectionName {
    const LONGEST: usize = 128;

    /// The name of the connection that this request makes, the same however often it is asked: nobody chooses it, so
    /// nobody can take one that another wants. Fails for an id that is not a request's.
    pub fn of(tenant: &TenantName, request: &SsoRequestId) -> Result<Self, InvalidConnectionName> {
        let words = tenant.as_str().split(['-', '_']).chain([request.as_str()]);
        let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
        Self::try_from(words.join("-").as_str())
    }

    /// Whether it is a name as requests make them: no other connection has one like it.
    pub fn is_of_a_request(&self) -> bool {
        let last = self.0.rsplit('-').next().unwrap_or_default();
        let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        last.len() == 32 && last.len() < self.0.len() && last.bytes().all(is_hex)
    }

    /// The text of the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<&str> for ConnectionName {
    type Error = InvalidConnectionName;

    fn try_from(text: &str) -> Result<Self, InvalidConnectionName> {
        let is_word = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let fits = text.len() <= Self::LONGEST && text.split('-').all(is_word);
        if fits { Ok(Self(text.into())) } else { Err(InvalidConnectionName) }
    }
}

serde_as_text!(ConnectionName, ConnectionName::try_from);
serde_as_text!(SsoKind, SsoKind::from_str);

impl fmt::Display for ConnectionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_kind_is_read_as_it_is_written() {
        for kind in SsoKind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(kind));
        }
        assert_eq!("samlp".parse::<SsoKind>(), Err(UnknownSsoKind));
    }

    #[test]
    fn a_connection_is_named_after_tenant_and_request() {
        let request = SsoRequestId::try_from("0123456789abcdef0123456789abcdef").unwrap();
        for (tenant, name) in [
            ("acme", "acme-0123456789abcdef0123456789abcdef"),
            ("a-_-b_c", "a-b-c-0123456789abcdef0123456789abcdef"),
        ] {
            let tenant = TenantName::try_from(tenant).unwrap();
            assert_eq!(ConnectionName::of(&tenant, &request).unwrap().as_str(), name);
        }
        let tenant = TenantName::try_from("acme").unwrap();
        for request in ["../acme", "a|b", "é", &"x".repeat(128)] {
            let request = SsoRequestId::try_from(request).unwrap();
            assert_eq!(ConnectionName::of(&tenant, &request), Err(InvalidConnectionName));
        }
    }

    proptest! {
        #[test]
        fn every_tenants_connection_has_a_name(tenant in "[a-z0-9][a-z0-9_-]{1,48}[a-z0-9]") {
            if let Ok(tenant) = TenantName::try_from(tenant.as_str()) {
                let request = SsoRequestId::try_from("0123456789abcdef0123456789abcdef").unwrap();
                prop_assert!(ConnectionName::of(&tenant, &request).is_ok());
            }
        }

    }

    #[test]
    fn a_name_has_single_dashes() {
        for text in ["", "-a", "a-", "a--b", "a_b", "a b", "a|b", "é", &"a".repeat(129)] {
            assert_eq!(ConnectionName::try_from(text), Err(InvalidConnectionName), "{text:?}");
        }
        assert_eq!(ConnectionName::try_from("Google-Apps-1").unwrap().as_str(), "Google-Apps-1");
    }
}
