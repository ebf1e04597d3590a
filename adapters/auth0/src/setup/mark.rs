//! How what set-up made, or took over as told, is recognized again: without the mark it is somebody else's.

use serde_json::{Map, Value};

/// The key in the metadata of applications and connections.
pub(super) const KEY: &str = "tenantry";
/// What stands behind the value of something that others had made.
const ADOPTED: &str = ":adopted";

/// Whose something is that carries the mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// Set-up made it: it is exactly as set-up says.
    Made,
    /// Others made it and set-up was told to take it over: what they added stays.
    Adopted,
}

impl Mark {
    /// The mark for `part` in the metadata, if it is there.
    pub(super) fn of(metadata: Option<&Value>, part: &str) -> Option<Self> {
        let text = metadata?.get(KEY)?.as_str()?;
        match text.strip_prefix(part)? {
            "" => Some(Self::Made),
            ADOPTED => Some(Self::Adopted),
            _ => None,
        }
    }

    /// The metadata with the mark, and with everything that others wrote there.
    pub(super) fn written(self, metadata: Option<&Value>, part: &str) -> Value {
        let suffix = if self == Self::Made { "" } else { ADOPTED };
        merged(metadata, [(KEY, format!("{part}{suffix}").into())])
    }
}

/// The object with these properties set and all others kept.
pub(super) fn merged<const N: usize>(earlier: Option<&Value>, set: [(&str, Value); N]) -> Value {
    let mut object: Map<String, Value> = earlier.and_then(Value::as_object).cloned().unwrap_or_default();
    object.extend(set.map(|(name, value)| (name.to_owned(), value)));
    object.into()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_mark_is_read_back_and_foreign_keys_stay() {
        let theirs = json!({ "team": "payments" });
        for mark in [Mark::Made, Mark::Adopted] {
            let written = mark.written(Some(&theirs), "web");
            assert_eq!(written["team"], "payments");
            assert_eq!(Mark::of(Some(&written), "web"), Some(mark));
            assert_eq!(Mark::of(Some(&written), "management"), None);
        }
        assert_eq!(Mark::of(Some(&theirs), "web"), None);
        assert_eq!(Mark::of(Some(&json!({ "tenantry": "website" })), "web"), None);
        assert_eq!(Mark::of(None, "web"), None);
    }
}
