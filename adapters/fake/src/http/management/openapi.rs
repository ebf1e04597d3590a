//! The Management API as an OpenAPI 3.1 description, from the table of operations.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::operation::{Operation, Scopes};
use super::schema::{Property, any, integer, object, optional, required, text};
use super::{BASE, operations};

/// The whole description. `issuer` is where it is served.
pub(crate) fn description(issuer: &str) -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for operation in operations() {
        let path = paths.entry(operation.path).or_insert_with(|| json!({}));
        if let Some(path) = path.as_object_mut() {
            path.insert(operation.method.as_str().to_ascii_lowercase(), described(&operation));
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Management API of the development identity provider",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "What of Auth0's Management API v2 is served, and how true it is.",
        },
        "servers": [{ "url": format!("{}{BASE}", issuer.trim_end_matches('/')) }],
        "security": [{ "bearer": [] }],
        "components": {
            "securitySchemes": { "bearer": { "type": "http", "scheme": "bearer", "bearerFormat": "JWT" } },
            "schemas": { "error": error().openapi() },
        },
        "paths": paths,
    })
}

/// Scopes that operations ask for when a call names certain things.
const FOR_SOME_CALLS: [&str; 7] = [
    "create:organization_connections",
    "read:organization_member_roles",
    "read:connections_options",
    "update:connections_options",
    "read:client_keys",
    "update:client_keys",
    "delete:refresh_tokens",
];

/// Every scope that an operation asks for.
pub(crate) fn scopes() -> BTreeSet<&'static str> {
    let of_operations = operations().flat_map(|operation| match operation.scopes {
        Scopes::Any(scopes) | Scopes::All(scopes) => scopes.iter().copied(),
    });
    of_operations.chain(FOR_SOME_CALLS).collect()
}

/// The table of operations: what is covered, and how it is known.
pub(in crate::http) fn coverage() -> Vec<Covered> {
    operations()
        .map(|operation| Covered {
            method: operation.method.to_string(),
            route: format!("{BASE}{}", operation.path),
            summary: operation.summary,
            evidence: operation.evidence.as_str(),
            note: operation.note,
        })
        .collect()
}

/// One operation that is covered.
pub(crate) struct Covered {
    pub(crate) method: String,
    pub(crate) route: String,
    pub(crate) summary: &'static str,
    pub(crate) evidence: &'static str,
    pub(crate) note: Option<&'static str>,
}

/// The statuses that any call may be answered with.
const ANY_CALL: [(StatusCode, &str); 8] = [
    (StatusCode::BAD_REQUEST, "The path, the query or the body breaks a rule"),
    (StatusCode::UNAUTHORIZED, "The access token is missing, invalid or expired"),
    (StatusCode::FORBIDDEN, "The access token lacks a scope"),
    (StatusCode::REQUEST_TIMEOUT, "The body did not come in time"),
    (StatusCode::PAYLOAD_TOO_LARGE, "The body is too large"),
    (StatusCode::UNSUPPORTED_MEDIA_TYPE, "The body is no JSON"),
    (StatusCode::TOO_MANY_REQUESTS, "A rate limit has been reached"),
    (StatusCode::NOT_IMPLEMENTED, "Auth0 has it, and this provider has not"),
];

fn described(operation: &Operation) -> Value {
    let mut responses = Map::new();
    let mut add = |status: StatusCode, description: &str, schema: Option<Value>| {
        let content = schema.map(|schema| json!({ "application/json": { "schema": schema } }));
        let mut response = json!({ "description": description });
        if let (Some(content), Some(response)) = (content, response.as_object_mut()) {
            response.insert("content".to_owned(), content);
        }
        responses.insert(status.as_str().to_owned(), response);
    };
    for (status, description) in ANY_CALL {
        add(status, description, Some(json!({ "$ref": "#/components/schemas/error" })));
    }
    let refused: BTreeSet<StatusCode> = operation.refusals.iter().map(super::ApiError::status).collect();
    for status in refused.into_iter().filter(|status| *status != StatusCode::BAD_REQUEST) {
        let of_status = operation.refusals.iter().filter(|error| error.status() == status);
        let messages: Vec<&str> = of_status.map(super::ApiError::message).collect();
        add(status, &messages.join("; "), Some(json!({ "$ref": "#/components/schemas/error" })));
    }
    for (status, schema) in &operation.answers {
        add(*status, operation.summary, schema.as_ref().map(super::schema::Schema::openapi));
    }
    let mut description = json!({
        "summary": operation.summary,
        "operationId": operation_id(operation),
        "tags": [operation.path.split('/').nth(1)],
        "parameters": parameters(operation),
        "responses": responses,
        "x-scopes": match operation.scopes {
            Scopes::Any(any) => json!({ "any": any }),
            Scopes::All(all) => json!({ "all": all }),
        },
        "x-evidence": operation.evidence.as_str(),
    });
    if let Some(described) = description.as_object_mut() {
        if let Some(note) = operation.note {
            described.insert("description".to_owned(), note.into());
        }
        if let Some(body) = &operation.body {
            let content = json!({ "application/json": { "schema": body.openapi() } });
            let body = json!({ "required": !operation.body_is_optional, "content": content });
            described.insert("requestBody".to_owned(), body);
        }
    }
    description
}

fn parameters(operation: &Operation) -> Vec<Value> {
    let names = operation.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let of_path = names.map(
        |name| json!({ "name": name, "in": "path", "required": true, "schema": text(1, 300).openapi() }),
    );
    let of_query = operation.query.iter().map(|Property { name, schema, is_required }| {
        json!({ "name": name, "in": "query", "required": is_required, "schema": schema.openapi() })
    });
    of_path.chain(of_query).collect()
}

/// `get_organizations_id_members` for `GET /organizations/{id}/members`.
fn operation_id(operation: &Operation) -> String {
    let words = operation.path.split(['/', '-', '{', '}']).filter(|word| !word.is_empty());
    let method = operation.method.as_str().to_ascii_lowercase();
    std::iter::once(method.as_str()).chain(words).collect::<Vec<_>>().join("_")
}

fn error() -> super::schema::Schema {
    object([
        required("statusCode", integer(400, 599)),
        required("error", text(1, 100)),
        required("message", text(1, 10_000)),
        optional("errorCode", text(1, 100)),
        optional("attributes", any()),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_says_what_it_answers() {
        let mut ids = BTreeSet::new();
        for operation in operations() {
            let what = format!("{} {}", operation.method, operation.path);
            assert!(!operation.answers.is_empty(), "{what}");
            assert!(operation.answers.iter().all(|(status, _)| status.is_success()), "{what}");
            assert!(ids.insert(operation_id(&operation)), "{what} has the id of another");
        }
    }
}
