//! What people call an organization.

use std::fmt;

use unicode_normalization::UnicodeNormalization;

use crate::text_serde::serde_as_text;

/// What people call an organization: 1 to 100 characters in at most 255 bytes, trimmed and in Unicode's form NFC.
///
/// It stands in mail and beside other names, so it holds nothing that can't be seen, nothing that turns the direction of
/// what follows, and no web address.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DisplayName(Box<str>);

/// Why a text can't be what people call an organization; each says what would be right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidDisplayName {
    /// Nothing was entered.
    #[error("enter a name, for example Acme & Sons")]
    Empty,
    /// More than 100 characters, or more than 255 bytes.
    #[error("use at most 100 characters")]
    Length,
    /// Line breaks, characters without width, characters that turn the direction of the text.
    #[error("there are characters in it that can’t be seen: type it again")]
    Unseen,
    /// A web address, or what a mail program would make a link of.
    #[error("leave the web address out, for example Acme instead of acme.com")]
    WebAddress,
}

const MOST_CHARACTERS: usize = 100;
/// As much as Auth0 stores.
const MOST_BYTES: usize = 255;
const ZERO_WIDTH_JOINER: char = '\u{200d}';
const EMOJI_PRESENTATION: char = '\u{fe0f}';

impl DisplayName {
    /// The text of the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<&str> for DisplayName {
    type Error = InvalidDisplayName;

    fn try_from(text: &str) -> Result<Self, InvalidDisplayName> {
        // Whatever normalizing might make of it is bounded by what may come in.
        if text.len() > 4 * MOST_BYTES {
            return Err(InvalidDisplayName::Length);
        }
        let text: String = text.trim().nfc().collect();
        if text.is_empty() {
            return Err(InvalidDisplayName::Empty);
        }
        if has_unseen(&text) {
            return Err(InvalidDisplayName::Unseen);
        }
        if text.chars().count() > MOST_CHARACTERS || text.len() > MOST_BYTES {
            return Err(InvalidDisplayName::Length);
        }
        if text.split(char::is_whitespace).any(is_web_address) {
            return Err(InvalidDisplayName::WebAddress);
        }
        Ok(Self(text.into()))
    }
}

impl fmt::Display for DisplayName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether there is something that leaves no mark of its own. A joiner is no such thing where it joins two emoji, and
/// neither is the sign after one that asks for its colours.
pub(crate) fn has_unseen(text: &str) -> bool {
    let (mut before, mut rest) = (None, text.chars().peekable());
    let mut is_blank = true;
    while let Some(character) = rest.next() {
        let follows_emoji = before.is_some_and(|before| is_emoji(before) || before == EMOJI_PRESENTATION);
        let is_fine = match character {
            ZERO_WIDTH_JOINER => follows_emoji && rest.peek().copied().is_some_and(is_emoji),
            EMOJI_PRESENTATION => before.is_some_and(is_emoji),
            other => !is_unseen(other),
        };
        if !is_fine {
            return true;
        }
        is_blank &= character.is_whitespace();
        before = Some(character);
    }
    is_blank
}

/// Controls, formats, fillers, private characters and those that are none: whatever draws nothing or can't be relied on.
fn is_unseen(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{e000}'..='\u{f8ff}'
            | '\u{fdd0}'..='\u{fdef}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{ffff}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{10ffff}')
}

fn is_emoji(character: char) -> bool {
    matches!(character,
        '\u{a9}' | '\u{ae}' | '\u{203c}'..='\u{3299}' | '\u{1f000}'..='\u{1faff}')
}

/// What a mail program would make a link of: `https://…`, `www.…`, `acme.com`, `acme.com/login`.
pub(crate) fn is_web_address(word: &str) -> bool {
    if word.contains("://") {
        return true;
    }
    let host = word.split(['/', '?', '#', ':']).next().unwrap_or_default();
    let host = host.trim_matches(|character: char| !character.is_alphanumeric());
    let labels: Vec<&str> = host.split(['.', '。', '．', '｡']).collect();
    let is_label = |label: &&str| {
        !label.is_empty() && label.chars().all(|character| character.is_alphanumeric() || character == '-')
    };
    let is_top_level = |label: &&str| label.chars().count() >= 2 && label.chars().all(char::is_alphabetic);
    labels.len() >= 2 && labels.iter().all(is_label) && labels.last().is_some_and(is_top_level)
}

serde_as_text!(DisplayName, DisplayName::try_from);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn says_what_would_be_right() {
        use InvalidDisplayName::{Empty, Length, Unseen, WebAddress};
        let (long, wide) = ("a".repeat(101), "\u{1f469}".repeat(64));
        for (text, why) in [
            ("", Empty),
            (" \t ", Empty),
            (long.as_str(), Length),
            (wide.as_str(), Length),
            ("Acme\r\nBcc: a@b.example", Unseen),
            ("Ac\0me", Unseen),
            ("Acme\u{202e}", Unseen),
            ("Ac\u{200b}me", Unseen),
            ("Ac\u{200d}me", Unseen),
            ("\u{1f469}\u{200d}", Unseen),
            ("\u{2800}\u{3164}", Unseen),
            ("\u{a0}\u{2003}x\u{feff}", Unseen),
            ("Acme\u{fe0f}", Unseen),
            ("See https://evil.example", WebAddress),
            ("Click evil.com", WebAddress),
            ("(www.evil.com)", WebAddress),
            ("evil.com/login", WebAddress),
            ("evil。com", WebAddress),
        ] {
            assert_eq!(DisplayName::try_from(text), Err(why), "{text:?}");
        }
    }

    #[test]
    fn takes_what_organizations_are_called() {
        for text in [
            "A",
            "Acme & Sons",
            "Acme Inc.",
            "A.B.C. Ltd",
            "St. Gallen 4.0",
            "<script>alert(1)</script>",
            "{{7*7}}",
            "=HYPERLINK",
            "שלום בע״מ",
            "👩‍👩‍👧 Family",
            "❤️‍🔥",
            "株式会社",
            &"é".repeat(100),
        ] {
            assert_eq!(DisplayName::try_from(text).map(|name| name.to_string()), Ok(text.to_owned()));
        }
        assert_eq!(DisplayName::try_from(" Cafe\u{301} ").unwrap().as_str(), "Café");
    }

    proptest! {
        #[test]
        fn what_was_taken_is_taken_again_as_it_is(text in "\\PC{0,120}") {
            if let Ok(name) = DisplayName::try_from(text.as_str()) {
                prop_assert_eq!(DisplayName::try_from(name.as_str()), Ok(name.clone()));
                prop_assert!(name.as_str().len() <= 255 && name.as_str().chars().count() <= 100);
            }
        }
    }
}
