//! A tenant: one customer organization.

use std::fmt;

use crate::{Branding, ConversionId, TenantId};

/// The name by which a tenant's people sign in: unique, 3 to 50 characters, lower-case letters, digits, `-` and `_`,
/// with a letter or a digit at both ends, and not starting with `org_` (Auth0 reserves that for ids).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TenantName(Box<str>);

/// Why a text can't name a tenant; each says what would be right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTenantName {
    /// Nothing was entered.
    #[error("enter a name, for example acme")]
    Empty,
    /// Fewer than 3 or more than 50 characters.
    #[error("use 3 to 50 characters")]
    Length,
    /// Capital letters.
    #[error("use lower-case letters only, for example acme instead of ACME")]
    UpperCase,
    /// Anything that is not a letter, a digit, `-` or `_`.
    #[error("use letters from a to z, digits, dashes and underscores only")]
    Character,
    /// `-` or `_` at either end.
    #[error("start and end with a letter or a digit")]
    Ends,
    /// Starts with `org_`.
    #[error("a name can't start with org_: leave that part out")]
    Reserved,
}

/// A tenant's id and name together: one provider signs in by the one, another by the other.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct TenantRef {
    /// The provider's id.
    pub id: TenantId,
    /// The unique name.
    pub name: TenantName,
}

/// A tenant as the identity provider knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tenant {
    /// Id and name.
    pub tenant: TenantRef,
    /// What people call it; the name when nobody chose anything else.
    pub display_name: String,
    /// How the provider shows it.
    pub branding: Branding,
    /// What it has subscribed to, as stored; `None` when the provider has no record of it.
    pub subscription: Option<String>,
    /// In which conversion it was made, when the provider remembers.
    pub made_in: Option<ConversionId>,
}

impl TenantName {
    /// The text of the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<&str> for TenantName {
    type Error = InvalidTenantName;

    fn try_from(text: &str) -> Result<Self, InvalidTenantName> {
        let text = text.trim();
        let is_end = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric());
        if text.is_empty() {
            return Err(InvalidTenantName::Empty);
        }
        if text.chars().any(char::is_uppercase) {
            return Err(InvalidTenantName::UpperCase);
        }
        if !text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte))
        {
            return Err(InvalidTenantName::Character);
        }
        if !(3..=50).contains(&text.len()) {
            return Err(InvalidTenantName::Length);
        }
        if !is_end(text.bytes().next()) || !is_end(text.bytes().next_back()) {
            return Err(InvalidTenantName::Ends);
        }
        if text.starts_with("org_") {
            return Err(InvalidTenantName::Reserved);
        }
        Ok(Self(text.into()))
    }
}

impl fmt::Display for TenantName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl serde::Serialize for TenantName {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> serde::Deserialize<'de> for TenantName {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::try_from(text.as_ref()).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn says_what_would_be_right() {
        use InvalidTenantName::{Character, Empty, Ends, Length, Reserved, UpperCase};
        let long = "a".repeat(51);
        for (text, why) in [
            ("", Empty),
            ("   ", Empty),
            ("ab", Length),
            (long.as_str(), Length),
            ("Acme", UpperCase),
            ("ac me", Character),
            ("acme!", Character),
            ("äcme", Character),
            ("acme\u{202e}", Character),
            ("ac\0me", Character),
            ("-acme", Ends),
            ("acme_", Ends),
            ("org_acme", Reserved),
        ] {
            assert_eq!(TenantName::try_from(text), Err(why), "{text:?}");
        }
        for text in ["abc", "acme-1", "1st_co", "a__b", &"a".repeat(50), " acme "] {
            assert!(TenantName::try_from(text).is_ok(), "{text:?}");
        }
    }

    proptest! {
        // The rule as Auth0 states it, as a regular expression, beside the rule as we wrote it.
        #[test]
        fn agrees_with_the_pattern_of_auth0(text in "[a-z0-9][a-z0-9_-]{1,48}[a-z0-9]") {
            prop_assert_eq!(TenantName::try_from(text.as_str()).is_ok(), !text.starts_with("org_"));
        }
    }
}
