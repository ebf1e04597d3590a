//! docs/api/openapi.json is what the product serves at `/api/v1/openapi.json`. Whoever changes the API sees it in the diff
//! of that file.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "helpers of a test")]
#![allow(
    clippy::indexing_slicing,
    reason = "a JSON value that is missing is null, and fails the test that looks"
)]

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tenantry_web::{ROUTES, Who, description};

/// What `cargo xtask docs` sets, to have the file written.
const RENEW: &str = "TENANTRY_RENEW_DOCS";
const FILE: &str = "docs/api/openapi.json";

#[test]
fn the_committed_description_is_what_is_served() {
    let wanted = format!("{:#}\n", description());
    let file = root().join(FILE);
    if std::env::var_os(RENEW).is_some() {
        fs::write(&file, wanted).unwrap();
    } else {
        let committed = fs::read_to_string(&file).unwrap_or_default();
        assert!(committed == wanted, "{FILE} is out of date: `cargo xtask docs` renews it");
    }
}

#[test]
fn every_route_of_the_api_is_described_with_what_everybody_may_be_answered() {
    let description = description();
    let mut ids = HashSet::new();
    for route in ROUTES.iter().filter(|route| route.path.starts_with("/api/v1/")) {
        let Some(operation) = route.operation else {
            assert_eq!(route.who, Who::Anyone, "{} is no operation", route.path);
            continue;
        };
        assert!(ids.insert(operation.id), "two operations are called {}", operation.id);
        let method = route.method.as_http().as_str().to_lowercase();
        let described = &description["paths"][route.path][&method];
        assert_eq!(described["operationId"], operation.id);
        let answers = described["responses"].as_object().unwrap();
        let mut wanted = vec![operation.status, 401, 500, 503];
        if route.who != Who::SignedIn {
            wanted.push(403);
        }
        if route.needs_plan {
            wanted.push(402);
        }
        if route.csrf {
            wanted.extend([400, 403, 408, 413, 415, 422]);
        }
        if route.path.contains('{') {
            wanted.push(404);
        }
        for status in wanted {
            assert!(answers.contains_key(&status.to_string()), "{} does not say {status}", operation.id);
        }
    }
    assert!(ids.len() > 5, "{ids:?}");
}

#[test]
fn every_reference_of_the_description_leads_somewhere() {
    let description = description();
    let mut references = Vec::new();
    collect(&description, &mut references);
    assert!(references.len() > 20);
    for reference in references {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(description.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
}

fn collect<'a>(value: &'a Value, references: &mut Vec<&'a str>) {
    match value {
        Value::Object(fields) => {
            references.extend(fields.get("$ref").and_then(Value::as_str));
            fields.values().for_each(|value| collect(value, references));
        }
        Value::Array(items) => items.iter().for_each(|value| collect(value, references)),
        _ => {}
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}
