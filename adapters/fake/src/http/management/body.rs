//! Reads a body property by property, with the rules and the words of Auth0's schema validation.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::error::ApiError;

/// An object of the body whose every key is known.
pub(super) struct Body<'a> {
    object: &'a Map<String, Value>,
    /// Where it stands in the body, with a dot at the end.
    prefix: String,
}

impl<'a> Body<'a> {
    /// The object, unless a key in it is none of `known`.
    pub(super) fn closed(value: &'a Value, known: &[&str]) -> Result<Self, ApiError> {
        Self::closed_at(value, None, known)
    }

    /// The object that stands at `property` of the body.
    pub(super) fn closed_at(
        value: &'a Value,
        property: Option<&str>,
        known: &[&str],
    ) -> Result<Self, ApiError> {
        let body = Self::open_at(value, property)?;
        match body.object.keys().find(|key| !known.contains(&key.as_str())) {
            Some(key) => Err(ApiError::body(&format!("Additional properties not allowed: {key}"), property)),
            None => Ok(body),
        }
    }

    /// The object, whatever else is in it.
    pub(super) fn open(value: &'a Value) -> Result<Self, ApiError> {
        Self::open_at(value, None)
    }

    fn open_at(value: &'a Value, property: Option<&str>) -> Result<Self, ApiError> {
        let object = value.as_object().ok_or_else(|| wrong_type("object", value, property))?;
        Ok(Self { object, prefix: property.map(|property| format!("{property}.")).unwrap_or_default() })
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.object.contains_key(name)
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.object.keys().map(String::as_str)
    }

    /// The value as it stands, unless it is missing.
    pub(super) fn required(&self, name: &str) -> Result<&'a Value, ApiError> {
        self.object.get(name).ok_or_else(|| {
            let at = self.prefix.strip_suffix('.');
            ApiError::body(&format!("Missing required property: {name}"), at)
        })
    }

    pub(super) fn get(&self, name: &str) -> Option<&'a Value> {
        self.object.get(name)
    }

    /// A text whose length in characters lies within the limits.
    pub(super) fn text(&self, name: &str, limits: (usize, usize)) -> Result<Option<&'a str>, ApiError> {
        let Some(value) = self.object.get(name) else { return Ok(None) };
        let property = self.property(name);
        let text = value.as_str().ok_or_else(|| wrong_type("string", value, Some(&property)))?;
        let (length, (shortest, longest)) = (text.chars().count(), limits);
        if length < shortest {
            let rule = format!("String is too short ({length} chars), minimum {shortest}");
            return Err(ApiError::body(&rule, Some(&property)));
        }
        if length > longest {
            let rule = format!("String is too long ({length} chars), maximum {longest}");
            return Err(ApiError::body(&rule, Some(&property)));
        }
        Ok(Some(text))
    }

    /// [`Self::text`], or `None` for `null` as well.
    pub(super) fn nullable_text(
        &self,
        name: &str,
        limits: (usize, usize),
    ) -> Result<Option<&'a str>, ApiError> {
        if self.object.get(name).is_some_and(Value::is_null) { Ok(None) } else { self.text(name, limits) }
    }

    pub(super) fn required_text(&self, name: &str, limits: (usize, usize)) -> Result<&'a str, ApiError> {
        self.required(name)?;
        Ok(self.text(name, limits)?.unwrap_or_default())
    }

    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>, ApiError> {
        let Some(value) = self.object.get(name) else { return Ok(None) };
        let flag = value.as_bool().ok_or_else(|| wrong_type("boolean", value, Some(&self.property(name))))?;
        Ok(Some(flag))
    }

    pub(super) fn object(&self, name: &str) -> Result<Option<&'a Map<String, Value>>, ApiError> {
        let Some(value) = self.object.get(name) else { return Ok(None) };
        let object =
            value.as_object().ok_or_else(|| wrong_type("object", value, Some(&self.property(name))))?;
        Ok(Some(object))
    }

    pub(super) fn array(
        &self,
        name: &str,
        limits: (usize, usize),
    ) -> Result<Option<&'a Vec<Value>>, ApiError> {
        let Some(value) = self.object.get(name) else { return Ok(None) };
        let property = self.property(name);
        let items = value.as_array().ok_or_else(|| wrong_type("array", value, Some(&property)))?;
        let (length, (shortest, longest)) = (items.len(), limits);
        if length < shortest {
            let rule = format!("Array is too short ({length}), minimum {shortest}");
            return Err(ApiError::body(&rule, Some(&property)));
        }
        if length > longest {
            let rule = format!("Array is too long ({length}), maximum {longest}");
            return Err(ApiError::body(&rule, Some(&property)));
        }
        Ok(Some(items))
    }

    /// Texts that differ from each other.
    pub(super) fn required_texts(
        &self,
        name: &str,
        limits: (usize, usize),
    ) -> Result<Vec<&'a str>, ApiError> {
        self.required(name)?;
        let items = self.array(name, limits)?.map(Vec::as_slice).unwrap_or_default();
        let mut texts: Vec<&str> = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            let property = self.property(&format!("{name}[{index}]"));
            let text = item.as_str().ok_or_else(|| wrong_type("string", item, Some(&property)))?;
            if let Some(twin) = texts.iter().position(|earlier| *earlier == text) {
                let rule = format!("Array items are not unique (indexes {twin} and {index})");
                return Err(ApiError::body(&rule, Some(&self.property(name))));
            }
            texts.push(text);
        }
        Ok(texts)
    }

    fn property(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }
}

