//! How an organization looks: its two colours and its logo.

use std::fmt;
use std::str::FromStr;

use crate::LogoId;

/// A colour in sRGB, written `#rrggbb`; `#rgb` is understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Colour {
    /// Red, green and blue.
    pub rgb: [u8; 3],
}

/// The text names no colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write the colour as # and six digits, for example #3355ff")]
pub struct InvalidColour;

/// The two colours of an organization: they come together or not at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Colours {
    /// Of buttons, links and everything that stands out.
    pub primary: Colour,
    /// Of the ground.
    pub background: Colour,
}

/// Where an organization's logo is: an https URL without credentials and fragment, at most 2,048 bytes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LogoUrl(Box<str>);

/// The text is not where a logo can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("enter an address such as https://acme.example/logo.png")]
pub struct InvalidLogoUrl;

/// How the identity provider shows an organization on its login page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Branding {
    /// Where the logo is.
    pub logo: Option<LogoUrl>,
    /// The two colours.
    pub colours: Option<Colours>,
}

/// How the product shows an organization to its people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// What people call it.
    pub display_name: String,
    /// The two colours; the product's own without them.
    pub colours: Option<Colours>,
    /// The logo that the product keeps.
    pub logo: Option<LogoId>,
}

impl FromStr for Colour {
    type Err = InvalidColour;

    fn from_str(text: &str) -> Result<Self, InvalidColour> {
        let digits = text.trim().strip_prefix('#').ok_or(InvalidColour)?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(InvalidColour);
        }
        let digits: String = match digits.len() {
            3 => digits.chars().flat_map(|digit| [digit, digit]).collect(),
            6 => digits.to_owned(),
            _ => return Err(InvalidColour),
        };
        let number = u32::from_str_radix(&digits, 16).map_err(|_| InvalidColour)?;
        let [_, red, green, blue] = number.to_be_bytes();
        Ok(Self { rgb: [red, green, blue] })
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.rgb;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

impl LogoUrl {
    /// The URL's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<&str> for LogoUrl {
    type Error = InvalidLogoUrl;

    fn try_from(text: &str) -> Result<Self, InvalidLogoUrl> {
        let rest = text.strip_prefix("https://").ok_or(InvalidLogoUrl)?;
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at_checked(end).ok_or(InvalidLogoUrl)?;
        let is_authority = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
        let is_path = |byte: u8| byte.is_ascii_alphanumeric() || b"/?&=%.-_~+,:;@!$'()*".contains(&byte);
        let fits = text.len() <= 2048
            && authority.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'[')
            && authority.bytes().all(is_authority)
            && path.bytes().all(is_path);
        if fits { Ok(Self(text.into())) } else { Err(InvalidLogoUrl) }
    }
}

impl fmt::Display for LogoUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_colour_is_six_digits() {
        let blue: Colour = " #3355Ff ".parse().unwrap();
        assert_eq!((blue.rgb, blue.to_string().as_str()), ([0x33, 0x55, 0xff], "#3355ff"));
        assert_eq!("#3fA".parse(), "#33ffaa".parse::<Colour>());
        for text in
            ["", "#", "#ff", "#ffff", "3355ff", "#3355f", "#3355fff", "#33é5f", "#+355ff", "red", "#33 5ff"]
        {
            assert_eq!(text.parse::<Colour>(), Err(InvalidColour), "{text:?}");
        }
    }

    #[test]
    fn a_logo_is_fetched_from_one_place_and_nowhere_else() {
        for text in ["https://acme.example", "https://acme.example/logo.png?v=1", "https://[::1]:8443/a"] {
            assert_eq!(LogoUrl::try_from(text).unwrap().as_str(), text);
        }
        let long = format!("https://acme.example/{}", "a".repeat(2048));
        for text in [
            "http://acme.example/logo.png",
            "HTTPS://acme.example",
            "//acme.example",
            "https://",
            "https:///logo.png",
            "https://ann:secret@acme.example/logo.png",
            "https://acme.example\\@evil.example",
            "https://acme.example/#x",
            "https://acme.example/a b",
            "https://acme.example/\"><script>",
            "https://①②⑦.example",
            "data:image/png;base64,AAAA",
            "javascript:alert(1)",
            long.as_str(),
        ] {
            assert_eq!(LogoUrl::try_from(text), Err(InvalidLogoUrl), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn a_colour_is_read_as_it_is_written(rgb: [u8; 3]) {
            let colour = Colour { rgb };
            prop_assert_eq!(colour.to_string().parse(), Ok(colour));
        }
    }
}
