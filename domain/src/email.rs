//! An e-mail address, in the one form in which it is compared and stored.

use std::borrow::Cow;
use std::fmt;

use crate::email_domain::as_it_is_written;
use crate::text_serde::serde_as_text;

/// An e-mail address that mail can be sent to and that compares reliably: trimmed, lower case, and in plain ASCII once
/// it is read.
///
/// The local part is a dot-atom of RFC 5321 section 4.1.2 (no quoted strings, no comments) and is kept as it is but for
/// case: neither `+tag` nor dots are dropped. The domain is a host name with at least two labels. An internationalized one
/// becomes its A-label form, where that stands for what was typed and for nothing else.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EmailAddress(Box<str>);

/// Why a text is not an e-mail address that we take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("enter an e-mail address such as ann@example.com")]
pub struct InvalidEmailAddress;

/// More bytes than any address has whose A-label form fits: nobody has to look at the rest.
const LONGEST_TYPED: usize = 4 * 254;

impl EmailAddress {
    /// The whole address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands before the `@`.
    pub fn local_part(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(local, _)| local)
    }

    /// What stands after the `@`: a host name in A-label form.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

impl TryFrom<&str> for EmailAddress {
    type Error = InvalidEmailAddress;

    fn try_from(text: &str) -> Result<Self, InvalidEmailAddress> {
        let text = text.trim().to_ascii_lowercase();
        if text.len() > LONGEST_TYPED {
            return Err(InvalidEmailAddress);
        }
        let (local, typed) = text.rsplit_once('@').ok_or(InvalidEmailAddress)?;
        let domain = if typed.is_ascii() {
            Cow::Borrowed(typed)
        } else {
            Cow::Owned(as_it_is_written(typed).ok_or(InvalidEmailAddress)?)
        };
        let address = format!("{local}@{domain}");
        if address.len() <= 254 && is_dot_atom(local) && is_host_name(&domain) {
            Ok(Self(address.into()))
        } else {
            Err(InvalidEmailAddress)
        }
    }
}

fn is_dot_atom(local: &str) -> bool {
    let is_atom_byte = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~-".contains(&byte);
    local.len() <= 64 && local.split('.').all(|atom| !atom.is_empty() && atom.bytes().all(is_atom_byte))
}

fn is_host_name(domain: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let is_number = |label: &str| label.bytes().all(|byte| byte.is_ascii_digit());
    let top_level = domain.rsplit('.').next().unwrap_or_default();
    domain.contains('.') && domain.split('.').all(is_label) && !is_number(top_level)
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

serde_as_text!(EmailAddress, EmailAddress::try_from);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::EmailDomain;
    use proptest::prelude::*;

    #[test]
    fn keeps_the_local_part_and_folds_case() {
        let address = EmailAddress::try_from(" Ann.Lee+News@Example.COM ").unwrap();
        assert_eq!(address.as_str(), "ann.lee+news@example.com");
        assert_eq!((address.local_part(), address.domain()), ("ann.lee+news", "example.com"));
    }

    #[test]
    fn refuses_what_mail_systems_read_differently() {
        let long = format!("{}@example.com", "a".repeat(65));
        for text in [
            "",
            "ann",
            "@example.com",
            "ann@",
            "a@b@example.com",
            "\"a b\"@example.com",
            "ann(c)@example.com",
            "ann@example",
            "ann@example.com\r\nBcc: x@y.z",
            "ann@-a.com",
            "ann@a..com",
            "a..b@example.com",
            "ann＠example.com",
            "ann@ｅｘａｍｐｌｅ.com",
            "ann@exa\u{ad}mple.com",
            "ann@exämple",
            "ann@exämple.com.",
            "änn@example.com",
            "ann@127.0.0.1",
            "ann@[127.0.0.1]",
            "a\u{200b}nn@example.com",
            "ann @example.com",
            "ann@example.com.",
            "ann\0@example.com",
            &long,
        ] {
            assert!(EmailAddress::try_from(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn an_internationalized_domain_is_the_one_that_an_organization_proves() {
        for text in ["jo@münchen.example", "Jo@MÜNCHEN.example", "jo@xn--mnchen-3ya.example"] {
            let address = EmailAddress::try_from(text).unwrap();
            assert_eq!(address.as_str(), "jo@xn--mnchen-3ya.example", "{text}");
            let domain = EmailDomain::try_from("münchen.example").unwrap();
            assert_eq!(address.domain(), domain.as_str());
        }
    }

    proptest! {
        #[test]
        fn what_was_accepted_is_accepted_again_unchanged(text in "\\PC{0,20}@\\PC{0,20}") {
            if let Ok(address) = EmailAddress::try_from(text.as_str()) {
                prop_assert_eq!(EmailAddress::try_from(address.as_str()).unwrap(), address);
            }
        }
    }
}
