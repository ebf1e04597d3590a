//! Values with a `*` in them.

/// Texts with anything between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pattern {
    /// The texts around the wildcards, so one more than there are wildcards; the outer ones may be empty.
    pieces: Vec<String>,
}

/// The shortest text that may stand beside a wildcard, unless the wildcard comes last.
const SHORTEST: usize = 3;

impl Pattern {
    pub(super) fn new(pieces: Vec<String>) -> Self {
        Self { pieces }
    }

    #[cfg(test)]
    pub(super) fn pieces(&self) -> &[String] {
        &self.pieces
    }

    /// Whether it says nothing but that there is a value.
    pub(super) fn is_anything(&self) -> bool {
        self.pieces.iter().all(String::is_empty)
    }

    /// Whether it can be looked for without going through everything.
    pub(super) fn is_selective(&self) -> bool {
        let is_prefix = matches!(self.pieces.as_slice(), [start, end] if !start.is_empty() && end.is_empty());
        let mut texts = self.pieces.iter().filter(|piece| !piece.is_empty());
        is_prefix || texts.all(|piece| piece.chars().count() >= SHORTEST)
    }

    pub(super) fn matches(&self, value: &str) -> bool {
        let [first, inner @ .., last] = self.pieces.as_slice() else { return false };
        let Some(mut rest) = value.strip_prefix(first.as_str()) else { return false };
        for piece in inner {
            let Some((_, behind)) = rest.split_once(piece.as_str()) else { return false };
            rest = behind;
        }
        rest.ends_with(last.as_str())
    }

    pub(super) fn to_lowercase(&self) -> Self {
        Self::new(self.pieces.iter().map(|piece| piece.to_lowercase()).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> Pattern {
        Pattern::new(text.split('*').map(str::to_owned).collect())
    }

    #[test]
    fn a_wildcard_stands_for_any_number_of_characters() {
        for (text, value, fits) in [
            ("john*", "john", true),
            ("john*", "johnny", true),
            ("john*", "ajohn", false),
            ("*usa", "medusa", true),
            ("*usa", "usable", false),
            ("*ann*lee*", "joann b. lees", true),
            ("*ann*lee*", "lee ann", false),
            ("abc*cba", "abcba", false),
            ("abc*cba", "abccba", true),
        ] {
            assert_eq!(pattern(text).matches(value), fits, "{text} {value}");
        }
    }

    #[test]
    fn short_texts_are_searched_from_their_beginning_alone() {
        for (text, good) in
            [("j*", true), ("*usa", true), ("*sa", false), ("*sam*", true), ("*sa*", false), ("j*n", false)]
        {
            assert_eq!(pattern(text).is_selective(), good, "{text}");
        }
    }
}
