//! The OpenAPI 3.1 description, made of the table of routes.

use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::operation::{Body, Operation};
use crate::RouteSpec;
use crate::route::{RouteMethod, Who};
use crate::routes::ROUTES;

/// What went wrong (RFC 9457).
#[derive(ToSchema)]
#[allow(dead_code, reason = "it is only described")]
struct Problem {
    /// Always `about:blank`: `code` says what it is.
    r#type: String,
    /// The status of the answer.
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// What happened, in a few words.
    title: String,
    /// What happened, and what to do next.
    detail: String,
    /// A word for programs, which stays the same.
    code: String,
    /// The field of the request that is wrong, when it is one.
    #[schema(required = false, nullable = false)]
    field: Option<String>,
    /// The id of the request, as the log has it.
    request_id: String,
}

/// The whole description.
pub fn description() -> Value {
    let (mut paths, mut schemas) = (Map::new(), Map::new());
    collect(Body::of::<Problem>(), &mut schemas);
    for (route, operation) in operations() {
        for body in [operation.body, operation.answer].into_iter().flatten() {
            collect(body, &mut schemas);
        }
        let path = paths.entry(route.path).or_insert_with(|| json!({}));
        if let Some(path) = path.as_object_mut() {
            path.insert(route.method.as_http().as_str().to_lowercase(), described(route, operation));
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Tenantry",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "What people do on the pages, for programs. A request comes with the cookie of a session; \
                            one that changes something brings JSON (a logo: the \
                            picture itself), and the session's token. `GET /api/v1` explains it.",
        },
        "servers": [{ "url": "/" }],
        "security": [{ "session": [] }],
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "session": {
                    "type": "apiKey", "in": "cookie", "name": "__Host-sid",
                    "description": "The cookie of a login; `sid` where the product is served over plain http.",
                },
            },
        },
        "paths": paths,
    })
}

/// Every route that is an operation.
pub(super) fn operations() -> impl Iterator<Item = (&'static RouteSpec, &'static Operation)> {
    ROUTES.iter().filter_map(|route| route.operation.map(|operation| (route, operation)))
}

fn collect(body: Body, schemas: &mut Map<String, Value>) {
    let mut parts = vec![((body.name)().into_owned(), (body.schema)())];
    (body.parts)(&mut parts);
    for (name, schema) in parts {
        schemas.insert(name, serde_json::to_value(schema).unwrap_or_default());
    }
}

fn described(route: &RouteSpec, operation: &Operation) -> Value {
    let mut described = json!({
        "operationId": operation.id,
        "summary": operation.summary,
        "parameters": parameters(route, operation),
        "responses": responses(route, operation),
    });
    if let Some(said) = described.as_object_mut() {
        if !operation.details.is_empty() {
            said.insert("description".to_owned(), operation.details.into());
        }
        if let Some(body) = operation.body {
            said.insert(
                "requestBody".to_owned(),
                json!({ "required": true, "content": content(body, "application/json") }),
            );
        }
        if operation.takes_picture {
            let picture = json!({ "schema": { "type": "string", "format": "binary" } });
            let content = json!({ "application/octet-stream": picture });
            said.insert("requestBody".to_owned(), json!({ "required": true, "content": content }));
        }
    }
    described
}

fn content(body: Body, media_type: &str) -> Value {
    let schema = json!({ "$ref": format!("#/components/schemas/{}", (body.name)()) });
    json!({ media_type: { "schema": schema } })
}

