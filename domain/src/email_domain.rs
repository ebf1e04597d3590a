//! The part of e-mail addresses behind the `@`, as far as an organization can own it.

use std::fmt;
use std::net::IpAddr;

use crate::text_serde::serde_as_text;

/// A domain that an organization can prove to be its own: a host name in A-label form and lower case, that is no public
/// suffix (`co.uk`, `github.io`) and no provider of free mail.
///
/// It compares byte for byte with [`EmailAddress::domain`](crate::EmailAddress::domain). What another spelling would be
/// turned into is not taken: what was typed is what has to be proved.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EmailDomain(Box<str>);

/// Why a text is no domain that an organization can prove; each says what would be right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidEmailDomain {
    /// Nothing was entered.
    #[error("enter what stands after the @ in your people’s addresses, for example acme.com")]
    Empty,
    /// An address, a web address, a wildcard.
    #[error("enter the domain alone, for example acme.com")]
    NotAlone,
    /// More than 253 bytes, or a part of more than 63.
    #[error("a domain has at most 253 characters, and 63 between two dots")]
    Length,
    /// What no host name has, or what would be read as another one.
    #[error("there are characters in it that no domain has: type it in plain letters, digits and hyphens")]
    Character,
    /// A single word.
    #[error("a domain has at least two parts, for example acme.com")]
    NotADomain,
    /// An IP address, or what would be read as one: a number at the end.
    #[error("this is an IP address, and no domain: enter a name, for example acme.com")]
    IpAddress,
    /// Everybody's.
    #[error("whole groups of organizations share this one: enter the part that is yours alone")]
    PublicSuffix,
    /// Everybody has an address there.
    #[error("anybody can have an address there, so it can’t be your organization’s: enter your own domain")]
    FreeMail,
}

/// Where anybody gets an address.
const FREE_MAIL: &[&str] = &[
    "126.com",
    "163.com",
    "aol.com",
    "att.net",
    "comcast.net",
    "fastmail.com",
    "free.fr",
    "gmail.com",
    "gmx.at",
    "gmx.ch",
    "gmx.com",
    "gmx.de",
    "gmx.net",
    "googlemail.com",
    "hey.com",
    "hotmail.co.uk",
    "hotmail.com",
    "hotmail.de",
    "hotmail.fr",
    "icloud.com",
    "inbox.com",
    "laposte.net",
    "libero.it",
    "live.com",
    "live.de",
    "mac.com",
    "mail.com",
    "mail.ru",
    "me.com",
    "msn.com",
    "naver.com",
    "orange.fr",
    "outlook.com",
    "outlook.de",
    "pm.me",
    "proton.me",
    "protonmail.com",
    "qq.com",
    "rediffmail.com",
    "sina.com",
    "t-online.de",
    "tuta.com",
    "tutanota.com",
    "verizon.net",
    "web.de",
    "yahoo.co.in",
    "yahoo.co.jp",
    "yahoo.co.uk",
    "yahoo.com",
    "yahoo.de",
    "yahoo.fr",
    "yandex.com",
    "yandex.ru",
    "ymail.com",
    "zoho.com",
];

impl EmailDomain {
    /// The domain.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<&str> for EmailDomain {
    type Error = InvalidEmailDomain;

    fn try_from(text: &str) -> Result<Self, InvalidEmailDomain> {
        let text = text.trim();
        if text.is_empty() {
            return Err(InvalidEmailDomain::Empty);
        }
        if text.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().is_ok() {
            return Err(InvalidEmailDomain::IpAddress);
        }
        if text.contains(['@', '/', ':', '*', ' ']) {
            return Err(InvalidEmailDomain::NotAlone);
        }
        if text.len() > 4 * 253 {
            return Err(InvalidEmailDomain::Length);
        }
        let domain = as_it_is_written(text).ok_or(InvalidEmailDomain::Character)?;
        if domain.len() > 253 || domain.split('.').any(|label| label.len() > 63) {
            return Err(InvalidEmailDomain::Length);
        }
        if !domain.split('.').all(is_label) {
            return Err(InvalidEmailDomain::Character);
        }
        let top = domain.rsplit('.').next().unwrap_or_default();
        if !domain.contains('.') {
            return Err(InvalidEmailDomain::NotADomain);
        }
        if top.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(InvalidEmailDomain::IpAddress);
        }
        let own = psl::domain_str(&domain).ok_or(InvalidEmailDomain::PublicSuffix)?;
        if FREE_MAIL.contains(&own) { Err(InvalidEmailDomain::FreeMail) } else { Ok(Self(domain.into())) }
    }
}

