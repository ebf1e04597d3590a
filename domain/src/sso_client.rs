//! As whom we come to an organization's identity provider, and what proves that.

use std::fmt;

use crate::text_serde::serde_as_text;

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

serde_as_text!(ClientId, ClientId::try_from);

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

#[cfg(test)]
mod tests {
    use super::*;

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
}
