//! Values between two others: numbers, instants, or texts in the order of their characters.

use std::cmp::Ordering;

use serde_json::Value;
use tenantry_domain::Timestamp;

/// From one value to another; `None` is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Range {
    pub(super) from: Option<Bound>,
    pub(super) to: Option<Bound>,
}

/// An end of a range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bound {
    pub(super) value: String,
    pub(super) is_inside: bool,
}

impl Range {
    pub(super) fn holds(&self, value: &Value) -> bool {
        let fits = |bound: &Option<Bound>, beyond: Ordering| match bound {
            None => true,
            Some(bound) => compare(value, &bound.value).is_some_and(|ordering| {
                ordering == beyond || (bound.is_inside && ordering == Ordering::Equal)
            }),
        };
        fits(&self.from, Ordering::Greater) && fits(&self.to, Ordering::Less)
    }
}

/// How a value stands to what a query says; `None` when they can't be compared.
pub(super) fn compare(value: &Value, text: &str) -> Option<Ordering> {
    match value {
        Value::Number(number) => number.as_f64()?.partial_cmp(&text.parse().ok()?),
        Value::Bool(flag) => Some(flag.cmp(&text.parse().ok()?)),
        Value::String(value) => Some(match (instant(value), instant(text)) {
            (Some(value), Some(bound)) => value.cmp(&bound),
            _ => value.as_str().cmp(text),
        }),
        _ => None,
    }
}

/// Reads an instant; what it leaves out is the earliest: `2018-12` is the beginning of that month.
fn instant(text: &str) -> Option<Timestamp> {
    const EARLIEST: &str = "0000-01-01T00:00:00.000Z";
    let is_shortened = matches!(text.len(), 7 | 10 | 13 | 16 | 19 | 23);
    if let Some(rest) = EARLIEST.get(text.len()..).filter(|_| is_shortened) {
        return format!("{text}{rest}").parse().ok();
    }
    // Anything shorter is a number or a name.
    (text.len() > 16).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn range(from: Option<(&str, bool)>, to: Option<(&str, bool)>) -> Range {
        let bound = |(value, is_inside): (&str, bool)| Bound { value: value.to_owned(), is_inside };
        Range { from: from.map(bound), to: to.map(bound) }
    }

    #[test]
    fn numbers_are_compared_as_numbers() {
        let hundreds = range(Some(("100", true)), Some(("200", false)));
        for (value, inside) in [(99, false), (100, true), (199, true), (200, false)] {
            assert_eq!(hundreds.holds(&json!(value)), inside, "{value}");
        }
        assert!(range(Some(("9", false)), None).holds(&json!(10)));
        assert!(!range(Some(("many", true)), None).holds(&json!(10)));
        assert!(!hundreds.holds(&json!(null)));
    }

    #[test]
    fn a_date_is_its_first_instant() {
        let value = json!("2026-03-02T10:00:00.000Z");
        assert!(range(Some(("2026-03-02", true)), None).holds(&value));
        assert!(!range(None, Some(("2026-03-02", true))).holds(&value));
        assert!(range(None, Some(("2026-03-02T10:00", true))).holds(&value));
        assert!(!range(None, Some(("2026-03-02T11:00:00+01:00", false))).holds(&value));
        assert!(range(Some(("2026-03", true)), Some(("2026-04", false))).holds(&value));
    }

    #[test]
    fn texts_are_compared_by_their_characters() {
        let names = range(Some(("b", true)), Some(("d", false)));
        for (value, inside) in [("a", false), ("b", true), ("cz", true), ("d", false)] {
            assert_eq!(names.holds(&json!(value)), inside, "{value}");
        }
    }
}