/// The A-label form; `None` when turning it back gives something else than was typed: letters of full width, hyphens and
/// spaces that can't be seen, and `xn--` that stands for nothing (CVE-2024-12224) would pass for another domain.
pub(crate) fn as_it_is_written(text: &str) -> Option<String> {
    let typed = text.to_lowercase();
    let ascii = idna::domain_to_ascii_cow(typed.as_bytes(), idna::AsciiDenyList::STD3).ok()?.into_owned();
    let (unicode, read) = idna::domain_to_unicode(&ascii);
    let is_same = read.is_ok() && (typed == ascii || typed == unicode);
    let stands_for_something =
        |label: &str| !label.starts_with("xn--") || !idna::domain_to_unicode(label).0.is_ascii();
    (is_same && ascii.split('.').all(stands_for_something)).then_some(ascii)
}

/// Letters, digits and hyphens, with no hyphen at an end (RFC 1123, section 2.1).
fn is_label(label: &str) -> bool {
    !label.is_empty()
        && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

impl fmt::Display for EmailDomain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

serde_as_text!(EmailDomain, EmailDomain::try_from);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::EmailAddress;

    #[test]
    fn takes_what_an_organization_can_own() {
        for (text, domain) in [
            ("acme.com", "acme.com"),
            (" Acme.CO.UK ", "acme.co.uk"),
            ("mail.acme.com", "mail.acme.com"),
            ("acme.example", "acme.example"),
            ("bücher.de", "xn--bcher-kva.de"),
            ("xn--bcher-kva.de", "xn--bcher-kva.de"),
            ("acme.github.io", "acme.github.io"),
            ("notgmail.com", "notgmail.com"),
        ] {
            assert_eq!(EmailDomain::try_from(text).map(|domain| domain.to_string()), Ok(domain.to_owned()));
        }
    }

    #[test]
    fn says_what_is_wrong_with_the_rest() {
        use InvalidEmailDomain::{
            Character, Empty, FreeMail, IpAddress, Length, NotADomain, NotAlone, PublicSuffix,
        };
        let long = format!("{}.com", "a".repeat(64));
        let whole = format!("{}com", "abcdefgh.".repeat(30));
        for (text, why) in [
            ("", Empty),
            ("  ", Empty),
            ("ann@acme.com", NotAlone),
            ("https://acme.com", NotAlone),
            ("acme.com:443", NotAlone),
            ("*.acme.com", NotAlone),
            ("acme com", NotAlone),
            ("[::1]", IpAddress),
            ("acme", NotADomain),
            ("127.0.0.1", IpAddress),
            ("acme.123", IpAddress),
            ("2001:db8::1", IpAddress),
            ("co.uk", PublicSuffix),
            ("com.", Character),
            ("github.io", PublicSuffix),
            ("gmail.com", FreeMail),
            ("mail.gmail.com", FreeMail),
            ("acme.com.", Character),
            ("acme..com", Character),
            (".acme.com", Character),
            ("-acme.com", Character),
            ("acme-.com", Character),
            ("_dmarc.acme.com", Character),
            ("acme.com\0", Character),
            ("xn--example-.org", Character),
            ("xn--.com", Character),
            ("ｅｘａｍｐｌｅ.com", Character),
            ("exa\u{ad}mple.com", Character),
            ("exa\u{200b}mple.com", Character),
            ("\u{202e}acme.com", Character),
            (&*long, Length),
            (&*whole, Length),
        ] {
            assert_eq!(EmailDomain::try_from(text), Err(why), "{text:?}");
        }
    }

    /// S03: nothing but the same bytes is the same domain.
    #[test]
    fn s03_a_domain_that_ends_in_another_is_another() {
        let corp = EmailDomain::try_from("corp.com").unwrap();
        for address in ["eve@exploitcorp.com", "eve@a.corp.com", "eve@corp.com.evil.com", "eve@corp.co"] {
            assert_ne!(EmailAddress::try_from(address).unwrap().domain(), corp.as_str());
        }
        assert_eq!(EmailAddress::try_from("Ann@CORP.com").unwrap().domain(), corp.as_str());
    }

    proptest! {
        #[test]
        fn what_was_taken_is_taken_again_as_it_is(text in "\\PC{1,20}\\.[a-z]{2,6}") {
            if let Ok(domain) = EmailDomain::try_from(text.as_str()) {
                prop_assert_eq!(EmailDomain::try_from(domain.as_str()), Ok(domain.clone()));
                let address = format!("ann@{domain}");
                prop_assert!(EmailAddress::try_from(address.as_str()).is_ok());
            }
        }
    }
}
