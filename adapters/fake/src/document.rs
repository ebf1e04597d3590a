//! JSON objects whose shape has been checked, read property by property.

use serde_json::{Map, Value};

/// An object. What is absent, or of another type than asked for, reads as absent.
#[derive(Clone, Copy, Default)]
pub(crate) struct Document<'a>(Option<&'a Map<String, Value>>);

impl<'a> Document<'a> {
    pub(crate) fn new(object: &'a Map<String, Value>) -> Self {
        Self(Some(object))
    }

    /// The object that `value` is; an empty one for anything else.
    pub(crate) fn of(value: &'a Value) -> Self {
        Self(value.as_object())
    }

    pub(crate) fn get(self, name: &str) -> Option<&'a Value> {
        self.0?.get(name)
    }

    /// Whether the property stands there, be it `null`.
    pub(crate) fn has(self, name: &str) -> bool {
        self.get(name).is_some()
    }

    pub(crate) fn is_empty(self) -> bool {
        self.0.is_none_or(Map::is_empty)
    }

    pub(crate) fn entries(self) -> impl Iterator<Item = (&'a str, &'a Value)> + use<'a> {
        self.0.into_iter().flatten().map(|(name, value)| (name.as_str(), value))
    }

    pub(crate) fn text(self, name: &str) -> Option<&'a str> {
        self.get(name)?.as_str()
    }

    pub(crate) fn flag(self, name: &str) -> Option<bool> {
        self.get(name)?.as_bool()
    }

    pub(crate) fn integer(self, name: &str) -> Option<i64> {
        self.get(name)?.as_i64()
    }

    /// The object under this name; an empty one when there is none.
    pub(crate) fn document(self, name: &str) -> Document<'a> {
        Document(self.get(name).and_then(Value::as_object))
    }

    pub(crate) fn object(self, name: &str) -> Option<&'a Map<String, Value>> {
        self.get(name)?.as_object()
    }

    pub(crate) fn list(self, name: &str) -> &'a [Value] {
        self.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
    }

    /// The texts of the list under this name.
    pub(crate) fn texts(self, name: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        self.list(name).iter().filter_map(Value::as_str)
    }
}

/// Takes over the properties of `changes` as a whole; `null` removes one.
pub(crate) fn replace(object: &mut Map<String, Value>, changes: Document<'_>) {
    for (name, value) in changes.entries() {
        if value.is_null() {
            object.remove(name);
        } else {
            object.insert(name.to_owned(), value.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_has_another_type_reads_as_absent() {
        let value = json!({ "name": "acme", "count": 3, "list": ["a", 1, "b"], "inner": { "on": true }, "none": null });
        let document = Document::of(&value);
        assert_eq!((document.text("name"), document.integer("count")), (Some("acme"), Some(3)));
        assert_eq!((document.text("count"), document.flag("name")), (None, None));
        assert_eq!(document.texts("list").collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(document.document("inner").flag("on"), Some(true));
        assert!(document.document("name").is_empty() && document.has("none") && !document.has("other"));
    }

    #[test]
    fn null_removes_a_property() {
        let mut object = json!({ "a": 1, "b": { "c": 2 } }).as_object().unwrap().clone();
        replace(&mut object, Document::of(&json!({ "a": null, "b": { "d": 3 }, "e": null })));
        assert_eq!(Value::from(object), json!({ "b": { "d": 3 } }));
    }
}
