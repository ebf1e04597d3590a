//! `fields` and `include_fields`: which properties a caller wants to see.

use serde_json::{Map, Value};

use super::call::Call;
use super::error::ApiError;

/// The parameters that [`Fields::of`] reads.
pub(super) const FIELDS: [&str; 2] = ["fields", "include_fields"];

/// A choice of properties.
pub(super) struct Fields {
    names: Vec<String>,
    include: bool,
}

impl Fields {
    pub(super) fn of(call: &Call<'_>) -> Result<Self, ApiError> {
        let names = call.query.get("fields").unwrap_or_default().split(',').map(str::trim);
        Ok(Self {
            names: names.filter(|name| !name.is_empty()).map(str::to_owned).collect(),
            include: flag(call, "include_fields")?.unwrap_or(true),
        })
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

/// A parameter that is `true` or `false`.
pub(super) fn flag(call: &Call<'_>, name: &str) -> Result<Option<bool>, ApiError> {
    match call.query.get(name) {
        None => Ok(None),
        Some("true") => Ok(Some(true)),
        Some("false") => Ok(Some(false)),
        Some(_) => Err(ApiError::query("Expected type boolean but found type string", Some(name))),
    }
}
