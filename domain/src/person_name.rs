//! What people call a person.

use std::fmt;

use unicode_normalization::UnicodeNormalization;

use crate::display_name::{has_unseen, is_web_address};

/// What people call a person: 1 to 150 characters in at most 600 bytes, trimmed and in Unicode's form NFC.
///
/// It stands in mail and beside other names, so it holds nothing that can't be seen, nothing that turns the direction of
/// what follows, and no web address. An e-mail address is fine: providers call people by it who never said a name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PersonName(Box<str>);

/// Why a text can't be a person's name; each says what would be right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPersonName {
    /// Nothing was entered.
    #[error("enter your name, for example Ann Lee")]
    Empty,
    /// More than 150 characters, or more than 600 bytes.
    #[error("use at most 150 characters")]
    Length,
    /// Line breaks, characters without width, characters that turn the direction of the text.
    #[error("there are characters in it that can’t be seen: type it again")]
    Unseen,
    /// A web address, or what a mail program would make a link of.
    #[error("leave the web address out")]
    WebAddress,
}

/// As many as Auth0 promises to keep.
const MOST_CHARACTERS: usize = 150;
const MOST_BYTES: usize = 600;

impl PersonName {
    /// The text of the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<&str> for PersonName {
    type Error = InvalidPersonName;

    fn try_from(text: &str) -> Result<Self, InvalidPersonName> {
        // Whatever normalizing might make of it is bounded by what may come in.
        if text.len() > 4 * MOST_BYTES {
            return Err(InvalidPersonName::Length);
        }
        let text: String = text.trim().nfc().collect();
        if text.is_empty() {
            return Err(InvalidPersonName::Empty);
        }
        if has_unseen(&text) {
            return Err(InvalidPersonName::Unseen);
        }
        if text.chars().count() > MOST_CHARACTERS || text.len() > MOST_BYTES {
            return Err(InvalidPersonName::Length);
        }
        if text.split(char::is_whitespace).any(is_web_address) {
            return Err(InvalidPersonName::WebAddress);
        }
        Ok(Self(text.into()))
    }
}

impl fmt::Display for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn says_what_would_be_right() {
        use InvalidPersonName::{Empty, Length, Unseen, WebAddress};
        let long = "a".repeat(151);
        let endless = "e\u{301}".repeat(1000);
        for (text, why) in [
            ("", Empty),
            (" \t\u{a0}", Empty),
            (long.as_str(), Length),
            (endless.as_str(), Length),
            ("Ann\r\nBcc: a@b.example", Unseen),
            ("An\0n", Unseen),
            ("Ann\u{202e}", Unseen),
            ("An\u{200b}n", Unseen),
            ("\u{3164}", Unseen),
            ("Ann https://evil.example", WebAddress),
            ("Click evil.com", WebAddress),
        ] {
            assert_eq!(PersonName::try_from(text), Err(why), "{text:?}");
        }
    }

    #[test]
    fn takes_what_people_are_called() {
        for text in
            ["A", "Ann O’Neil-Lee", "J. R. R. Tolkien", "ann@example.com", "李小龍", "שלום", "<b>Ann</b>"]
        {
            assert_eq!(PersonName::try_from(text).map(|name| name.to_string()), Ok(text.to_owned()));
        }
        assert_eq!(PersonName::try_from(" Rene\u{301} ").unwrap().as_str(), "René");
    }

    proptest! {
        #[test]
        fn what_was_taken_is_taken_again_as_it_is(text in "\\PC{0,160}") {
            if let Ok(name) = PersonName::try_from(text.as_str()) {
                prop_assert_eq!(PersonName::try_from(name.as_str()), Ok(name.clone()));
                prop_assert!(name.as_str().len() <= 600 && name.as_str().chars().count() <= 150);
            }
        }
    }
}
