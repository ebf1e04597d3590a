//! Bytes cross the border to the engine as text whose characters are the bytes.

/// Text whose characters are `bytes`.
pub(crate) fn latin1(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

/// The bytes that the characters of `text` are; of one beyond a byte, its lowest eight bits.
#[expect(clippy::cast_possible_truncation, reason = "the lowest eight bits are what is asked for")]
pub(crate) fn bytes_of(text: &str) -> Vec<u8> {
    text.chars().map(|letter| u32::from(letter) as u8).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_crosses_the_border_and_comes_back() {
        let bytes: Vec<u8> = (0..=255).collect();
        assert_eq!(bytes_of(&latin1(&bytes)), bytes);
    }
}
