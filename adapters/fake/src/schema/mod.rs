//! What a body, a query or an answer may look like: checked with the rules and the words of Auth0's schema validation,
//! and published as OpenAPI.

pub(crate) mod format;

use serde_json::{Map, Value, json};

use format::Format;

/// The shape of a JSON value.
#[derive(Clone, Debug)]
pub(crate) struct Schema {
    kind: Kind,
    nullable: bool,
}

#[derive(Clone, Debug)]
enum Kind {
    Any,
    Flag,
    Integer { least: i64, most: i64 },
    Number,
    Text { least: usize, most: usize, format: Option<Format> },
    OneOf(&'static [&'static str]),
    List { items: Box<Schema>, least: usize, most: usize },
    Object { properties: Vec<Property>, is_open: bool },
    Map { values: Box<Schema>, most: usize, key: usize },
    Shapes(Vec<Schema>),
}

/// A property of an object, or a parameter of a query.
#[derive(Clone, Debug)]
pub(crate) struct Property {
    pub(crate) name: &'static str,
    pub(crate) schema: Schema,
    pub(crate) is_required: bool,
}

/// A rule that a value breaks, and where: `None` for the value as a whole.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Violation {
    pub(crate) rule: String,
    pub(crate) property: Option<String>,
}

pub(crate) fn required(name: &'static str, schema: Schema) -> Property {
    Property { name, schema, is_required: true }
}

pub(crate) fn optional(name: &'static str, schema: Schema) -> Property {
    Property { name, schema, is_required: false }
}

/// Whatever is JSON.
pub(crate) fn any() -> Schema {
    Schema::new(Kind::Any)
}

pub(crate) fn flag() -> Schema {
    Schema::new(Kind::Flag)
}

pub(crate) fn integer(least: i64, most: i64) -> Schema {
    Schema::new(Kind::Integer { least, most })
}

pub(crate) fn number() -> Schema {
    Schema::new(Kind::Number)
}

/// A text of so many characters.
pub(crate) fn text(least: usize, most: usize) -> Schema {
    Schema::new(Kind::Text { least, most, format: None })
}

pub(crate) fn one_of(values: &'static [&'static str]) -> Schema {
    Schema::new(Kind::OneOf(values))
}

/// So many items; texts among them differ from each other.
pub(crate) fn list(items: Schema, least: usize, most: usize) -> Schema {
    Schema::new(Kind::List { items: Box::new(items), least, most })
}

/// An object without other properties than these.
pub(crate) fn object(properties: impl IntoIterator<Item = Property>) -> Schema {
    Schema::new(Kind::Object { properties: properties.into_iter().collect(), is_open: false })
}

/// An object that may have other properties as well.
pub(crate) fn open_object(properties: impl IntoIterator<Item = Property>) -> Schema {
    Schema::new(Kind::Object { properties: properties.into_iter().collect(), is_open: true })
}

/// At most so many properties with names of one's own, of 1 to `key` characters.
pub(crate) fn map(values: Schema, most: usize, key: usize) -> Schema {
    Schema::new(Kind::Map { values: Box::new(values), most, key })
}

/// Any of these shapes; a value that has none of them is told what the last one wants.
pub(crate) fn one_of_shapes(shapes: impl IntoIterator<Item = Schema>) -> Schema {
    Schema::new(Kind::Shapes(shapes.into_iter().collect()))
}

/// No limit that anybody reaches within one request.
pub(crate) const UNLIMITED: usize = 1_000_000;

impl Schema {
    fn new(kind: Kind) -> Self {
        Self { kind, nullable: false }
    }

    /// `null` as well.
    pub(crate) fn or_null(self) -> Self {
        Self { nullable: true, ..self }
    }

    /// A text of this form.
    pub(crate) fn of_format(self, wanted: Format) -> Self {
        match self.kind {
            Kind::Text { least, most, .. } => {
                Self { kind: Kind::Text { least, most, format: Some(wanted) }, ..self }
            }
            _ => self,
        }
    }

    /// The same object with more properties.
    pub(crate) fn with(self, more: impl IntoIterator<Item = Property>) -> Self {
        match self.kind {
            Kind::Object { mut properties, is_open } => {
                properties.extend(more);
                Self { kind: Kind::Object { properties, is_open }, ..self }
            }
            _ => self,
        }
    }

    /// The first rule that `value` breaks.
    pub(crate) fn check(&self, value: &Value) -> Result<(), Violation> {
        self.check_at(value, "")
    }

    /// [`Self::check`] for a parameter, which is a text whatever it means.
    pub(crate) fn check_parameter(&self, name: &str, text: &str) -> Result<(), Violation> {
        let value = match self.kind {
            Kind::Flag => text.parse().map(Value::Bool).ok(),
            Kind::Integer { .. } => text.parse::<i64>().map(Value::from).ok(),
            Kind::Number => text.parse::<f64>().map(Value::from).ok(),
            _ => None,
        };
        self.check_at(&value.unwrap_or_else(|| text.into()), name)
    }

