//! The rules for the bodies of operations, for seeds: they say the same in another place.

use std::sync::LazyLock;

use axum::http::Method;
use serde_json::Value;

use super::operations;
use crate::schema::{Schema, Violation};

static BODIES: LazyLock<Vec<(Method, &'static str, Schema)>> = LazyLock::new(|| {
    operations().filter_map(|operation| Some((operation.method, operation.path, operation.body?))).collect()
});

/// The first rule that `body` breaks as the body of an operation.
pub(crate) fn check(method: &Method, path: &str, body: &Value) -> Result<(), Violation> {
    let of_operation = BODIES.iter().find(|(its, at, _)| its == method && *at == path);
    of_operation.map_or(Ok(()), |(_, _, schema)| schema.check(body))
}
