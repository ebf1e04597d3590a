//! Where an organization's identity provider describes itself.

use std::fmt;

use url::Url;

use crate::text_serde::serde_as_text;

/// Where an identity provider describes itself (OpenID Connect Discovery section 4): at most 255 characters, over
/// https, ending in `/.well-known/openid-configuration`, in the form that browsers would send.
///
/// That the host may be asked at all is for whoever asks it: names change their addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiscoveryUrl(Url);

/// Why a text can't be a discovery URL; each says what would be right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidDiscoveryUrl {
    /// Nothing was entered.
    #[error("copy the discovery URL, or the issuer, from your identity provider")]
    Empty,
    /// More than 255 characters, with what every such address ends in.
    #[error("such an address has at most 255 characters")]
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

/// Where an identity provider that speaks SAML describes itself: as a [`DiscoveryUrl`], of whatever path and with
/// whatever stands after a `?`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetadataUrl(Url);

/// Why a text can't be the address of metadata; each says what would be right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidMetadataUrl {
    /// Nothing was entered.
    #[error("enter the address of your identity provider’s metadata, or upload them")]
    Empty,
    /// A number sign, with what follows.
    #[error("leave out everything from the # on")]
    Fragment,
    /// Nothing that can be asked.
    #[error(transparent)]
    Address(InvalidDiscoveryUrl),
}

impl MetadataUrl {
    /// The address, or for development one of this machine that is asked over http.
    pub fn for_development(text: &str) -> Result<Self, InvalidMetadataUrl> {
        Self::parse(text, is_this_machine)
    }

    /// The address.
    pub fn as_url(&self) -> &Url {
        &self.0
    }

    fn parse(text: &str, may_be_plain: impl Fn(&Url) -> bool) -> Result<Self, InvalidMetadataUrl> {
        match web_address(text, may_be_plain) {
            Ok(url) if url.fragment().is_some() => Err(InvalidMetadataUrl::Fragment),
            Ok(url) => Ok(Self(url)),
            Err(InvalidDiscoveryUrl::Empty) => Err(InvalidMetadataUrl::Empty),
            Err(why) => Err(InvalidMetadataUrl::Address(why)),
        }
    }
}

impl TryFrom<&str> for MetadataUrl {
    type Error = InvalidMetadataUrl;

    fn try_from(text: &str) -> Result<Self, InvalidMetadataUrl> {
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

// What was taken in development is read again, too.
serde_as_text!(DiscoveryUrl, DiscoveryUrl::for_development);

impl fmt::Display for DiscoveryUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_was_taken_is_taken_again_as_it_is(text in "https://[ -~]{1,40}") {
            if let Ok(url) = DiscoveryUrl::try_from(text.as_str()) {
                prop_assert_eq!(DiscoveryUrl::try_from(url.as_str()), Ok(url.clone()));
                prop_assert!(url.as_str().starts_with("https://") && url.as_str().ends_with(WELL_KNOWN));
            }
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

    #[test]
    fn metadata_may_be_at_any_address_without_a_number_sign() {
        use InvalidMetadataUrl::{Address, Empty, Fragment};
        for text in ["https://id.example/metadata?app=1", "https://id.example/saml/metadata.xml"] {
            assert_eq!(MetadataUrl::try_from(text).unwrap().as_url().as_str(), text);
        }
        for (text, why) in [
            (" ", Empty),
            ("https://id.example/metadata#x", Fragment),
            ("http://id.example/metadata", Address(InvalidDiscoveryUrl::Scheme)),
            ("https://a@id.example/metadata", Address(InvalidDiscoveryUrl::UserInfo)),
        ] {
            assert_eq!(MetadataUrl::try_from(text), Err(why), "{text:?}");
        }
        assert!(MetadataUrl::for_development("http://127.0.0.1:4500/metadata").is_ok());
    }
}
