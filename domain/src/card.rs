//! The number of a payment card, as a person types it.

use std::fmt;

/// A card number: 12 to 19 digits whose check digit is right (ISO/IEC 7812-1, the Luhn formula). Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct CardNumber(Box<str>);

/// Why a text is not a card number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidCardNumber {
    /// Nothing was entered.
    #[error("enter the card number")]
    Empty,
    /// Something else than digits, spaces and dashes, or not 12 to 19 digits.
    #[error("a card number has 12 to 19 digits")]
    Digits,
    /// The check digit is wrong: a digit was mistyped.
    #[error("a digit of this card number is wrong: compare it with the card")]
    CheckDigit,
}

impl CardNumber {
    /// The digits alone. For the payment itself: never for a page, a log or an error.
    pub fn expose_digits(&self) -> &str {
        &self.0
    }
}

impl TryFrom<&str> for CardNumber {
    type Error = InvalidCardNumber;

    fn try_from(text: &str) -> Result<Self, InvalidCardNumber> {
        let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
        if digits.is_empty() {
            return Err(InvalidCardNumber::Empty);
        }
        if !(12..=19).contains(&digits.len()) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(InvalidCardNumber::Digits);
        }
        let sum: u32 =
            digits.bytes().rev().map(|byte| u32::from(byte - b'0')).enumerate().map(luhn_term).sum();
        if sum.is_multiple_of(10) { Ok(Self(digits.into())) } else { Err(InvalidCardNumber::CheckDigit) }
    }
}

fn luhn_term((position, digit): (usize, u32)) -> u32 {
    let doubled = if position % 2 == 1 { digit * 2 } else { digit };
    if doubled > 9 { doubled - 9 } else { doubled }
}

impl fmt::Debug for CardNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CardNumber(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_type() {
        for text in ["4242424242424242", " 4242 4242 4242 4242 ", "4000-0000-0000-0002", "378282246310005"] {
            assert!(CardNumber::try_from(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn says_what_is_wrong() {
        use InvalidCardNumber::{CheckDigit, Digits, Empty};
        for (text, why) in [
            ("", Empty),
            (" - ", Empty),
            ("4242", Digits),
            ("4242 4242 4242 424x", Digits),
            ("４２４２424242424242", Digits),
            ("4242424242424241", CheckDigit),
            ("42424242424242424242", Digits),
        ] {
            assert_eq!(CardNumber::try_from(text), Err(why), "{text}");
        }
    }

    #[test]
    fn is_never_printed() {
        let card = CardNumber::try_from("4242424242424242").unwrap();
        assert!(!format!("{card:?}").contains("42"));
    }
}
