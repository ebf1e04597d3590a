//! `fields` and `include_fields`: which properties a caller wants to see.

use serde_json::{Map, Value};

use super::call::Call;
use super::schema::{Property, flag, optional, text};

/// The parameters that [`Fields::of`] reads.
pub(super) fn by_fields() -> Vec<Property> {
    vec![optional("fields", text(0, 1000)), optional("include_fields", flag())]
}

/// A choice of properties.
pub(super) struct Fields {
    names: Vec<String>,
    include: bool,
}

impl Fields {
    pub(super) fn of(call: &Call<'_>) -> Self {
        let names = call.query.get("fields").unwrap_or_default().split(',').map(str::trim);
        Self {
            names: names.filter(|name| !name.is_empty()).map(str::to_owned).collect(),
            include: call.query_flag("include_fields").unwrap_or(true),
        }
    }

    /// Whether the property was asked for by its name.
    pub(super) fn name(&self, property: &str) -> bool {
        self.include && self.names.iter().any(|name| name == property)
    }

    pub(super) fn apply(&self, view: Value) -> Value {
        match view {
            Value::Object(object) if !self.names.is_empty() => {
                let kept = object.into_iter().filter(|(key, _)| self.names.contains(key) == self.include);
                kept.collect::<Map<_, _>>().into()
            }
            other => other,
        }
    }
}
