//! Who signs: an issuer identifier, kept as the exact text that tokens must repeat.

use std::fmt;
use url::{Host, Url};

/// An issuer identifier (OpenID Connect Core, section 2): an https URL without query or fragment, or an http one on
/// the loopback interface.
///
/// Tokens are compared with its text byte for byte, so a trailing slash matters: Auth0 has one, others don't.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issuer {
    text: String,
    url: Url,
    /// Plain http was asked for, which is allowed on loopback only.
    plain: bool,
}

/// The text can't be an issuer identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an issuer is an https URL (http on loopback only) without credentials, query or fragment")]
pub struct InvalidIssuer;

impl Issuer {
    /// Whether it is reached without TLS: then it is on the loopback interface.
    pub fn is_plain(&self) -> bool {
        self.text.starts_with("http://")
    }

    /// The exact text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The text as a parser reads it: for what is beside it at the same place.
    pub fn as_url(&self) -> &Url {
        &self.url
    }

    /// Where the discovery document is (OpenID Connect Discovery, section 4.1).
    pub(crate) fn discovery_url(&self) -> String {
        format!("{}/.well-known/openid-configuration", self.text.trim_end_matches('/'))
    }

    /// Whether requests may be sent to this endpoint: https always, http only between loopback addresses.
    pub(crate) fn may_use(&self, endpoint: &Url) -> bool {
        let safe = match endpoint.scheme() {
            "https" => endpoint.host().is_some(),
            "http" => self.plain && is_loopback(endpoint),
            _ => false,
        };
        safe && !has_credentials(endpoint) && endpoint.fragment().is_none()
    }

    /// Whether this is at the issuer's own origin: scheme, host and port.
    pub(crate) fn has_origin_of(&self, endpoint: &Url) -> bool {
        self.url.origin() == endpoint.origin()
    }
}

impl TryFrom<&str> for Issuer {
    type Error = InvalidIssuer;

    fn try_from(text: &str) -> Result<Self, InvalidIssuer> {
        let url = Url::parse(text).map_err(|_| InvalidIssuer)?;
        // The parser forgives case, tabs and backslashes. A text that it had to mend would never equal a token's `iss`.
        let as_written = url.as_str() == text || url.as_str().strip_suffix('/') == Some(text);
        let plain = url.scheme() == "http";
        let allowed = url.scheme() == "https" || (plain && is_loopback(&url));
        let bare = !has_credentials(&url) && url.query().is_none() && url.fragment().is_none();
        if as_written && allowed && bare {
            Ok(Self { text: text.to_owned(), url, plain })
        } else {
            Err(InvalidIssuer)
        }
    }
}

impl fmt::Display for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn has_credentials(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_exact_text_and_finds_the_document() {
        for (text, document) in [
            ("https://acme.example/", "https://acme.example/.well-known/openid-configuration"),
            ("https://acme.example", "https://acme.example/.well-known/openid-configuration"),
            ("https://kc.example/realms/a", "https://kc.example/realms/a/.well-known/openid-configuration"),
            ("http://127.0.0.1:4400/", "http://127.0.0.1:4400/.well-known/openid-configuration"),
        ] {
            let issuer = Issuer::try_from(text).unwrap();
            assert_eq!(issuer.as_str(), text);
            assert_eq!(issuer.discovery_url(), document);
        }
    }

    #[test]
    fn refuses_what_could_not_be_trusted() {
        for text in [
            "",
            "acme.example",
            "ftp://acme.example/",
            "http://acme.example/",
            "http://127.0.0.1.acme.example/",
            "https://user@acme.example/",
            "https://:pass@acme.example/",
            "https://acme.example/?a=b",
            "https://acme.example/#a",
            "https://ACME.example/",
            "https:\\\\acme.example/",
            " https://acme.example/",
        ] {
            assert_eq!(Issuer::try_from(text), Err(InvalidIssuer), "{text}");
        }
    }

    #[test]
    fn plain_http_stays_on_loopback() {
        let loopback = Issuer::try_from("http://localhost:4400/").unwrap();
        let public = Issuer::try_from("https://acme.example/").unwrap();
        let url = |text: &str| Url::parse(text).unwrap();
        assert!(loopback.may_use(&url("http://127.0.0.1:4400/token")));
        assert!(loopback.may_use(&url("http://[::1]:4400/token")));
        assert!(loopback.may_use(&url("https://acme.example/token")));
        assert!(!loopback.may_use(&url("http://acme.example/token")));
        assert!(public.may_use(&url("https://other.example/token")));
        assert!(!public.may_use(&url("http://127.0.0.1:4400/token")));
        assert!(!public.may_use(&url("https://user:pass@acme.example/token")));
        assert!(!public.may_use(&url("https://acme.example/token#here")));
        assert!(!public.may_use(&url("file:///etc/passwd")));
    }
}
