//! The control API as an OpenAPI 3.1 description, from its table.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::operation::Operation;
use super::{BASE, operations};
use crate::schema::{integer, object, optional, required, text};

/// The whole description. `issuer` is where it is served.
pub(super) fn description(issuer: &str) -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for operation in operations() {
        let path = paths.entry(format!("{BASE}{}", operation.path)).or_insert_with(|| json!({}));
        if let Some(path) = path.as_object_mut() {
            path.insert(operation.method.as_str().to_ascii_lowercase(), described(&operation));
        }
    }
    let problem = object([
        required("title", text(1, 100)),
        required("status", integer(400, 599)),
        required("detail", text(1, 10_000)),
        optional("property", text(1, 1_000)),
    ]);
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Control API of the development identity provider",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "For those who test: reset, snapshots, faults, time, mailbox, requests. Auth0 has nothing like it.",
        },
        "servers": [{ "url": issuer.trim_end_matches('/') }],
        "components": { "schemas": { "problem": problem.openapi() } },
        "paths": paths,
    })
}

fn described(operation: &Operation) -> Value {
    let mut responses = Map::new();
    let problem =
        || json!({ "application/problem+json": { "schema": { "$ref": "#/components/schemas/problem" } } });
    for (status, why) in &operation.refusals {
        let response = json!({ "description": why, "content": problem() });
        responses.insert(status.as_str().to_owned(), response);
    }
    let of_any_call = [
        (StatusCode::BAD_REQUEST, "The query or the body has another shape"),
        (StatusCode::UNAUTHORIZED, "There is a control token, and this is not it"),
        (StatusCode::FORBIDDEN, "Another machine or another site's page asks"),
        (StatusCode::PAYLOAD_TOO_LARGE, "The body is too large"),
        (StatusCode::SERVICE_UNAVAILABLE, "The disk has failed"),
    ];
    let of_bodies = [(StatusCode::UNSUPPORTED_MEDIA_TYPE, "The body is not said to be JSON")];
    let of_bodies = of_bodies.into_iter().filter(|_| operation.body.is_some());
    for (status, why) in of_any_call.into_iter().chain(of_bodies) {
        let response = json!({ "description": why, "content": problem() });
        responses.entry(status.as_str().to_owned()).or_insert(response);
    }
    for (status, schema) in &operation.answers {
        let mut response = json!({ "description": operation.summary });
        if let (Some(schema), Some(response)) = (schema, response.as_object_mut()) {
            let content = json!({ "application/json": { "schema": schema.openapi() } });
            response.insert("content".to_owned(), content);
        }
        responses.insert(status.as_str().to_owned(), response);
    }
    let names = operation.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let of_path = names.map(
        |name| json!({ "name": name, "in": "path", "required": true, "schema": text(1, 300).openapi() }),
    );
    let of_query = operation.query.iter().map(|parameter| {
        let schema = parameter.schema.openapi();
        json!({ "name": parameter.name, "in": "query", "required": parameter.is_required, "schema": schema })
    });
    let mut described = json!({
        "summary": operation.summary,
        "parameters": of_path.chain(of_query).collect::<Vec<_>>(),
        "responses": responses,
    });
    if let (Some(body), Some(described)) = (&operation.body, described.as_object_mut()) {
        let content = json!({ "application/json": { "schema": body.openapi() } });
        described.insert("requestBody".to_owned(), json!({ "required": true, "content": content }));
    }
    described
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_says_what_it_answers() {
        for operation in operations() {
            assert!(!operation.answers.is_empty(), "{} {}", operation.method, operation.path);
        }
    }
}
