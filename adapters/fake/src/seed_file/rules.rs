//! Holds what a seed says against the rules of the Management API: it takes what that takes.

use axum::http::Method;
use serde_json::{Map, Value};

use super::place::{Place, SeedError};
use crate::document::{self, Document};
use crate::http::{check_body, present};
use crate::schema::Violation;

/// `own` must be what the operation that makes one at `path` takes, together with the settings that the file has apart.
pub(super) fn check(
    path: &str,
    own: Value,
    settings: &Map<String, Value>,
    place: &Place,
) -> Result<(), SeedError> {
    let own = present(own);
    let mut body = own.as_object().cloned().unwrap_or_default();
    document::replace(&mut body, Document::new(settings));
    check_body(&Method::POST, path, &body.into()).map_err(|broken| {
        let first = broken.property.as_deref().and_then(|property| property.split(['.', '[']).next());
        let is_apart = first.is_some_and(|first| settings.contains_key(first));
        told(broken, &if is_apart { place.at("settings") } else { place.clone() })
    })
}

/// Says where in the file a rule is broken.
pub(super) fn told(broken: Violation, place: &Place) -> SeedError {
    broken.property.map_or_else(|| place.clone(), |property| place.at(&property)).error(broken.rule)
}
