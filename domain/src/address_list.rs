//! Addresses as people paste them: out of a mail program, a table or a note.

use std::collections::HashSet;

use crate::EmailAddress;

/// What somebody pasted, each entry with what it was taken for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressList(Vec<AddressLine>);

/// One entry of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressLine {
    /// As it was entered.
    pub text: String,
    /// Whom it names.
    pub found: Result<EmailAddress, AddressFault>,
}

/// Why an entry names nobody; says what would be right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressFault {
    /// No address that mail can be sent to.
    #[error("this is not an e-mail address: write it like ann@example.com")]
    NotAnAddress,
    /// The same address stands further up.
    #[error("this address is in the list twice")]
    Twice,
}

/// Why a text is no list of addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidAddressList {
    /// Nothing was entered.
    #[error("enter at least one e-mail address")]
    Empty,
    /// More than a hundred entries.
    #[error("enter at most 100 addresses at once: send the others afterwards")]
    TooMany,
}

impl AddressList {
    /// As many entries as are taken at once.
    pub const MOST: usize = 100;
    /// More text than a hundred addresses with the names of their owners.
    const MOST_BYTES: usize = Self::MOST * 400;

    /// The entries, in the order in which they were entered.
    pub fn lines(&self) -> &[AddressLine] {
        &self.0
    }
}

impl TryFrom<&str> for AddressList {
    type Error = InvalidAddressList;

    /// Entries stand on lines of their own or between commas or semicolons, with or without a name:
    /// `Ann Lee <ann@example.com>; bo@example.com`.
    fn try_from(text: &str) -> Result<Self, InvalidAddressList> {
        if text.len() > Self::MOST_BYTES {
            return Err(InvalidAddressList::TooMany);
        }
        let entries: Vec<&str> = entries(text);
        if entries.is_empty() {
            return Err(InvalidAddressList::Empty);
        }
        if entries.len() > Self::MOST {
            return Err(InvalidAddressList::TooMany);
        }
        let mut seen = HashSet::new();
        let line = |text: &str| {
            let found = EmailAddress::try_from(address(text)).map_err(|_| AddressFault::NotAnAddress);
            let is_new = found.as_ref().map_or(true, |address| seen.insert(address.clone()));
            let found = if is_new { found } else { Err(AddressFault::Twice) };
            AddressLine { text: text.to_owned(), found }
        };
        Ok(Self(entries.into_iter().map(line).collect()))
    }
}

/// The parts between separators; one within quotation marks belongs to a name. A line ends a quotation that nobody closed.
fn entries(text: &str) -> Vec<&str> {
    let mut is_quoted = false;
    let parts = text.split(|character: char| {
        match character {
            '"' => is_quoted = !is_quoted,
            '\n' | '\r' => is_quoted = false,
            _ => {}
        }
        matches!(character, '\n' | '\r') || (!is_quoted && matches!(character, ',' | ';'))
    });
    parts.map(str::trim).filter(|part| !part.is_empty()).collect()
}

/// `ann@example.com` of `Ann Lee <ann@example.com>`.
fn address(entry: &str) -> &str {
    entry.strip_suffix('>').and_then(|named| named.rsplit_once('<')).map_or(entry, |(_, address)| address)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn found(text: &str) -> Vec<Result<String, AddressFault>> {
        let list = AddressList::try_from(text).unwrap();
        list.lines().iter().map(|line| line.found.clone().map(|address| address.to_string())).collect()
    }

    #[test]
    fn reads_what_people_paste() {
        let ok = |text: &str| Ok(text.to_owned());
        let text = "ann@example.com, Bo <BO@example.com>;\r\n\"Lee, Cy; jr\" <cy@example.com>\n\n \tdi@example.com,,";
        assert_eq!(
            found(text),
            [ok("ann@example.com"), ok("bo@example.com"), ok("cy@example.com"), ok("di@example.com")]
        );
        assert_eq!(found("<ann@example.com>"), [ok("ann@example.com")]);
        assert_eq!(found("\"open\nbo@example.com"), [Err(AddressFault::NotAnAddress), ok("bo@example.com")]);
    }

    #[test]
    fn says_of_each_entry_what_is_wrong() {
        let list =
            AddressList::try_from("ann@example.com\nann\nAnn <ANN@example.com>\na＠b.example").unwrap();
        let faults: Vec<_> = list.lines().iter().map(|line| line.found.clone().err()).collect();
        let wrong = Some(AddressFault::NotAnAddress);
        assert_eq!(faults, [None, wrong, Some(AddressFault::Twice), wrong]);
        assert_eq!(list.lines().iter().map(|line| line.text.as_str()).nth(1), Some("ann"));
    }

    #[test]
    fn takes_a_hundred_and_no_more() {
        let of = |count: usize| {
            let addresses: Vec<_> = (0..count).map(|number| format!("user{number}@example.com")).collect();
            addresses.join("\n")
        };
        assert_eq!(AddressList::try_from(of(100).as_str()).unwrap().lines().len(), 100);
        assert_eq!(AddressList::try_from(of(101).as_str()), Err(InvalidAddressList::TooMany));
        assert_eq!(AddressList::try_from("x".repeat(40_001).as_str()), Err(InvalidAddressList::TooMany));
        assert_eq!(AddressList::try_from(" ,;\n"), Err(InvalidAddressList::Empty));
    }

    proptest! {
        #[test]
        fn no_address_is_taken_twice(text in "([a-c]@b\\.example[,;\n \"<>]){0,20}") {
            if let Ok(list) = AddressList::try_from(text.as_str()) {
                let taken: Vec<_> = list.lines().iter().filter_map(|line| line.found.as_ref().ok()).collect();
                prop_assert_eq!(taken.iter().collect::<HashSet<_>>().len(), taken.len());
            }
        }
    }
}