    fn check_at(&self, value: &Value, place: &str) -> Result<(), Violation> {
        let broken =
            |rule: String| Err(Violation { rule, property: (!place.is_empty()).then(|| place.to_owned()) });
        let wrong_type =
            |expected: &str| broken(format!("Expected type {expected} but found type {}", type_of(value)));
        if value.is_null() && self.nullable {
            return Ok(());
        }
        match &self.kind {
            Kind::Any => Ok(()),
            Kind::Flag if value.is_boolean() => Ok(()),
            Kind::Flag => wrong_type("boolean"),
            Kind::Number if value.is_number() => Ok(()),
            Kind::Number => wrong_type("number"),
            Kind::Integer { least, most } => match value.as_i64() {
                None => wrong_type("integer"),
                Some(number) if number < *least => {
                    broken(format!("Value {number} is less than minimum {least}"))
                }
                Some(number) if number > *most => {
                    broken(format!("Value {number} is greater than maximum {most}"))
                }
                Some(_) => Ok(()),
            },
            Kind::OneOf(values) => match value.as_str() {
                None => wrong_type("string"),
                Some(text) if values.contains(&text) => Ok(()),
                Some(text) => broken(format!("No enum match for: {text}")),
            },
            Kind::Text { least, most, format } => {
                let Some(text) = value.as_str() else { return wrong_type("string") };
                match text.chars().count() {
                    length if length < *least => {
                        broken(format!("String is too short ({length} chars), minimum {least}"))
                    }
                    length if length > *most => {
                        broken(format!("String is too long ({length} chars), maximum {most}"))
                    }
                    _ => format.map_or(Ok(()), |format| format.check(text)).or_else(broken),
                }
            }
            Kind::List { items, least, most } => {
                let Some(list) = value.as_array() else { return wrong_type("array") };
                let length = list.len();
                if length < *least {
                    return broken(format!("Array is too short ({length}), minimum {least}"));
                }
                if length > *most {
                    return broken(format!("Array is too long ({length}), maximum {most}"));
                }
                if let Some((first, second)) = twins(list) {
                    return broken(format!("Array items are not unique (indexes {first} and {second})"));
                }
                let mut each = list.iter().enumerate();
                each.try_for_each(|(index, item)| items.check_at(item, &format!("{place}[{index}]")))
            }
            Kind::Object { properties, is_open } => {
                let Some(object) = value.as_object() else { return wrong_type("object") };
                check_object(object, properties, *is_open, place)
            }
            Kind::Shapes(shapes) => {
                let mut checked = shapes.iter().map(|shape| shape.check_at(value, place));
                let first = checked.next().unwrap_or(Ok(()));
                checked.fold(first, |earlier, next| if earlier.is_ok() { earlier } else { next })
            }
            Kind::Map { values, most, key } => {
                let Some(object) = value.as_object() else { return wrong_type("object") };
                if object.len() > *most {
                    let count = object.len();
                    return broken(format!("Too many properties defined ({count}), maximum {most}"));
                }
                if object.keys().any(|name| !(1..=*key).contains(&name.chars().count())) {
                    return broken(format!("Property names have 1 to {key} characters"));
                }
                object.iter().try_for_each(|(name, value)| values.check_at(value, &inside(place, name)))
            }
        }
    }

    /// The schema as OpenAPI 3.1 writes it (JSON Schema 2020-12).
    pub(crate) fn openapi(&self) -> Value {
        let mut schema = match &self.kind {
            Kind::Any => json!({}),
            Kind::Flag => json!({ "type": "boolean" }),
            Kind::Number => json!({ "type": "number" }),
            Kind::Integer { least, most } => json!({ "type": "integer", "minimum": least, "maximum": most }),
            Kind::OneOf(values) => json!({ "type": "string", "enum": values }),
            Kind::Text { least, most, format } => {
                let mut schema = json!({ "type": "string", "minLength": least, "maxLength": most });
                if let (Some(format), Some(schema)) = (format, schema.as_object_mut()) {
                    schema.extend(format.openapi());
                }
                schema
            }
            Kind::List { items, least, most } => {
                json!({ "type": "array", "items": items.openapi(), "minItems": least, "maxItems": most })
            }
            Kind::Object { properties, is_open } => {
                let required: Vec<&str> =
                    properties.iter().filter(|each| each.is_required).map(|each| each.name).collect();
                let properties: Map<String, Value> =
                    properties.iter().map(|each| (each.name.to_owned(), each.schema.openapi())).collect();
                json!({
                    "type": "object",
                    "properties": properties,
                    "required": required,
                    "additionalProperties": is_open,
                })
            }
            Kind::Shapes(shapes) => {
                json!({ "anyOf": shapes.iter().map(Schema::openapi).collect::<Vec<_>>() })
            }
            Kind::Map { values, most, key } => json!({
                "type": "object",
                "additionalProperties": values.openapi(),
                "maxProperties": most,
                "propertyNames": { "minLength": 1, "maxLength": key },
            }),
        };
        if self.nullable && !matches!(self.kind, Kind::Any) {
            schema = json!({ "anyOf": [schema, { "type": "null" }] });
        }
        schema
    }
}

