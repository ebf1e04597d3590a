//! JSON as Auth0 writes it.

use serde_json::Value;

/// The object without its `null` properties: what is absent is left out of an answer.
pub(super) fn present(mut object: Value) -> Value {
    if let Value::Object(properties) = &mut object {
        properties.retain(|_, value| !value.is_null());
    }
    object
}
