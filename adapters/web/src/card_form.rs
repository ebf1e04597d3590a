//! The card form of the test checkout: what was typed, and what would be right.

use tenantry_domain::{CardNumber, Timestamp};

use crate::fields::{Fields, FieldsError};
use crate::text::sentence;

/// A card as it was typed. Its number goes back into the form when something is wrong, and nowhere else.
pub(crate) struct CardForm<'a> {
    pub(crate) number: &'a str,
    pub(crate) number_error: Option<String>,
    pub(crate) expiry: &'a str,
    pub(crate) expiry_error: Option<String>,
    pub(crate) cvc: &'a str,
    pub(crate) cvc_error: Option<String>,
    parsed: Option<CardNumber>,
}

impl<'a> CardForm<'a> {
    /// Before anything is typed: the test checkout takes any month to come and any code, so there are some.
    pub(crate) fn empty() -> Self {
        Self {
            number: "",
            number_error: None,
            expiry: "12/34",
            expiry_error: None,
            cvc: "123",
            cvc_error: None,
            parsed: None,
        }
    }

    pub(crate) fn read(fields: &'a Fields, now: Timestamp) -> Result<Self, FieldsError> {
        let (number, expiry, cvc) =
            (fields.text("card_number")?, fields.text("expiry")?, fields.text("cvc")?);
        let parsed = CardNumber::try_from(number);
        let number_error = parsed.as_ref().err().map(|error| sentence(&error.to_string()));
        Ok(Self {
            number,
            number_error,
            expiry,
            expiry_error: expiry_error(expiry, now).map(str::to_owned),
            cvc,
            cvc_error: (!is_code(cvc)).then(|| "Enter the three or four digits on the card.".to_owned()),
            parsed: parsed.ok(),
        })
    }

    pub(crate) fn is_wrong(&self) -> bool {
        self.number_error.is_some() || self.expiry_error.is_some() || self.cvc_error.is_some()
    }

    /// The number, when the rest of the card is right too.
    pub(crate) fn number_if_complete(&self) -> Option<CardNumber> {
        if self.is_wrong() { None } else { self.parsed.clone() }
    }
}

fn is_code(text: &str) -> bool {
    (3..=4).contains(&text.trim().len()) && text.trim().bytes().all(|byte| byte.is_ascii_digit())
}

fn expiry_error(text: &str, now: Timestamp) -> Option<&'static str> {
    let number = |part: &str| {
        let part = part.trim();
        let is_number = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
        if is_number { part.parse::<i16>().ok() } else { None }
    };
    let month_and_year = text.split_once('/').and_then(|(month, year)| Some((number(month)?, number(year)?)));
    match month_and_year {
        Some((month @ 1..=12, year)) => {
            let (this_year, this_month, _) = now.date();
            let is_over = (2000 + year, month) < (this_year, i16::from(this_month));
            is_over.then_some("This card has expired: use another one.")
        }
        _ => Some("Enter month and year, for example 12/34."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors(body: &str) -> [bool; 3] {
        let fields = Fields::parse(body.as_bytes()).unwrap();
        let form = CardForm::read(&fields, "2026-11-23T00:00:00.000Z".parse().unwrap()).unwrap();
        assert_eq!(form.number_if_complete().is_some(), !form.is_wrong());
        [form.number_error.is_some(), form.expiry_error.is_some(), form.cvc_error.is_some()]
    }

    #[test]
    fn each_field_has_its_own_error() {
        assert_eq!(errors("card_number=4242+4242+4242+4242&expiry=12/34&cvc=123"), [false; 3]);
        assert_eq!(errors("card_number=4242424242424242&expiry=11+%2f+26&cvc=1234"), [false; 3]);
        assert_eq!(errors("card_number=4242424242424241&expiry=12/34&cvc=123"), [true, false, false]);
        assert_eq!(errors(""), [true; 3]);
    }

    #[test]
    fn a_card_is_good_until_the_end_of_its_month() {
        let now = "2026-11-30T23:59:59.999Z".parse().unwrap();
        for (text, is_good) in [
            ("11/26", true),
            ("10/26", false),
            ("12/25", false),
            ("01/27", true),
            ("13/27", false),
            ("1/27", false),
            ("0a/27", false),
            ("", false),
            ("1227", false),
            ("+1/27", false),
        ] {
            assert_eq!(expiry_error(text, now).is_none(), is_good, "{text}");
        }
    }
}
