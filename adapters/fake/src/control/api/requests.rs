//! What was asked of the provider, and how often.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::operation::{Answer, Call, Operation, Reply};
use crate::calls;
use crate::fake::Core;
use crate::http::present;
use crate::schema::{Schema, UNLIMITED, integer, list, number, object, optional, required, text};

const MOST: i64 = 10_000;

pub(super) fn operations() -> Vec<Operation> {
    let filters = [
        optional("method", text(1, 10)),
        optional("route", text(0, 500)),
        optional("path", text(1, 2_000)),
        optional("status", integer(0, 599)),
        optional("client_id", text(1, 500)),
        optional("limit", integer(1, MOST)),
    ];
    let counter = object([
        required("method", text(1, 10)),
        required("route", text(0, 500)),
        required("requests", integer(0, i64::MAX)),
        required("failures", integer(0, i64::MAX)),
    ]);
    vec![
        Operation::now(Method::GET, "/requests", "List the latest requests, the oldest of them first", all)
            .query(filters)
            .answers(StatusCode::OK, list(shape(), 0, UNLIMITED)),
        Operation::now(Method::DELETE, "/requests", "Forget the requests", clear).answers_nothing(),
        Operation::now(Method::GET, "/counters", "Count requests by operation", counters)
            .answers(StatusCode::OK, list(counter, 0, UNLIMITED)),
        Operation::now(Method::DELETE, "/counters", "Count from zero again", clear_counters)
            .answers_nothing(),
    ]
}

fn shape() -> Schema {
    object([
        required("at", text(24, 24)),
        required("method", text(1, 10)),
        required("route", text(0, 500)),
        required("path", text(1, 2_000)),
        required("query", text(0, 2_000)),
        optional("client_id", text(0, 2_000)),
        required("status", integer(0, 599)),
        required("duration_ms", number()),
    ])
}

fn view(call: &calls::Call) -> Value {
    present(json!({
        "at": call.at,
        "method": call.method,
        "route": call.route,
        "path": call.path,
        "query": call.query,
        "client_id": call.client_id,
        "status": call.status,
        "duration_ms": call.duration.as_secs_f64() * 1000.0,
    }))
}

fn all(core: &Core, call: &Call) -> Answer {
    let is = |name: &str, value: &str| call.query(name).is_none_or(|wanted| wanted == value);
    let (status, limit) = (call.query_number::<u16>("status"), call.query_number("limit").unwrap_or(100));
    let found = core.calls.latest(limit, |request| {
        is("method", &request.method)
            && is("route", &request.route)
            && is("path", &request.path)
            && is("client_id", request.client_id.as_deref().unwrap_or_default())
            && status.is_none_or(|status| request.status == status)
    });
    Reply::ok(found.iter().map(view).collect())
}

fn clear(core: &Core, _: &Call) -> Answer {
    core.calls.clear();
    Ok(Reply::Nothing)
}

fn counters(core: &Core, _: &Call) -> Answer {
    let counters = core.calls.counters().into_iter().map(|((method, route), count)| {
        json!({ "method": method, "route": route, "requests": count.requests, "failures": count.failures })
    });
    Reply::ok(counters.collect())
}

fn clear_counters(core: &Core, _: &Call) -> Answer {
    core.calls.clear_counters();
    Ok(Reply::Nothing)
}
