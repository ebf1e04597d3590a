//! Fields of a form or a query: decoded strictly, and read one at a time with a message that names the field.

use std::borrow::Cow;

use percent_encoding::percent_decode;

/// The names and values that a request carries as `application/x-www-form-urlencoded`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields(Vec<(String, String)>);

/// Why the fields, or one of them, can't be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FieldsError {
    #[error("what was sent is not text in UTF-8")]
    Encoding,
    #[error("{0} was sent twice: send it once")]
    Twice(&'static str),
    #[error("{0} has characters in it that can't be seen: type it again")]
    Control(&'static str),
    #[error("{0} is longer than 2,000 characters: shorten it")]
    TooLong(&'static str),
}

impl Fields {
    /// Decodes a body or a query; a `%` that is not followed by two digits stands for itself.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, FieldsError> {
        let pairs = bytes.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()).map(|pair| {
            let equals = pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
            let (name, value) = pair.split_at(equals);
            Ok((decode(name)?, decode(value.get(1..).unwrap_or_default())?))
        });
        pairs.collect::<Result<_, _>>().map(Self)
    }

    /// The value of `name`; empty when it was not sent.
    pub(crate) fn text(&self, name: &'static str) -> Result<&str, FieldsError> {
        self.get(name).map(Option::unwrap_or_default)
    }

    /// The value of `name`, if it was sent.
    pub(crate) fn get(&self, name: &'static str) -> Result<Option<&str>, FieldsError> {
        let Some(value) = self.sole(name)? else { return Ok(None) };
        if value.len() > 8000 || value.chars().count() > 2000 {
            return Err(FieldsError::TooLong(name));
        }
        if value.chars().any(char::is_control) {
            return Err(FieldsError::Control(name));
        }
        Ok(Some(value))
    }

    /// The same for what no person types: of any length, and whatever is in it.
    pub(crate) fn sole(&self, name: &'static str) -> Result<Option<&str>, FieldsError> {
        let mut found = self.0.iter().filter(|(key, _)| key == name);
        let Some((_, value)) = found.next() else { return Ok(None) };
        if found.next().is_some() { Err(FieldsError::Twice(name)) } else { Ok(Some(value)) }
    }

    /// What is left of the names that begin with `prefix`, each once, of the fields that say anything.
    pub(crate) fn under(&self, prefix: &str) -> Vec<&str> {
        let said = self.0.iter().filter(|(_, value)| !value.is_empty());
        let mut names: Vec<_> = said.filter_map(|(name, _)| name.strip_prefix(prefix)).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

fn decode(bytes: &[u8]) -> Result<String, FieldsError> {
    let spaces: Cow<'_, [u8]> = if bytes.contains(&b'+') {
        bytes.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect()
    } else {
        bytes.into()
    };
    Ok(percent_decode(&spaces).decode_utf8().map_err(|_| FieldsError::Encoding)?.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_what_browsers_encode() {
        let fields = Fields::parse(b"organization=acme-1&name=Ann+Lee%20%26+Co&empty=&flag&=x").unwrap();
        assert_eq!(fields.text("organization"), Ok("acme-1"));
        assert_eq!(fields.text("name"), Ok("Ann Lee & Co"));
        assert_eq!((fields.get("empty"), fields.get("flag")), (Ok(Some("")), Ok(Some(""))));
        assert_eq!((fields.text("absent"), fields.get("absent")), (Ok(""), Ok(None)));
    }

    #[test]
    fn fields_of_one_kind_are_found_by_how_their_names_begin() {
        let fields = Fields::parse(b"role.b=on&role.a=on&role.b=on&role.c=&roles=x&role=y&role.=on").unwrap();
        assert_eq!(fields.under("role."), ["", "a", "b"]);
    }

    #[test]
    fn names_the_field_that_is_wrong() {
        let fields = Fields::parse(b"a=1&a=2&nul=x%00y&line=x%0d%0aBcc:y&other=x%00").unwrap();
        assert_eq!(fields.text("a"), Err(FieldsError::Twice("a")));
        assert_eq!(fields.text("nul"), Err(FieldsError::Control("nul")));
        assert_eq!(fields.text("line"), Err(FieldsError::Control("line")));
        let long = format!("a={}", "x".repeat(2001));
        assert_eq!(Fields::parse(long.as_bytes()).unwrap().text("a"), Err(FieldsError::TooLong("a")));
        assert_eq!(Fields::parse(b"a=%ff").err(), Some(FieldsError::Encoding));
    }
}
