//! As much of DER (ITU-T X.690) as it takes to find an RSA key and an expiry in what a PEM file holds.

/// `UTCTime`, whose year has two digits.
pub(crate) const UTC_TIME: u8 = 0x17;
/// `GeneralizedTime`, whose year has four.
pub(crate) const GENERALIZED_TIME: u8 = 0x18;
/// An element of a certificate that only stands there from version 2 on.
pub(crate) const VERSION: u8 = 0xa0;

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const SEQUENCE: u8 = 0x30;

/// What is left to read.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The tag of the next element.
    pub(crate) fn next_tag(&self) -> Option<u8> {
        self.0.first().copied()
    }

    /// The next element: its tag and its contents.
    pub(crate) fn element(&mut self) -> Option<(u8, &'a [u8])> {
        let (tag, rest) = self.0.split_first()?;
        let (first, rest) = rest.split_first()?;
        let (length, rest) = if first & 0x80 == 0 {
            (usize::from(*first), rest)
        } else {
            let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            // More than four digits would be a key that nobody has.
            let is_sound = (1..=4).contains(&digits.len());
            let length = digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit));
            (is_sound.then_some(length)?, rest)
        };
        let (contents, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((*tag, contents))
    }

    pub(crate) fn sequence(&mut self) -> Option<Self> {
        self.of_tag(SEQUENCE).map(Self)
    }

    /// A natural number, big-endian without leading zeros.
    pub(crate) fn natural(&mut self) -> Option<&'a [u8]> {
        let number = self.of_tag(INTEGER)?;
        let zeros = number.iter().take_while(|byte| **byte == 0).count();
        let is_negative = number.first().is_some_and(|byte| byte & 0x80 != 0);
        number.get(zeros..).filter(|_| !is_negative)
    }

    /// The bytes of a bit string that has only whole ones.
    pub(crate) fn bits(&mut self) -> Option<Self> {
        match self.of_tag(BIT_STRING)?.split_first()? {
            (0, bytes) => Some(Self(bytes)),
            _ => None,
        }
    }

    fn of_tag(&mut self, wanted: u8) -> Option<&'a [u8]> {
        self.element().filter(|(tag, _)| *tag == wanted).map(|(_, contents)| contents)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lengths_have_a_short_and_a_long_form() {
        let mut short = Reader::new(&[0x02, 0x01, 0x05, 0xff]);
        assert_eq!((short.natural(), short.0), (Some(&[5][..]), &[0xff][..]));
        let mut long = vec![0x30, 0x82, 0x01, 0x00];
        long.extend([7; 256]);
        assert_eq!(Reader::new(&long).sequence().map(|inner| inner.0.len()), Some(256));
        for truncated in [&[][..], &[0x02], &[0x02, 0x03, 1], &[0x02, 0x82, 0x01], &[0x02, 0x80]] {
            assert!(Reader::new(truncated).element().is_none(), "{truncated:?}");
        }
    }

    #[test]
    fn a_number_has_a_sign_and_a_bit_string_has_whole_bytes() {
        assert_eq!(Reader::new(&[0x02, 0x02, 0x00, 0x80]).natural(), Some(&[0x80][..]));
        assert_eq!(Reader::new(&[0x02, 0x01, 0x80]).natural(), None);
        assert!(Reader::new(&[0x03, 0x02, 0x00, 0x05]).bits().is_some());
        assert!(Reader::new(&[0x03, 0x02, 0x01, 0x05]).bits().is_none());
    }

    proptest! {
        #[test]
        fn whatever_the_bytes_are_the_reader_comes_to_an_end(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            let mut reader = Reader::new(&bytes);
            let mut steps = 0;
            while reader.element().is_some() {
                steps += 1;
            }
            prop_assert!(steps <= bytes.len());
        }
    }
}
