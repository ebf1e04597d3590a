//! JSON as Auth0 writes it.

use serde_json::Value;

/// The object without its `null` properties: what is absent is left out of an answer.
pub(crate) fn present(mut object: Value) -> Value {
    if let Value::Object(properties) = &mut object {
        properties.retain(|_, value| !value.is_null());
    }
    object
}

/// The object with the properties of another, those that are not `null`.
pub(super) fn with(mut object: Value, more: Value) -> Value {
    if let (Value::Object(properties), Value::Object(more)) = (&mut object, present(more)) {
        properties.extend(more);
    }
    object
}
