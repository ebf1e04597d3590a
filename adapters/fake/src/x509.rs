//! The parts of an X.509 certificate (RFC 5280 section 4.1) that are looked at here.

use tenantry_domain::Timestamp;

use crate::der::{GENERALIZED_TIME, Reader, UTC_TIME, VERSION};

/// `id-at-commonName`.
const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];

pub(crate) struct Parts<'a> {
    pub(crate) not_after: Timestamp,
    subject: Reader<'a>,
    pub(crate) public_key: Reader<'a>,
}

impl<'a> Parts<'a> {
    /// Of what stands in the outermost sequence.
    pub(crate) fn of(mut certificate: Reader<'a>) -> Option<Self> {
        let mut certificate = certificate.sequence()?;
        if certificate.next_tag()? == VERSION {
            certificate.element()?;
        }
        let _serial_number = certificate.element()?;
        let _signature = certificate.sequence()?;
        let _issuer = certificate.sequence()?;
        let mut validity = certificate.sequence()?;
        let _not_before = validity.element()?;
        let not_after = time(validity.element()?)?;
        Some(Self { not_after, subject: certificate.sequence()?, public_key: certificate.sequence()? })
    }

    /// The subject's common name.
    pub(crate) fn common_name(&self) -> Option<String> {
        let mut subject = self.subject;
        while let Some((_, attributes)) = subject.element() {
            let mut attribute = Reader::new(attributes).sequence()?;
            let (_, kind) = attribute.element()?;
            let (_, name) = attribute.element()?;
            if kind == COMMON_NAME {
                return String::from_utf8(name.to_vec()).ok();
            }
        }
        None
    }
}

/// RFC 5280 section 4.1.2.5: in UTC, to the second.
pub(crate) fn time((tag, text): (u8, &[u8])) -> Option<Timestamp> {
    let text = std::str::from_utf8(text).ok()?;
    let text = match tag {
        UTC_TIME if text.starts_with(['5', '6', '7', '8', '9']) => format!("19{text}"),
        UTC_TIME => format!("20{text}"),
        GENERALIZED_TIME => text.to_owned(),
        _ => return None,
    };
    let digits = text.strip_suffix('Z').filter(|digits| digits.len() == 14 && digits.is_ascii())?;
    let part = |range: std::ops::Range<usize>| digits.get(range);
    let (year, month, day) = (part(0..4)?, part(4..6)?, part(6..8)?);
    let (hour, minute, second) = (part(8..10)?, part(10..12)?, part(12..14)?);
    format!("{year}-{month}-{day}T{hour}:{minute}:{second}Z").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_tells_its_end_in_two_notations() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        assert_eq!(time((UTC_TIME, b"391109131501Z")), Some(at("2039-11-09T13:15:01Z")));
        assert_eq!(time((UTC_TIME, b"991109131501Z")), Some(at("1999-11-09T13:15:01Z")));
        assert_eq!(time((GENERALIZED_TIME, b"20991231000000Z")), Some(at("2099-12-31T00:00:00Z")));
        for wrong in [&b"991109131501"[..], b"9911091315Z", b"xxxxxxxxxxxxZ"] {
            assert_eq!(time((UTC_TIME, wrong)), None);
        }
    }
}
