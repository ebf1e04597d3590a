//! An organization's own identity provider, as a connection through which its people log in.

use std::fmt;
use std::str::FromStr;

use url::Url;

use crate::text_serde::serde_as_text;
use crate::{DisplayName, EmailDomain, SsoConnectionId, SsoRequestId, TenantName};

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
serde_as_text!(ClientId, ClientId::try_from);
serde_as_text!(SsoKind, SsoKind::from_str);
// What was taken in development is read again, too.
serde_as_text!(DiscoveryUrl, DiscoveryUrl::for_development);

impl fmt::Display for ConnectionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// As what we are registered at an organization's identity provider: 1 to 255 visible ASCII characters (RFC 6749,
/// appendix A.1, without its blanks).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientId(Box<str>);

/// Why a text can't be a client id; each says what would be right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidClientId {
    /// Nothing was entered.
    #[error("copy the client ID from your identity provider")]
    Empty,
    /// More than 255 characters.
    #[error("a client ID has at most 255 characters")]
    Length,
    /// Blanks, or what is not ASCII.
    #[error("a client ID has letters, digits and signs without blanks: copy it once more")]
    Character,
}

impl ClientId {
    /// The text of the id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<&str> for ClientId {
    type Error = InvalidClientId;

    fn try_from(text: &str) -> Result<Self, InvalidClientId> {
        let text = text.trim();
        if text.is_empty() {
            Err(InvalidClientId::Empty)
        } else if text.len() > 255 {
            Err(InvalidClientId::Length)
        } else if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            Err(InvalidClientId::Character)
        } else {
            Ok(Self(text.into()))
        }
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a text can't be a client secret; each says what would be right. No more is told of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidClientSecret {
    /// Nothing was entered.
    #[error("copy the client secret from your identity provider")]
    Empty,
    /// More than 700 characters.
    #[error("a client secret has at most 700 characters")]
    Length,
    /// Blanks, or what is not ASCII.
    #[error("a client secret has letters, digits and signs without blanks: copy it once more")]
    Character,
}

impl InvalidClientSecret {
    /// Whether this can be a client secret (RFC 6749, appendix A.2, without its blanks). It is taken as it is.
    pub fn check(secret: &str) -> Result<(), Self> {
        if secret.is_empty() {
            Err(Self::Empty)
        } else if secret.len() > 700 {
            Err(Self::Length)
        } else if !secret.bytes().all(|byte| byte.is_ascii_graphic()) {
            Err(Self::Character)
        } else {
            Ok(())
        }
    }
}

/// Where an identity provider describes itself (OpenID Connect Discovery section 4): at most 255 characters, over
/// https, ending in `/.well-known/openid-configuration`, in the form that browsers would send.
///
/// That the host may be asked at all is for whoever asks it: names change their addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiscoveryUrl(Url);

/// Where an identity provider that speaks SAML describes itself: as a [`DiscoveryUrl`], of whatever path and with
/// whatever stands after a `?`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetadataUrl(Url);

/// Why a text can't be a discovery URL; each says what would be right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidDiscoveryUrl {
    /// Nothing was entered.
    #[error("copy the discovery URL, or the issuer, from your identity provider")]
    Empty,
    /// More than 255 characters, with what every such address ends in.
    #[error("a discovery URL has at most 255 characters")]
    Length,
    /// Not over https.
    #[error("the address starts with https://")]
    Scheme,
    /// Blanks, backslashes, or what is not ASCII; a host of other letters is written in its `xn--` form.
    #[error("there are characters in it that no web address has: copy it once more")]
    Character,
    /// A user or a password.
    #[error("leave out the part with the @ before the host")]
    UserInfo,
    /// A question mark or a number sign, with what follows.
    #[error("leave out everything from the ? or # on")]
    Tail,
    /// Nothing that can be asked.
    #[error("this is no web address, for example https://login.acme.com")]
    Malformed,
}

const WELL_KNOWN: &str = "/.well-known/openid-configuration";

