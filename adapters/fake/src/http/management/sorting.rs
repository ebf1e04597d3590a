//! `sort=field:1` and `sort=field:-1`: the order of a list.

use std::cmp::Ordering;

use serde_json::Value;

use super::call::Call;
use super::error::ApiError;

/// A field, and whether the greatest comes first.
pub(super) struct Sorting<'a> {
    field: &'a str,
    is_descending: bool,
}

impl<'a> Sorting<'a> {
    /// What the call asks for; lists can't be ordered by the fields that are excluded.
    pub(super) fn of(call: &'a Call<'_>, excluded: &[&str]) -> Result<Option<Self>, ApiError> {
        let Some(text) = call.query.get("sort") else { return Ok(None) };
        let rule = || ApiError::query("String does not match pattern ^[^:]+:(1|-1)$", Some("sort"));
        let (field, direction) = text.rsplit_once(':').ok_or_else(rule)?;
        let root = field.split('.').next().unwrap_or_default();
        if field.is_empty() || excluded.contains(&root) {
            return Err(rule());
        }
        match direction {
            "1" => Ok(Some(Self { field, is_descending: false })),
            "-1" => Ok(Some(Self { field, is_descending: true })),
            _ => Err(rule()),
        }
    }

    /// By which field.
    pub(super) fn field(&self) -> &str {
        self.field
    }

    /// Orders the rows by what their view has under the field; those without it come last, and those that are alike stay
    /// as they are.
    pub(super) fn sort<T>(&self, rows: &mut [T], view: impl Fn(&T) -> Value) {
        rows.sort_by_cached_key(|row| {
            let value = view(row).get(self.field).cloned().unwrap_or_default();
            Place { value, is_descending: self.is_descending }
        });
    }
}

/// Where a row stands.
struct Place {
    value: Value,
    is_descending: bool,
}

impl Ord for Place {
    fn cmp(&self, other: &Self) -> Ordering {
        let ordering = match (&self.value, &other.value) {
            (Value::Null, Value::Null) => return Ordering::Equal,
            (Value::Null, _) => return Ordering::Greater,
            (_, Value::Null) => return Ordering::Less,
            (Value::Number(one), Value::Number(two)) => {
                one.as_f64().partial_cmp(&two.as_f64()).unwrap_or(Ordering::Equal)
            }
            (Value::String(one), Value::String(two)) => one.to_lowercase().cmp(&two.to_lowercase()),
            (Value::Bool(one), Value::Bool(two)) => one.cmp(two),
            _ => Ordering::Equal,
        };
        if self.is_descending { ordering.reverse() } else { ordering }
    }
}

impl PartialOrd for Place {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Place {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Place {}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_has_no_value_comes_last_either_way() {
        let mut rows = vec![json!({ "n": 2 }), json!({}), json!({ "n": 10 }), json!({ "n": 1 })];
        Sorting { field: "n", is_descending: false }.sort(&mut rows, Value::clone);
        assert_eq!(rows, [json!({ "n": 1 }), json!({ "n": 2 }), json!({ "n": 10 }), json!({})]);
        Sorting { field: "n", is_descending: true }.sort(&mut rows, Value::clone);
        assert_eq!(rows, [json!({ "n": 10 }), json!({ "n": 2 }), json!({ "n": 1 }), json!({})]);
    }
}