fn check_object(
    object: &Map<String, Value>,
    properties: &[Property],
    is_open: bool,
    place: &str,
) -> Result<(), Violation> {
    let broken =
        |rule: String| Err(Violation { rule, property: (!place.is_empty()).then(|| place.to_owned()) });
    let unknown = object.keys().find(|name| !properties.iter().any(|known| known.name == *name));
    if let Some(name) = unknown.filter(|_| !is_open) {
        return broken(format!("Additional properties not allowed: {name}"));
    }
    for property in properties {
        match object.get(property.name) {
            Some(value) => property.schema.check_at(value, &inside(place, property.name))?,
            None if property.is_required => {
                return broken(format!("Missing required property: {}", property.name));
            }
            None => {}
        }
    }
    Ok(())
}

fn inside(place: &str, name: &str) -> String {
    if place.is_empty() { name.to_owned() } else { format!("{place}.{name}") }
}

/// The first text that stands in the list twice.
fn twins(list: &[Value]) -> Option<(usize, usize)> {
    list.iter().enumerate().find_map(|(second, item)| {
        let text = item.as_str()?;
        let first = list.iter().take(second).position(|earlier| earlier.as_str() == Some(text))?;
        Some((first, second))
    })
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(schema: &Schema, value: &Value) -> (String, String) {
        let violation = schema.check(value).unwrap_err();
        (violation.rule, violation.property.unwrap_or_default())
    }

    #[test]
    fn an_object_is_closed_unless_it_says_otherwise() {
        let schema = object([required("name", text(1, 3)), optional("on", flag())]);
        assert_eq!(schema.check(&json!({ "name": "äöü", "on": true })), Ok(()));
        let error = broken(&schema, &json!({ "name": "a", "owner": 1 }));
        assert_eq!(error, ("Additional properties not allowed: owner".to_owned(), String::new()));
        assert_eq!(broken(&schema, &json!({})).0, "Missing required property: name");
        let error = broken(&schema, &json!({ "name": "äöüß" }));
        assert_eq!(error, ("String is too long (4 chars), maximum 3".to_owned(), "name".to_owned()));
        assert_eq!(broken(&schema, &json!({ "name": 1 })).0, "Expected type string but found type number");
        assert_eq!(broken(&schema, &json!([])).0, "Expected type object but found type array");
        let open = open_object([required("name", text(1, 3))]);
        assert_eq!(open.check(&json!({ "name": "a", "owner": 1 })), Ok(()));
    }

    #[test]
    fn a_rule_inside_names_its_place() {
        let schema = object([optional("list", list(object([required("id", text(2, 9))]), 1, 2))]);
        let error = broken(&schema, &json!({ "list": [{ "id": "ab" }, { "id": "a" }] }));
        assert_eq!(error, ("String is too short (1 chars), minimum 2".to_owned(), "list[1].id".to_owned()));
        assert_eq!(broken(&schema, &json!({ "list": [] })).0, "Array is too short (0), minimum 1");
    }

    #[test]
    fn lists_are_without_repetition() {
        let schema = object([required("roles", list(text(1, 9), 1, 9))]);
        let error = broken(&schema, &json!({ "roles": ["a", "b", "a"] }));
        assert_eq!(error, ("Array items are not unique (indexes 0 and 2)".to_owned(), "roles".to_owned()));
    }

    #[test]
    fn a_map_has_few_and_short_names() {
        let schema = map(text(0, 2).or_null(), 2, 3);
        assert_eq!(schema.check(&json!({ "a": "b", "c": null })), Ok(()));
        assert_eq!(
            broken(&schema, &json!({ "a": "", "b": "", "c": "" })).0,
            "Too many properties defined (3), maximum 2"
        );
        assert_eq!(broken(&schema, &json!({ "a": "long" })).1, "a");
        assert!(schema.check(&json!({ "name": "" })).is_err() && schema.check(&json!({ "": "" })).is_err());
    }

    #[test]
    fn a_parameter_is_read_as_what_it_means() {
        assert_eq!(integer(1, 100).check_parameter("take", "5"), Ok(()));
        let broken = integer(1, 100).check_parameter("take", "0").unwrap_err();
        assert_eq!(broken.rule, "Value 0 is less than minimum 1");
        assert!(integer(1, 100).check_parameter("take", "x").unwrap_err().rule.ends_with("type string"));
        assert!(flag().check_parameter("include_totals", "yes").is_err());
        assert_eq!(text(0, 9).check_parameter("name", "12"), Ok(()));
    }
}