impl DiscoveryUrl {
    const LONGEST: usize = 255;

    /// The address, or for development one of this machine that is asked over http.
    pub fn for_development(text: &str) -> Result<Self, InvalidDiscoveryUrl> {
        Self::parse(text, is_this_machine)
    }

    /// The address.
    pub fn as_url(&self) -> &Url {
        &self.0
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    fn parse(text: &str, may_be_plain: impl Fn(&Url) -> bool) -> Result<Self, InvalidDiscoveryUrl> {
        let mut url = web_address(text, may_be_plain)?;
        if text.contains(['?', '#']) {
            return Err(InvalidDiscoveryUrl::Tail);
        }
        if !url.path().ends_with(WELL_KNOWN) {
            let path = format!("{}{WELL_KNOWN}", url.path().trim_end_matches('/'));
            url.set_path(&path);
        }
        if url.as_str().len() > Self::LONGEST {
            return Err(InvalidDiscoveryUrl::Length);
        }
        Ok(Self(url))
    }
}

impl MetadataUrl {
    /// The address, or for development one of this machine that is asked over http.
    pub fn for_development(text: &str) -> Result<Self, InvalidDiscoveryUrl> {
        Self::parse(text, is_this_machine)
    }

    /// The address.
    pub fn as_url(&self) -> &Url {
        &self.0
    }

    fn parse(text: &str, may_be_plain: impl Fn(&Url) -> bool) -> Result<Self, InvalidDiscoveryUrl> {
        let url = web_address(text, may_be_plain)?;
        if url.fragment().is_some() { Err(InvalidDiscoveryUrl::Tail) } else { Ok(Self(url)) }
    }
}

impl TryFrom<&str> for MetadataUrl {
    type Error = InvalidDiscoveryUrl;

    fn try_from(text: &str) -> Result<Self, InvalidDiscoveryUrl> {
        Self::parse(text, |_| false)
    }
}

/// An address that can be asked for a document.
fn web_address(text: &str, may_be_plain: impl Fn(&Url) -> bool) -> Result<Url, InvalidDiscoveryUrl> {
    let text = text.trim();
    if text.is_empty() {
        return Err(InvalidDiscoveryUrl::Empty);
    }
    if text.len() > DiscoveryUrl::LONGEST {
        return Err(InvalidDiscoveryUrl::Length);
    }
    // A parser would make something of them; what is written must be what is asked.
    let is_fine = |byte: u8| byte.is_ascii_graphic() && !b"\\\"<>^`{|}".contains(&byte);
    if !text.bytes().all(is_fine) {
        return Err(InvalidDiscoveryUrl::Character);
    }
    let url = Url::parse(text).map_err(|_| InvalidDiscoveryUrl::Malformed)?;
    if !url.has_host() {
        return Err(InvalidDiscoveryUrl::Malformed);
    }
    if url.scheme() != "https" && !(url.scheme() == "http" && may_be_plain(&url)) {
        return Err(InvalidDiscoveryUrl::Scheme);
    }
    if !url.username().is_empty() || url.password().is_some() || has_user_info(text) {
        return Err(InvalidDiscoveryUrl::UserInfo);
    }
    Ok(url)
}

/// Whether there is an `@` before the path, be it with nothing in front of it.
fn has_user_info(text: &str) -> bool {
    let authority = text.split_once("://").map_or(text, |(_, rest)| rest);
    authority.split(['/', '?', '#']).next().is_some_and(|authority| authority.contains('@'))
}

pub(crate) fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

impl TryFrom<&str> for DiscoveryUrl {
    type Error = InvalidDiscoveryUrl;