/// The metadata of an organization: texts under at most 25 keys. `null` leaves the key out.
pub(super) fn organization_metadata(body: &Body<'_>) -> Result<Option<BTreeMap<String, String>>, ApiError> {
    const PAIRS: usize = 25;
    const LENGTH: usize = 255;
    let Some(object) = body.object("metadata")? else { return Ok(None) };
    if object.len() > PAIRS {
        let rule = format!("Too many properties defined ({}), maximum {PAIRS}", object.len());
        return Err(ApiError::body(&rule, Some("metadata")));
    }
    let mut metadata = BTreeMap::new();
    let values = Body { object, prefix: "metadata.".to_owned() };
    for key in object.keys() {
        if key.is_empty() || key.chars().count() > LENGTH {
            let rule = format!("Metadata keys have 1 to {LENGTH} characters");
            return Err(ApiError::body(&rule, Some("metadata")));
        }
        if let Some(text) = values.nullable_text(key, (0, LENGTH))? {
            metadata.insert(key.clone(), text.to_owned());
        }
    }
    Ok(Some(metadata))
}

fn wrong_type(expected: &str, found: &Value, property: Option<&str>) -> ApiError {
    let found = match found {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    ApiError::body(&format!("Expected type {expected} but found type {found}"), property)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn message(error: &ApiError) -> String {
        format!("{error:?}")
    }

    #[test]
    fn a_key_that_is_not_known_is_refused() {
        let body = json!({ "name": "acme", "owner": 1 });
        let error = Body::closed(&body, &["name"]).err().unwrap();
        assert!(message(&error).contains("'Additional properties not allowed: owner'."));
        assert!(Body::closed(&body, &["name", "owner"]).is_ok());
        assert!(Body::closed(&Value::Null, &[]).is_err());
    }

    #[test]
    fn limits_count_characters() {
        let body = json!({ "name": "äöü" });
        let body = Body::closed(&body, &["name"]).unwrap();
        assert_eq!(body.text("name", (3, 3)).unwrap(), Some("äöü"));
        assert!(body.text("name", (4, 9)).is_err() && body.text("name", (0, 2)).is_err());
    }

    #[test]
    fn lists_are_without_repetition() {
        let body = json!({ "roles": ["a", "b", "a"] });
        let error = Body::open(&body).unwrap().required_texts("roles", (1, 9)).err().unwrap();
        assert!(
            message(&error).contains("'Array items are not unique (indexes 0 and 2)' on property roles.")
        );
    }

    #[test]
    fn metadata_holds_25_short_texts() {
        let read = |metadata: Value| {
            let body = json!({ "metadata": metadata });
            organization_metadata(&Body::open(&body).unwrap())
        };
        let pairs = |count: usize| (0..count).map(|n| (format!("k{n}"), json!("v"))).collect::<Map<_, _>>();
        assert_eq!(read(pairs(25).into()).unwrap().unwrap().len(), 25);
        assert!(read(pairs(26).into()).is_err());
        assert!(read(json!({ "k": "v".repeat(256) })).is_err());
        assert!(read(json!({ "k": 1 })).is_err());
        assert!(read(json!({ "k": null })).unwrap().unwrap().is_empty());
    }
}