fn parameters(route: &RouteSpec, operation: &Operation) -> Vec<Value> {
    let text = json!({ "type": "string" });
    let mut all = Vec::new();
    for name in path_ids(route) {
        let schema = json!({ "type": "string", "minLength": 1, "maxLength": 255 });
        all.push(json!({ "name": name, "in": "path", "required": true, "schema": schema }));
    }
    if operation.is_list {
        let schema = json!({ "type": "integer", "minimum": 1, "maximum": 100, "default": 50 });
        let what = "How many items the page has at most.";
        all.push(json!({ "name": "limit", "in": "query", "description": what, "schema": schema }));
        let what = "Where the page starts: the `next` of the one before.";
        all.push(json!({ "name": "cursor", "in": "query", "description": what, "schema": text }));
    }
    for parameter in operation.query {
        all.push(json!({
            "name": parameter.name, "in": "query", "description": parameter.what, "schema": text,
        }));
    }
    if route.csrf {
        let what = "The `csrf_token` of `GET /api/v1/session`.";
        let name = "X-CSRF-Token";
        all.push(
            json!({ "name": name, "in": "header", "required": true, "description": what, "schema": text }),
        );
    }
    if route.method == RouteMethod::Post {
        let what = "Made up by whoever sends it, for each thing to be done once: the same request with the same key is \
                    answered the same for 24 hours, and done once.";
        let schema = json!({ "type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$" });
        all.push(json!({ "name": "Idempotency-Key", "in": "header", "description": what, "schema": schema }));
    }
    all
}

pub(super) fn path_ids(route: &RouteSpec) -> impl Iterator<Item = &'static str> {
    route.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}

/// Every status that the operation can answer, with what it means.
pub(super) fn statuses(route: &RouteSpec, operation: &Operation) -> Vec<(u16, String)> {
    let mut all: Vec<(u16, &str)> = vec![(operation.status, operation.summary)];
    all.push((401, "Nobody is signed in."));
    if path_ids(route).next().is_some() {
        all.push((404, "There is no such thing, or it is another organization's."));
    }
    if operation.is_list {
        all.push((422, "`limit` or `cursor` is wrong."));
    }
    match route.who {
        Who::Member => all.push((403, "You are not signed in under an organization.")),
        Who::Administrator => all.push((403, "Your roles do not permit it.")),
        Who::Anyone | Who::SignedIn | Who::IdentityProvider => {}
    }
    if route.needs_plan {
        all.push((402, "The organization's plan has ended."));
    }
    if route.csrf {
        let (broken, kind, wrong) = if operation.takes_picture {
            (
                "What was sent broke off.",
                "What was sent is not said to be a picture.",
                "It is no picture that can be a logo.",
            )
        } else {
            (
                "What was sent is not JSON, or broke off.",
                "What was sent is not said to be JSON.",
                "A field is wrong: `field` names it.",
            )
        };
        all.push((400, broken));
        all.push((403, "The token is missing or stale, or another site's page asks."));
        all.push((408, "It took too long until everything was sent."));
        all.push((413, "What was sent is larger than 64 KiB."));
        all.push((415, kind));
        all.push((422, wrong));
    }
    if route.method == RouteMethod::Post {
        all.push((
            409,
            "The same request with the same key is being answered: `Retry-After` says when to ask again.",
        ));
        all.push((422, "The key came with another request before."));
    }
    all.extend(operation.refusals);
    all.push((500, "Our fault; it has been noted."));
    all.push((
        503,
        "Something that it needs does not answer, or asks us to wait: try again, after `Retry-After`.",
    ));
    merged(all)
}

/// One entry for each status, in their order, the first one's words first.
fn merged(mut all: Vec<(u16, &str)>) -> Vec<(u16, String)> {
    all.sort_by_key(|(status, _)| *status);
    let mut merged: Vec<(u16, String)> = Vec::new();
    for (status, why) in all {
        match merged.last_mut() {
            Some((last, words)) if *last == status => {
                words.push(' ');
                words.push_str(why);
            }
            _ => merged.push((status, why.to_owned())),
        }
    }
    merged
}

fn responses(route: &RouteSpec, operation: &Operation) -> Value {
    let problem = json!({
        "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } },
    });
    let mut responses = Map::new();
    for (status, why) in statuses(route, operation) {
        let mut response = json!({ "description": why });
        let content = if status >= 400 {
            Some(problem.clone())
        } else {
            operation.answer.map(|body| content(body, operation.media_type))
        };
        if let (Some(content), Some(response)) = (content, response.as_object_mut()) {
            response.insert("content".to_owned(), content);
        }
        responses.insert(status.to_string(), response);
    }
    responses.into()
}