    fn try_from(text: &str) -> Result<Self, InvalidDiscoveryUrl> {
        Self::parse(text, |_| false)
    }
}

impl fmt::Display for DiscoveryUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str())
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

        #[test]
        fn what_was_taken_is_taken_again_as_it_is(text in "https://[ -~]{1,40}") {
            if let Ok(url) = DiscoveryUrl::try_from(text.as_str()) {
                prop_assert_eq!(DiscoveryUrl::try_from(url.as_str()), Ok(url.clone()));
                prop_assert!(url.as_str().starts_with("https://") && url.as_str().ends_with(WELL_KNOWN));
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

    #[test]
    fn a_client_id_is_copied_whole() {
        use InvalidClientId::{Character, Empty, Length};
        assert_eq!(ClientId::try_from(" 0oa1b2~c.d \n").unwrap().as_str(), "0oa1b2~c.d");
        for (text, why) in
            [("", Empty), (" ", Empty), (&*"a".repeat(256), Length), ("a b", Character), ("é", Character)]
        {
            assert_eq!(ClientId::try_from(text), Err(why), "{text:?}");
        }
    }

    #[test]
    fn a_client_secret_is_copied_whole() {
        use InvalidClientSecret::{Character, Empty, Length};
        assert_eq!(InvalidClientSecret::check(&"~".repeat(700)), Ok(()));
        for (secret, why) in [
            ("", Empty),
            (&*"s".repeat(701), Length),
            ("a b", Character),
            (" a", Character),
            ("é", Character),
        ] {
            assert_eq!(InvalidClientSecret::check(secret), Err(why));
        }
    }

    #[test]
    fn an_issuer_is_as_good_as_its_discovery_url() {
        for (text, url) in [
            ("https://login.acme.com", "https://login.acme.com/.well-known/openid-configuration"),
            (" https://Login.Acme.com/ ", "https://login.acme.com/.well-known/openid-configuration"),
            ("https://id.example/t/1/", "https://id.example/t/1/.well-known/openid-configuration"),
            (
                "https://id.example:443/.well-known/openid-configuration",
                "https://id.example/.well-known/openid-configuration",
            ),
        ] {
            assert_eq!(DiscoveryUrl::try_from(text).map(|url| url.to_string()), Ok(url.to_owned()));
        }
    }

    #[test]
    fn s10_an_address_that_would_be_read_in_two_ways_is_refused() {
        use InvalidDiscoveryUrl::{Character, Empty, Length, Malformed, Scheme, Tail, UserInfo};
        for (text, why) in [
            ("", Empty),
            ("http://id.example", Scheme),
            ("http://127.0.0.1:4000", Scheme),
            ("ftp://id.example", Scheme),
            ("file:///etc/passwd", Malformed),
            ("id.example", Malformed),
            ("https://", Malformed),
            ("https://a@id.example", UserInfo),
            ("https://@id.example", UserInfo),
            ("https://:b@id.example", UserInfo),
            ("https://id.example\\@evil.example", Character),
            ("https://id.exa\tmple", Character),
            ("https://①②⑦.0.0.1", Character),
            ("https://id.example/?a=b", Tail),
            ("https://id.example/?", Tail),
            ("https://id.example/#a", Tail),
            (&*format!("https://id.example/{}", "a".repeat(240)), Length),
            (&*format!("https://id.example/{}", "a".repeat(210)), Length),
        ] {
            assert_eq!(DiscoveryUrl::try_from(text), Err(why), "{text:?}");
        }
        // The host is what a parser makes of it: whoever asks it sees the address that it would be sent to.
        let url = DiscoveryUrl::try_from("https://0x7f000001").unwrap();
        assert_eq!(url.as_url().host_str(), Some("127.0.0.1"));
    }

    #[test]
    fn for_development_this_machine_is_asked_over_http() {
        for text in
            ["http://127.0.0.1:4000", "http://localhost:4000/", "http://[::1]:4000", "https://id.example"]
        {
            assert!(DiscoveryUrl::for_development(text).is_ok(), "{text}");
        }
        for text in ["http://id.example", "http://10.0.0.1", "http://localhost.example"] {
            assert_eq!(DiscoveryUrl::for_development(text), Err(InvalidDiscoveryUrl::Scheme), "{text}");
        }
    }
}
