//! Forms that texts must have, beyond their length.

use serde_json::{Map, Value, json};
use tenantry_domain::{EmailAddress, Timestamp};
use url::Url;

/// A form, by the name that Auth0's messages give it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Email,
    /// An absolute address.
    Uri,
    /// An absolute address of the web, over TLS or not.
    WebUri,
    /// An absolute address that begins with `https:`, or nothing at all.
    HttpsUri,
    HtmlColor,
    OrganizationName,
    ConnectionName,
    Phone,
    /// A domain name in lower case.
    Domain,
    NoWhitespace,
    /// A text without angle brackets.
    NoMarkup,
    /// An instant of RFC 3339.
    DateTime,
    /// A name that a key is given.
    KeyId,
}

impl Format {
    /// The rule that the text breaks.
    pub(crate) fn check(self, text: &str) -> Result<(), String> {
        let holds = match self {
            Self::Email => EmailAddress::try_from(text).is_ok(),
            Self::Uri => Url::parse(text).is_ok(),
            Self::WebUri => Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https")),
            Self::HttpsUri => text.is_empty() || Url::parse(text).is_ok_and(|url| url.scheme() == "https"),
            Self::HtmlColor => is_color(text),
            Self::OrganizationName => is_organization_name(text),
            Self::ConnectionName => is_connection_name(text),
            Self::Phone => text.strip_prefix('+').is_some_and(|digits| {
                (1..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
            }),
            Self::Domain => is_domain(text),
            Self::NoWhitespace => !text.contains(char::is_whitespace),
            Self::NoMarkup => !text.contains(['<', '>']),
            Self::DateTime => text.parse::<Timestamp>().is_ok(),
            Self::KeyId => text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)),
        };
        if holds { Ok(()) } else { Err(self.rule(text)) }
    }

    fn rule(self, text: &str) -> String {
        match self {
            Self::ConnectionName | Self::Phone | Self::NoWhitespace | Self::NoMarkup | Self::KeyId => {
                format!("String does not match pattern {}: {text}", self.pattern().unwrap_or_default())
            }
            _ => format!("Object didn't pass validation for format {}: {text}", self.name()),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Uri => "absolute-uri",
            Self::WebUri => "absolute-http-uri",
            Self::HttpsUri => "absolute-https-uri-or-empty",
            Self::HtmlColor => "html-color",
            Self::OrganizationName => "organization-name",
            Self::ConnectionName => "connection-name",
            Self::Phone => "phone-number",
            Self::Domain => "domain",
            Self::NoWhitespace => "no-whitespace",
            Self::NoMarkup => "no-markup",
            Self::DateTime => "date-time",
            Self::KeyId => "key-id",
        }
    }

    fn pattern(self) -> Option<&'static str> {
        match self {
            Self::HtmlColor => Some("^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$"),
            Self::OrganizationName => Some("^(?!org_)[a-z0-9]([a-z0-9_-]*[a-z0-9])?$"),
            Self::ConnectionName => Some("^[a-zA-Z0-9](-[a-zA-Z0-9]|[a-zA-Z0-9])*$"),
            Self::Phone => Some("^\\+[0-9]{1,15}$"),
            Self::NoWhitespace => Some("^\\S*$"),
            Self::NoMarkup => Some("^[^<>]+$"),
            Self::HttpsUri => Some("^(https://.*)?$"),
            Self::KeyId => Some("^[0-9a-zA-Z_-]*$"),
            Self::WebUri => Some("^[hH][tT][tT][pP][sS]?:"),
            Self::Email | Self::Uri | Self::Domain | Self::DateTime => None,
        }
    }

    /// What JSON Schema can say of it.
    pub(crate) fn openapi(self) -> Map<String, Value> {
        let known = match self {
            Self::Email => json!({ "format": "email" }),
            Self::Uri => json!({ "format": "uri" }),
            Self::WebUri => json!({ "format": "uri", "pattern": self.pattern() }),
            Self::DateTime => json!({ "format": "date-time" }),
            _ => self.pattern().map_or_else(|| json!({}), |pattern| json!({ "pattern": pattern })),
        };
        known.as_object().cloned().unwrap_or_default()
    }
}

fn is_color(text: &str) -> bool {
    let hex = text.strip_prefix('#').unwrap_or_default();
    matches!(hex.len(), 3 | 6) && hex.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// `^(?:(?!org_))[a-z0-9]([a-z0-9-_]*[a-z0-9])?$`, 1 to 50 characters.
pub(crate) fn is_organization_name(name: &str) -> bool {
    let is_end = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let is_inner = |byte: u8| is_end(byte) || byte == b'-' || byte == b'_';
    (1..=50).contains(&name.len())
        && !name.starts_with("org_")
        && name.bytes().all(is_inner)
        && name.bytes().next().is_some_and(is_end)
        && name.bytes().next_back().is_some_and(is_end)
}

/// Letters and digits, with single hyphens between them.
fn is_connection_name(name: &str) -> bool {
    !name.is_empty()
        && name
            .split('-')
            .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// Labels of letters, digits and inner hyphens, at least two of them.
pub(crate) fn is_domain(domain: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    domain.len() <= 253 && domain.contains('.') && domain.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn organization_names_follow_the_pattern() {
        let long = "a".repeat(51);
        for (name, good) in [
            ("a", true),
            ("acme-1", true),
            ("1st_co", true),
            (&long[..50], true),
            (&long, false),
            ("", false),
            ("-acme", false),
            ("acme_", false),
            ("Acme", false),
            ("org_acme", false),
            ("ac me", false),
        ] {
            assert_eq!(is_organization_name(name), good, "{name}");
        }
    }

    #[test]
    fn a_format_tells_its_rule() {
        assert_eq!(
            Format::Email.check("nobody").unwrap_err(),
            "Object didn't pass validation for format email: nobody"
        );
        assert!(Format::ConnectionName.check("acme-entra").is_ok());
        for name in ["acme--entra", "-acme", "acme_1", ""] {
            assert!(Format::ConnectionName.check(name).is_err(), "{name}");
        }
        assert!(Format::Domain.check("acme.example").is_ok());
        for domain in ["acme", "Acme.example", "acme..example", "a_b.example", "-a.example"] {
            assert!(Format::Domain.check(domain).is_err(), "{domain}");
        }
        assert!(Format::HtmlColor.check("#fff").is_ok() && Format::HtmlColor.check("fff").is_err());
        assert!(Format::HttpsUri.check("http://a.example").is_err());
        for address in ["https://a.example/done?a=1", "http://localhost:3000/", "HTTPS://a.example"] {
            assert!(Format::WebUri.check(address).is_ok(), "{address}");
        }
        for address in ["javascript:alert(1)", "data:text/html,x", "com.app://done", "/done", ""] {
            assert!(Format::WebUri.check(address).is_err(), "{address}");
        }
    }
}
