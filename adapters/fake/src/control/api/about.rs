//! What the provider says about itself: descriptions of its two APIs, and how true it is to Auth0.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::description;
use super::operation::{Answer, Call, Operation, Reply};
use crate::fake::Core;
use crate::http;
use crate::schema::{UNLIMITED, integer, list, object, one_of, open_object, optional, required, text};

pub(super) fn operations() -> Vec<Operation> {
    let covered = object([
        required("method", text(1, 10)),
        required("route", text(1, 500)),
        required("summary", text(1, 500)),
        required("evidence", one_of(&["recorded", "documented", "assumed"])),
        optional("note", text(1, 5_000)),
        required("requests", integer(0, i64::MAX)),
    ]);
    vec![
        Operation::now(Method::GET, "", "Describe the control API in OpenAPI", control)
            .answers(StatusCode::OK, open_object([])),
        Operation::now(Method::GET, "/openapi", "Describe the Management API in OpenAPI", management)
            .answers(StatusCode::OK, open_object([])),
        Operation::now(
            Method::GET,
            "/coverage",
            "List the endpoints and operations with what is known of each, and how often it was asked for",
            coverage,
        )
        .answers(StatusCode::OK, list(covered, 0, UNLIMITED)),
    ]
}

fn control(core: &Core, _: &Call) -> Answer {
    Reply::ok(description::description(core.config.issuer.as_str()))
}

fn management(core: &Core, _: &Call) -> Answer {
    Reply::ok(http::description(core.config.issuer.as_str()))
}

fn coverage(core: &Core, _: &Call) -> Answer {
    let counters = core.calls.counters();
    let covered = http::coverage().into_iter().map(|covered| {
        let count = counters.get(&(covered.method.clone(), covered.route.clone())).copied();
        let mut view = json!({
            "method": covered.method,
            "route": covered.route,
            "summary": covered.summary,
            "evidence": covered.evidence,
            "requests": count.unwrap_or_default().requests,
        });
        if let (Some(note), Some(view)) = (covered.note, view.as_object_mut()) {
            view.insert("note".to_owned(), note.into());
        }
        view
    });
    Reply::ok(covered.collect::<Value>())
}
